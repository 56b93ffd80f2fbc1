// What every decision says beside its input: which policy of which bundle, on whose behalf, in which trace.

import type { DecodeContext } from '../decoder.ts'
import { objectIn, textIn } from '../envelopes/kubernetes.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import type { HiddenParts } from './hidden-parts.ts'

export interface DecisionFacts {
  readonly decisionId: string
  readonly traceId: string
  readonly spanId: string
  /** `shop/authz/allow`; `''` of an ad-hoc query. */
  readonly policy: string
  readonly workload: string
  readonly namespace: string
  readonly instance: string
  readonly owner: string
  readonly environment: string
  /** ms; −1 where the metrics do not say. */
  readonly durationMs: number
}

/** Labels that operators give their engines, by what they mean to us. */
const labelsOf = {
  workload: ['service', 'app', 'workload', 'service_name', 'app.kubernetes.io/name'],
  namespace: ['namespace', 'ns', 'k8s_namespace'],
  instance: ['pod', 'pod_name', 'hostname', 'host'],
  owner: ['owner', 'team'],
  environment: ['environment', 'env', 'stage'],
} as const

export function decisionFactsOf(decision: JsonObject, { envelope }: DecodeContext): DecisionFacts {
  const labels = objectIn(decision.labels)
  const labelled = (names: readonly string[]): string => {
    for (const name of names) if (textIn(labels?.[name]) !== '') return textIn(labels?.[name])
    return ''
  }
  const own = labelled(labelsOf.instance)
  return {
    decisionId: longTextIn(decision.decision_id),
    traceId: longTextIn(decision.trace_id).toLowerCase(),
    spanId: longTextIn(decision.span_id).toLowerCase(),
    policy: longTextIn(decision.path).replace(/^\/+|\/+$/g, ''),
    workload: labelled(labelsOf.workload),
    namespace: labelled(labelsOf.namespace),
    // An engine calls itself by an id of its own making, which says less than the name of its pod.
    instance: own !== '' || envelope.instance !== '' ? own : textIn(labels?.id),
    owner: labelled(labelsOf.owner),
    environment: labelled(labelsOf.environment),
    durationMs: durationIn(objectIn(decision.metrics)),
  }
}

/** A name that may be longer than ours are: whoever takes it refuses what is too long. */
function longTextIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function durationIn(metrics: JsonObject | undefined): number {
  const nanoseconds = metrics?.timer_server_handler_ns ?? metrics?.timer_rego_query_eval_ns
  return typeof nanoseconds === 'number' && nanoseconds >= 0 ? Math.floor(nanoseconds / 1e6) : -1
}

/** What is told in columns, what only the engine needs, and what a logger writes around a decision. */
const untold = new Set(
  (
    'decision_id trace_id span_id path timestamp time input result mapped_result error metrics labels bundles revision ' +
    'erased masked level msg type nd_builtin_cache intermediate_results request_context'
  ).split(' '),
)

/** What else the decision knew, for `attributes`: how the result came about before what was asked. */
export function decisionExtras(decision: JsonObject, hidden: HiddenParts): Record<string, JsonValue> {
  const extras: Record<string, JsonValue> = Object.create(null)
  const revisions = revisionsOf(decision)
  if (revisions !== undefined) extras.bundles = revisions
  if (hidden.erased.length > 0) extras.erased = hidden.erased
  if (hidden.masked.length > 0) extras.masked = hidden.masked
  if (decision.labels !== undefined) extras.labels = decision.labels
  const { result, mapped_result: mapped } = decision
  if (typeof result === 'object' || (result !== undefined && typeof result !== 'boolean')) extras.result = result
  if (mapped !== undefined) extras.mapped_result = mapped
  for (const key of Object.keys(decision)) {
    const value = decision[key]
    if (!untold.has(key) && value !== undefined && value !== null) extras[key] = value
  }
  return extras
}

/** Revision by bundle; a single one, as old engines wrote it, has no name. */
function revisionsOf(decision: JsonObject): JsonValue | undefined {
  const bundles = objectIn(decision.bundles)
  if (bundles === undefined) return decision.revision
  const revisions: Record<string, JsonValue> = Object.create(null)
  for (const name of Object.keys(bundles)) revisions[name] = objectIn(bundles[name])?.revision ?? ''
  return revisions
}
