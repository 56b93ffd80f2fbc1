// Builds calls for tests, and folds them with the real engine.

import { baselineGiven, decisionFormat, type EdgeReporter } from '../../schemas/decision.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { dayMs, hourMs, minuteMs } from '../calls/hours.ts'
import { type Engine, openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, type PlacedEvent, placed, type RecordedEvent, recordedEvent } from '../engine/recording.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { standingVerdicts } from '../engine/standing.ts'
import { unexpectedCaller } from './unexpected-caller.ts'

export const latenessMs = 30_000
/** A Friday, 00:00 UTC. */
export const storyStart = Date.parse('2025-03-14T00:00:00.000Z')

export interface Call {
  readonly caller: string
  readonly destination: string
  /** Ms after the story's start. */
  readonly at: number
  readonly status?: number
  readonly method?: string
  readonly route?: string
  readonly instance?: string
  readonly requestId?: string
  readonly attempt?: number
  readonly policy?: string
  readonly shadowPolicy?: string
  readonly scope?: string
  readonly callerFrom?: string
  readonly reporter?: string
  readonly owner?: string
  readonly port?: number
}

export function identity(name: string): string {
  return name.includes('/') || name.includes('.') ? name : `spiffe://cluster.local/ns/shop/sa/${name}`
}

export function callEvent(call: Call): RecordedEvent {
  const { status = 200, shadowPolicy = '' } = call
  const denied = status === 401 || status === 403
  return recordedEvent({
    kind: 'access',
    eventAt: storyStart + call.at,
    caller: identity(call.caller),
    callerFrom: call.callerFrom ?? 'mtls',
    callerInstance: call.instance ?? '10.0.0.1',
    destination: identity(call.destination),
    destinationFrom: 'mtls',
    reporter: call.reporter ?? 'destination',
    method: call.method ?? 'GET',
    route: call.route ?? '/v1/orders/{id}',
    httpStatus: status,
    outcome: denied || call.policy !== undefined ? 'denied' : status >= 500 ? 'failed' : 'allowed',
    policy: call.policy ?? '',
    requestId: call.requestId ?? '',
    attempt: call.attempt ?? -1,
    shadowOutcome: shadowPolicy === '' ? '' : 'would-deny',
    shadowPolicy,
    scope: call.scope ?? '',
    owner: call.owner ?? '',
    port: call.port ?? 8080,
  })
}

export interface EdgeDecided {
  readonly caller: string
  readonly destination: string
  /** Ms after the story's start. */
  readonly at: number
  readonly accepts: boolean
  readonly by?: string
  readonly note?: string
  /** As a decision comes; another format is a log line that only looks like one. */
  readonly format?: string
}

export function decisionEvent(decided: EdgeDecided): RecordedEvent {
  return recordedEvent({
    kind: 'action',
    format: decided.format ?? decisionFormat,
    eventAt: storyStart + decided.at,
    action: decided.accepts ? 'edge.accept' : 'edge.deny',
    actor: decided.by ?? 'anna',
    outcomeReason: decided.note ?? 'release 4.2',
    caller: identity(decided.caller),
    callerFrom: 'field',
    destination: identity(decided.destination),
    destinationFrom: 'field',
  })
}

export const exercise = 'exercise:drill'

/** The event as one of an exercise: an id says nothing of the realm. */
export function drilled({ fields, digest }: RecordedEvent): RecordedEvent {
  return { fields: { ...fields, realm: exercise }, digest }
}

export interface EdgeGiven {
  readonly caller: string
  readonly destination: string
  readonly reporter?: EdgeReporter
  readonly routes?: readonly string[]
}

/** As a run writes it before its first line: stamped when that is, long after the story. */
export function givenEvent({ caller, destination, reporter, routes = [] }: EdgeGiven, realm = exercise): RecordedEvent {
  return recordedEvent({
    kind: 'action',
    realm,
    format: decisionFormat,
    eventAt: storyStart,
    action: baselineGiven,
    actor: 'anna',
    outcomeReason: 'exercise drill',
    resource: 'taught',
    caller: identity(caller),
    callerFrom: 'field',
    destination: identity(destination),
    destinationFrom: 'field',
    attributes: JSON.stringify({ routes: routes.map((route) => ({ method: 'GET', route })), reporter }),
  })
}

/** The same as settings say it. */
export function givenBaseline(edges: readonly EdgeGiven[]): unknown {
  const [since, until] = ['2025-03-01T00:00:00.000Z', '2025-03-08T00:00:00.000Z']
  return {
    version: 'taught',
    edges: edges.map(({ caller, destination, reporter, routes = [] }) => ({
      caller: identity(caller),
      destination: identity(destination),
      reporter,
      since,
      until,
      hours: 3,
      days: 2,
      instances: 2,
      routes: routes.map((route) => ({ method: 'GET', route })),
    })),
  }
}

/** Calls that make an edge known: three hours of the first day, two replicas. */
export function usual(caller: string, destination: string, more: Partial<Call> = {}): readonly Call[] {
  return [1, 2, 3].map((hour) => ({
    caller,
    destination,
    at: hour * hourMs + 5 * minuteMs,
    instance: `10.0.0.${hour}`,
    ...more,
  }))
}

/** Time of day on the ninth day: everything called on the first day is learned. */
export function learnedDay(hours = 0, minutes = 0, seconds = 0): number {
  return 8 * dayMs + hours * hourMs + minutes * minuteMs + seconds * 1_000
}

export function engineFor(settings: unknown = {}): Engine {
  return openEngine({
    detectors: [detectorEntry(unexpectedCaller).open(settings)],
    digest: hash64,
    latenessMs: { 'unexpected-caller': latenessMs },
  })
}

export function foldPlaced(engine: Engine, events: readonly PlacedEvent[]): readonly VerdictRecord[] {
  const out: VerdictRecord[] = []
  engine.observe(batchOf(events), 0, events.length, out)
  return out
}

export function foldCalls(calls: readonly Call[], settings: unknown = {}): readonly VerdictRecord[] {
  return foldPlaced(engineFor(settings), placed(calls.map(callEvent)))
}

/** The last verdict of each alert that holds a finding, info or not. */
export function lastVerdicts(records: readonly VerdictRecord[]): readonly VerdictRecord['verdict'][] {
  const last = new Map<string, VerdictRecord['verdict']>()
  for (const { verdict } of records)
    last.set(JSON.stringify([verdict.rule, verdict.entity.keyspace, verdict.entity.key, verdict.slot]), verdict)
  return [...last.values()].filter(({ findings }) => findings.length > 0)
}

/** `new-edge high cart → payments (accepted)`, sorted. */
export function told(records: readonly VerdictRecord[], from: 'info' | 'low' = 'low'): readonly string[] {
  return lastVerdicts(records)
    .filter(({ severity }) => from === 'info' || severity !== 'info')
    .map(({ rule, severity, entity, findings }) => {
      const rungs = [...new Set(findings.map(({ rung }) => rung))].sort().join(', ')
      return `${rule} ${severity} ${entity.name} (${rungs})`
    })
    .sort()
}

export function standingCount(records: readonly VerdictRecord[]): number {
  return standingVerdicts(records).size
}
