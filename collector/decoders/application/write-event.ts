// Writes the event that an application's record states: one set of rules for audit lines and for JSON logs alike.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { attributesText } from '../attributes.ts'
import type { DecodeContext, FinishEvent, Refusal } from '../decoder.ts'
import { EventDraft } from '../event-draft.ts'
import { quoted } from '../hidden-characters.ts'
import { instantOfNumber, latestInstantMs, parseInstant } from '../instant.ts'
import { parseMinor, parseMoney } from '../money.ts'
import { openTimeZone, timeZoneNameOf } from '../time-zone.ts'
import { meaningOfAction } from './action-words.ts'
import { Facts } from './facts.ts'
import { name, writeIdentities } from './identities.ts'
import { outcomeOf } from './outcome.ts'
import { type RecordField, textOfValue } from './record-fields.ts'
import { type Happening, whatHappened } from './what-happened.ts'

/** Actions that move money: their amount must be readable. */
const moneyActions = new Set(['refund', 'payout', 'transfer', 'chargeback'])
const plainColumns = [
  'workload',
  'namespace',
  'instance',
  'owner',
  'environment',
  'requestId',
  'nativeId',
  'tlsFingerprint',
  'device',
  'method',
  'protocol',
  'resource',
  'operationId',
  'idempotencyKey',
  'payment',
  'instrument',
  'batch',
  'policy',
] as const
/** One of these must be there: an action without anybody or anything it concerns is no fact. */
const concerned = [
  'subject',
  'actor',
  'client',
  'session',
  'token',
  'tokenId',
  'caller',
  'sourceIp',
  'device',
  'resource',
  'operationId',
  'payment',
  'instrument',
] as const

/** Decodes the fields of one record into at most one event. */
export function writeEvent(
  fields: readonly RecordField[],
  batch: EventBatch,
  context: DecodeContext,
  finish: FinishEvent,
): Refusal | undefined {
  const facts = new Facts(fields, context.settings.fieldNames)
  const happening = whatHappened(facts, context.envelopeEvent)
  if (happening === undefined)
    return { reason: 'missing-field', detail: 'no action, authentication or decision in it that eastwest could read' }
  const draft = new EventDraft()
  writeIdentities(facts, draft, happening.action)
  for (const column of plainColumns) name(facts, draft, column)
  writeTime(facts, draft, context)
  writeAction(facts, draft, happening)
  writeMoney(facts, draft, happening, context.settings.currency)
  writeWords(facts, draft)
  if (draft.refusal === undefined && !concerned.some((column) => draft.has(column))) {
    const detail = `it says ${quoted(happening.action)} and names nobody and nothing that it concerns`
    return { reason: 'missing-field', detail }
  }
  draft.prose('attributes', attributesText(facts.rest()), Number.MAX_SAFE_INTEGER)
  if (draft.refusal !== undefined) return draft.refusal
  draft.writeTo(batch)
  finish(happening.kind, 0)
  return undefined
}

function writeTime(facts: Facts, draft: EventDraft, context: DecodeContext): void {
  const field = facts.see('time')
  if (field === undefined) return
  const zoneName = timeZoneNameOf(context.source, context.settings.timeZones)
  const zone = openTimeZone(zoneName)
  if (zone === undefined) {
    draft.refuse('invalid-time', `the time zone ${quoted(zoneName)} in the settings is no IANA zone`)
    return
  }
  const { value } = field
  const text = textOfValue(value) ?? ''
  const at = (typeof value === 'number' ? instantOfNumber(value) : parseInstant(text, zone)) + nanosOf(facts)
  if (at >= 0 && at <= latestInstantMs) {
    draft.number('eventAt', at)
    facts.take('time')
  } else
    draft.refuse(
      'invalid-time',
      `${quoted(field.key)} is ${quoted(text)}, which is no instant: write it as 2025-03-14T11:42:01Z or in epoch seconds`,
    )
}

/** log4j2 writes its instant in two parts. */
function nanosOf(facts: Facts): number {
  const nanos = facts.see('timeNanos')?.value
  if (facts.see('time')?.name !== 'instantepochsecond' || typeof nanos !== 'number') return 0
  facts.take('timeNanos')
  return nanos >= 0 && nanos < 1e9 ? Math.floor(nanos / 1e6) : Number.NaN
}

function writeAction(facts: Facts, draft: EventDraft, happening: Happening): void {
  const verdict = outcomeOf(facts, happening)
  draft.name('action', happening.action, facts.keyOf('actionName'))
  draft.name('outcome', verdict.outcome, 'outcome')
  draft.name('outcomeBasis', verdict.basis, 'outcome')
  draft.prose('outcomeReason', reasonOf(facts, verdict.outcome), 200)
  for (const fact of ['actionName', 'eventName'] as const)
    if (meaningOfAction(facts.seeText(fact)).written === happening.action) facts.take(fact)
  for (const fact of ['success', 'permitted'] as const)
    if (typeof facts.see(fact)?.value === 'boolean') facts.take(fact)
  const code = facts.seeText('httpStatus')
  if (/^[1-5]\d\d$/.test(code)) {
    facts.take('httpStatus')
    draft.number('httpStatus', Number(code))
  }
  if (!draft.has('payment')) draft.name('payment', facts.takeText('order'), facts.keyOf('order'))
}

/** Its reason, else its error, else its status where that is not simply a success. */
function reasonOf(facts: Facts, outcome: string): string {
  const error = typeof facts.see('error')?.value === 'boolean' ? '' : facts.takeText('error')
  return facts.takeText('reason') || error || (outcome === 'allowed' ? '' : facts.takeText('status'))
}

function writeMoney(facts: Facts, draft: EventDraft, happening: Happening, defaultCurrency: string): void {
  const inMinor = facts.has('amountMinor')
  const fact = inMinor ? 'amountMinor' : 'amount'
  const amount = facts.see(fact)?.value
  if (typeof amount !== 'string' && typeof amount !== 'number') return
  const currency = facts.seeText('currency')
  const money = (inMinor ? parseMinor : parseMoney)(amount, currency, defaultCurrency)
  if ('problem' in money) {
    if (!moneyActions.has(happening.action)) return
    draft.refuse('invalid-field', `${quoted(facts.keyOf(fact))} is ${quoted(String(amount))}: ${money.problem}`)
    return
  }
  facts.take(fact)
  facts.take('currency')
  draft.number('amountMinor', money.amountMinor)
  draft.name('currency', money.currency, 'currency')
}

function writeWords(facts: Facts, draft: EventDraft): void {
  draft.prose('userAgent', facts.takeText('userAgent'), 512)
  draft.prose('path', facts.takeText('path'), 2048)
  const took = Number(facts.seeText('durationMs') || Number.NaN)
  if (took >= 0 && took < 1e12) {
    facts.take('durationMs')
    draft.number('durationMs', Math.floor(took))
  }
  // pino and bunyan name the program `name`, beside the host's name.
  if (!draft.has('workload') && facts.has('instance'))
    draft.name('workload', facts.takeText('loggerName'), facts.keyOf('loggerName'))
  if (!draft.has('environment') && saysSandbox(facts)) draft.name('environment', 'sandbox', 'sandbox')
}

function saysSandbox(facts: Facts): boolean {
  const field = facts.see('sandbox')
  if (field === undefined) return false
  const said = field.value === true || field.value === 'true' || field.value === 1
  const denied = field.value === false || field.value === 'false' || field.value === 0
  return field.name === 'livemode' ? denied : said
}
