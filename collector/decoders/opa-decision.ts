// Decodes `opa-decision`: one decision of the Open Policy Agent, as it uploads them and as it prints them.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { parseSetAside, setAsideKey } from '../../schemas/set-aside.ts'
import { type NamedValues, plainAccessReaderFor } from './access/plain-reader.ts'
import { attributesText } from './attributes.ts'
import type { DecodeContext, Decoder, Refusal } from './decoder.ts'
import { objectIn } from './envelopes/kubernetes.ts'
import { EventDraft } from './event-draft.ts'
import { quoted } from './hidden-characters.ts'
import { parseInstant } from './instant.ts'
import { writeApplicationInput } from './opa/application-input.ts'
import { decisionExtras, decisionFactsOf } from './opa/decision-facts.ts'
import { questionOf, valuesOfQuestion } from './opa/ext-authz.ts'
import { type HiddenParts, hiddenPartsOf, hidesAll, withoutMasked } from './opa/hidden-parts.ts'
import { requestContextOf } from './opa/request-context.ts'
import { verdictOf } from './opa/verdict.ts'
import type { JsonObject, JsonValue } from './record-view.ts'
import { utc } from './time-zone.ts'

const consoleType = 'openpolicyagent.org/decision_logs'

export const opaDecision: Decoder = {
  id: 'opa-decision',
  title: 'OPA decision log, uploaded or printed (`decision_logs.console`)',
  description:
    'Decisions of the Open Policy Agent and of what embeds it, as they come to `POST /v1/opa/logs` and on its console. A ' +
    'result that is not there is a path that is undefined: `denied`, reason `undefined`; an evaluation that broke off is ' +
    '`failed`. Of Envoy’s questions caller, destination, request and token are read as from an access log; of other inputs ' +
    'what their names tell, with `fieldNames` for others. What it cannot say: what a mask policy took out (`erased` and `masked` ' +
    'under `attributes` tell), and nothing at all of decisions that OPA dropped (its metrics `decision_logs_dropped…` count them). ' +
    'OPA uploads every five to ten minutes, so a decision comes late: give `detectors.latenessByFormat` for `opa-decision`, and detectors that read decisions wait so long. ' +
    'The same decision uploaded and printed is two events with one `nativeId`: collect one of them.',
  kinds: ['authz'],
  recognises(record) {
    const json = record.json()
    if (json === undefined) return false
    if (typeof json.decision_id !== 'string') return false
    return json.type === consoleType || json.msg === 'Decision Log' || objectIn(json.labels) !== undefined
  },
  decode(record, row, context, finish) {
    const decision = record.json()
    if (decision === undefined) return { reason: 'invalid-json', detail: 'a decision is a JSON object' }
    const aside = parseSetAside(decision[setAsideKey])
    if (aside !== undefined) {
      const which = aside.id === '' ? 'a decision' : `the decision ${quoted(aside.id)}`
      return {
        reason: 'too-long',
        detail: `${which} of ${aside.bytes} bytes, more than ${aside.limit}; none of it was kept`,
      }
    }
    const refusal = writeDecision(decision, row, context)
    if (refusal === undefined) finish('authz', 0)
    return refusal
  },
}

function writeDecision(decision: JsonObject, row: EventBatch, context: DecodeContext): Refusal | undefined {
  const hidden = hiddenPartsOf(decision)
  const draft = new EventDraft()
  writeTime(decision, draft)
  writeFacts(decision, hidden, draft, context)
  const input = hidesAll(hidden, 'input') ? undefined : withoutMasked(decision.input, hidden, 'input')
  const extras = decisionExtras(decision, hidden)
  const question = questionOf(input)
  if (question !== undefined) return writeQuestion(question, extras, draft, row, context)
  const rest = writeApplicationInput(input, draft, context)
  requestContextOf(decision, draft)
  draft.prose('attributes', attributesText([...Object.entries(extras), ...rest]), Number.MAX_SAFE_INTEGER)
  if (draft.refusal === undefined) draft.writeTo(row)
  return draft.refusal
}

function writeTime(decision: JsonObject, draft: EventDraft): void {
  const stamp = decision.timestamp ?? decision.time
  if (stamp === undefined || stamp === null) return
  const at = typeof stamp === 'string' ? parseInstant(stamp, utc) : Number.NaN
  if (at >= 0) draft.number('eventAt', at)
  else draft.refuse('invalid-time', `"timestamp" is ${quoted(told(stamp))}, which is no instant`)
}

function writeFacts(decision: JsonObject, hidden: HiddenParts, draft: EventDraft, context: DecodeContext): void {
  const facts = decisionFactsOf(decision, context)
  draft.name('nativeId', facts.decisionId, 'decision_id')
  draft.name('policy', facts.policy, 'path')
  for (const column of ['traceId', 'spanId', 'workload', 'namespace', 'instance', 'owner', 'environment'] as const)
    draft.name(column, facts[column], column)
  if (facts.durationMs >= 0) draft.number('durationMs', facts.durationMs)
  const verdict = verdictOf(decision, hidden)
  draft.name('outcome', verdict.outcome, 'result')
  draft.name('outcomeBasis', verdict.basis, 'result')
  draft.prose('outcomeReason', verdict.reason, 256)
  if (verdict.httpStatus >= 0) draft.number('httpStatus', verdict.httpStatus)
}

/** Envoy's question goes the way of its access logs, so that both say the same of one request. */
function writeQuestion(
  question: JsonObject,
  extras: Readonly<Record<string, JsonValue>>,
  draft: EventDraft,
  row: EventBatch,
  context: DecodeContext,
): Refusal | undefined {
  const values = valuesOfQuestion(question)
  writeTrace(values, draft)
  for (const [column, name] of reporting) if (draft.has(column)) values[name] = draft.take(column)
  draft.name('action', 'authorize', 'action')
  for (const key of Object.keys(extras)) values[key] = extras[key]
  if (draft.refusal !== undefined) return draft.refusal
  const refusal = plainAccessReaderFor(context.settings).read(values, row, context, 'destination')
  if (refusal === undefined) draft.writeTo(row)
  return refusal
}

/** What the reader of access logs asks for who reports. */
const reporting = [
  ['workload', 'workload'],
  ['namespace', 'ns'],
] as const

/** The trace of the request that is asked about, where the question itself was traced apart from it. */
function writeTrace(values: NamedValues, draft: EventDraft): void {
  const [traceId, spanId] = [draft.take('traceId'), draft.take('spanId')]
  if (traceId === '') return
  const { trace_id: asked } = values
  const own = typeof asked === 'string' && !asked.toLowerCase().includes(traceId) ? 'opa.' : ''
  values[`${own}trace_id`] = traceId
  if (spanId !== '') values[`${own}span_id`] = spanId
}

function told(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
