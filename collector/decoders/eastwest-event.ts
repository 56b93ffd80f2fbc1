// Decodes `eastwest-event`: our own JSON of one event, validated member by member.

import {
  type EastwestEvent,
  type EastwestMemberName,
  eastwestEventSchema,
  eastwestMembers,
  needs,
  proseChars,
} from '../../schemas/eastwest-event.ts'
import type { NumberColumnName, TextColumnName } from '../../schemas/events/columns.ts'
import { eventKinds } from '../../schemas/events/event-kind.ts'
import { meaningOfAction } from './application/action-words.ts'
import { addressIn, writeClaims } from './application/identities.ts'
import { attributesText } from './attributes.ts'
import { asnName, countryCode } from './client-network.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { listed, refusalOf } from './eastwest-event-refusal.ts'
import { EventDraft } from './event-draft.ts'
import { quoted } from './hidden-characters.ts'
import { instantOfNumber, parseInstant } from './instant.ts'
import { parseMinor, parseMoney } from './money.ts'
import { kindOfClaims, presentedIn, tokenIdOf, tokenName } from './presented-token.ts'
import type { JsonObject } from './record-view.ts'
import { openTimeZone, timeZoneNameOf, utc } from './time-zone.ts'
import { bindingOf } from './token-binding.ts'

const kinds: ReadonlySet<unknown> = new Set(eventKinds)
const bareToken = /^[A-Za-z0-9]{1,16}\.[0-9a-f]{32}$/
const identities = ['subject', 'actor', 'client', 'session', 'caller', 'destination'] as const

export const eastwestEvent: Decoder = {
  id: 'eastwest-event',
  title:
    'eastwest’s own JSON: `{"schema":"eastwest.event/v1","kind":"action","at":"2025-03-14T11:42:01Z","action":"refund",…}`',
  description:
    'For everything that no other format covers: one JSON object an event, members named as the event columns, checked strictly. ' +
    'An unknown member is refused with the nearest known one; what has no member goes into `attributes`. What it ' +
    'cannot say: anything its sender does not know; eastwest believes the provenance that the sender states.',
  kinds: eventKinds,
  recognises(record) {
    const json = record.json()
    if (json === undefined) return false
    const { schema } = json
    if (typeof schema === 'string' && schema.startsWith('eastwest.event/')) return true
    return kinds.has(json.kind) && (json.at !== undefined || json.schema !== undefined)
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    if (json === undefined) return { reason: 'invalid-json', detail: 'the record is no JSON object' }
    const given = withoutNulls(json)
    const parsed = eastwestEventSchema.safeParse(given)
    if (!parsed.success) return refusalOf(parsed.error, given)
    const event = parsed.data as EastwestEvent // the type says what the schema has checked
    if (!needs[event.kind].some((name) => event[name] !== undefined) && !(event.kind === 'authn' && event.action))
      return { reason: 'missing-field', detail: `an event of kind "${event.kind}" needs ${listed(needs[event.kind])}` }
    const draft = new EventDraft()
    write(event, given, draft, context)
    if (draft.refusal !== undefined) return draft.refusal
    draft.writeTo(batch)
    finish(event.kind, 0)
    return undefined
  },
}

function withoutNulls(json: JsonObject): JsonObject {
  const given: Record<string, JsonObject[string]> = Object.create(null)
  for (const key of Object.keys(json)) {
    const value = json[key]
    if (value !== null && value !== undefined) given[key] = value
  }
  return given
}

function write(event: EastwestEvent, given: JsonObject, draft: EventDraft, context: DecodeContext): void {
  writeInstant(draft, 'eventAt', 'at', event.at, context)
  writeInstant(draft, 'tokenIssuedAt', 'tokenIssuedAt', event.tokenIssuedAt, context)
  writeInstant(draft, 'tokenExpiresAt', 'tokenExpiresAt', event.tokenExpiresAt, context)
  for (const name of ['sourceIp', 'clientIp'] as const) writeAddress(draft, name, event[name])
  if (event.action !== undefined) {
    const meaning = meaningOfAction(event.action)
    draft.name('action', meaning.known || event.action.toLowerCase(), 'action')
  }
  if (event.traceId !== undefined) draft.name('traceId', event.traceId.toLowerCase(), 'traceId')
  for (const [name, spelled] of respelled) {
    const value = event[name]
    // What has no such spelling stays as it is.
    if (value !== undefined) draft.name(name, spelled(value) || value, name)
  }
  for (const name of eastwestMembers)
    if (name !== 'token' && name !== 'tokenFrom') writeMember(draft, name, event[name])
  if (event.outcome !== undefined) draft.name('outcomeBasis', 'field', 'outcome')
  else if (event.kind === 'action') draft.name('outcome', 'allowed', 'outcome')
  for (const name of identities) if (draft.has(name)) draft.name(`${name}From`, 'field', name)
  writeToken(event, draft)
  writeMoney(event, draft, context.settings.currency)
  const { attributes } = given
  if (typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes))
    draft.prose('attributes', attributesText(Object.entries(attributes)), Number.MAX_SAFE_INTEGER)
}

/** Members that are compared with what other formats say, in the spelling that those have. */
const respelled = [
  ['tokenBinding', bindingOf],
  ['presenterBinding', bindingOf],
  ['clientAsn', asnName],
  ['clientCountry', countryCode],
  ['tokenId', tokenIdOf],
  ['issuedToken', tokenIdOf],
  ['issuedRefreshToken', tokenIdOf],
] as const

function writeMember(draft: EventDraft, name: EastwestMemberName, value: string | number | undefined): void {
  if (typeof value === 'number')
    draft.number(name as NumberColumnName, value) // the schema gives numbers to number columns only
  else if (value !== undefined) {
    const column = name as TextColumnName // and text to text columns only
    const chars = proseChars[column]
    if (chars === undefined) draft.name(column, value, name)
    else draft.prose(column, value, chars)
  }
}

/** A credential arrives as its reference, whose claims fill what the event leaves open; its bare name is taken as it is. */
function writeToken(event: EastwestEvent, draft: EventDraft): void {
  const { token = '' } = event
  const presented = presentedIn(token)
  if (token === '') {
    if (event.tokenFrom !== undefined) draft.name('tokenFrom', event.tokenFrom, 'tokenFrom')
    else if (event.tokenId !== undefined) draft.name('tokenFrom', 'field', 'tokenId')
  } else if (presented !== undefined) {
    const { reference, scheme } = presented
    draft.name('token', tokenName(reference), 'token')
    draft.name('tokenFrom', event.tokenFrom ?? 'asserted', 'token')
    draft.name('tokenScheme', scheme, 'token')
    draft.name('tokenKind', kindOfClaims(reference.claims), 'token')
    if (reference.claims !== undefined) writeClaims(reference.claims, draft)
  } else if (bareToken.test(token)) {
    draft.name('token', token, 'token')
    draft.name('tokenFrom', event.tokenFrom ?? 'field', 'token')
  } else
    draft.refuse(
      'invalid-field',
      '"token" is no credential that eastwest knows: send all of it, or its id as "tokenId"',
    )
}

function writeAddress(draft: EventDraft, name: 'sourceIp' | 'clientIp', value: string | undefined): void {
  if (value === undefined || value === '') return
  const address = addressIn(value)
  if (address === '') draft.refuse('invalid-field', `"${name}" is ${quoted(value)}, which is no IP address`)
  else draft.name(name, address, name)
}

function writeInstant(
  draft: EventDraft,
  column: 'eventAt' | 'tokenIssuedAt' | 'tokenExpiresAt',
  key: string,
  value: string | number | undefined,
  context: DecodeContext,
): void {
  if (value === undefined) return
  const zone = openTimeZone(timeZoneNameOf(context.source, context.settings.timeZones)) ?? utc
  const at = typeof value === 'number' ? instantOfNumber(value) : parseInstant(value.trim(), zone)
  if (at >= 0) draft.number(column, at)
  else
    draft.refuse(
      'invalid-time',
      `"${key}" is ${quoted(String(value))}, which is no instant: write it as 2025-03-14T11:42:01Z`,
    )
}

function writeMoney(event: EastwestEvent, draft: EventDraft, defaultCurrency: string): void {
  const { amount, amountMinor, currency = '' } = event
  if (amount !== undefined && amountMinor !== undefined) {
    draft.refuse('invalid-field', '"amount" and "amountMinor" are both there: send one of them')
    return
  }
  if (amount === undefined && amountMinor === undefined) return
  const money =
    amountMinor !== undefined
      ? parseMinor(amountMinor, currency, defaultCurrency)
      : parseMoney(amount ?? '', currency, defaultCurrency)
  if ('problem' in money) {
    draft.refuse('invalid-field', `"amount" is ${quoted(String(amount ?? amountMinor))}: ${money.problem}`)
    return
  }
  draft.number('amountMinor', money.amountMinor)
  draft.name('currency', money.currency, 'currency')
}
