// Ory Hydra tells what happens to tokens as events of its spans: each of them is an event of its own here.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { EventKind, Outcome } from '../../../schemas/events/event-kind.ts'
import type { AuthnAction, TokenKind } from '../../../schemas/events/token-words.ts'
import { spanEventFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import { attributesText } from '../attributes.ts'
import type { Refusal } from '../decoder.ts'
import { EventDraft } from '../event-draft.ts'
import { latestInstantMs } from '../instant.ts'
import type { JsonValue } from '../record-view.ts'
import type { AnyValueReader } from './any-value.ts'
import { refusalOf } from './containers.ts'
import { instantMsOf } from './wire.ts'

export interface Meaning {
  readonly kind: EventKind
  readonly action: AuthnAction | 'consent.grant' | 'client.create' | 'client.update' | 'client.delete'
  readonly outcome: Outcome
  readonly tokenKind?: TokenKind
}

/** By the name of the span event (Hydra, `x/events`). */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['OAuth2AccessTokenIssued', { kind: 'authn', action: 'token.issue', outcome: 'allowed', tokenKind: 'access-token' }],
  [
    'OAuth2RefreshTokenIssued',
    { kind: 'authn', action: 'token.issue', outcome: 'allowed', tokenKind: 'refresh-token' },
  ],
  ['OIDCIdentityTokenIssued', { kind: 'authn', action: 'token.issue', outcome: 'allowed', tokenKind: 'id-token' }],
  ['OAuth2TokenExchangeError', { kind: 'authn', action: 'token.exchange', outcome: 'denied' }],
  [
    'OAuth2AccessTokenInspected',
    { kind: 'authn', action: 'token.introspect', outcome: 'allowed', tokenKind: 'access-token' },
  ],
  [
    'OAuth2AccessTokenRevoked',
    { kind: 'authn', action: 'token.revoke', outcome: 'allowed', tokenKind: 'access-token' },
  ],
  ['OAuth2LoginAccepted', { kind: 'authn', action: 'login', outcome: 'allowed' }],
  ['OAuth2LoginRejected', { kind: 'authn', action: 'login', outcome: 'denied' }],
  ['OAuth2ConsentAccepted', { kind: 'authn', action: 'consent.grant', outcome: 'allowed' }],
  ['OAuth2ConsentRejected', { kind: 'authn', action: 'consent.grant', outcome: 'denied' }],
  ['OAuth2ConsentRevoked', { kind: 'authn', action: 'grant.revoke', outcome: 'allowed' }],
  ['OAuth2ClientCreated', { kind: 'action', action: 'client.create', outcome: 'allowed' }],
  ['OAuth2ClientUpdated', { kind: 'action', action: 'client.update', outcome: 'allowed' }],
  ['OAuth2ClientDeleted', { kind: 'action', action: 'client.delete', outcome: 'allowed' }],
])
/** What was exchanged and refused, by the grant that was asked for. */
const exchangedBy: Readonly<Record<string, readonly [action: AuthnAction, tokenKind: TokenKind]>> = {
  refresh_token: ['token.refresh', 'refresh-token'],
  authorization_code: ['code.exchange', 'authorization-code'],
  client_credentials: ['client.login', ''],
}
const longestName = Math.max(...[...meanings.keys()].map((name) => name.length))

/** What an event of a span says in Hydra's words, undefined for other events: its names begin alike. */
export function hydraMeaning(bytes: Uint8Array, start: number, end: number): Meaning | undefined {
  const reader = new ProtobufReader().open(bytes, start, end)
  let meaning: Meaning | undefined
  while (reader.next()) {
    if (reader.field !== spanEventFields.name || reader.type !== bytesType) continue
    const length = reader.limit - reader.start
    meaning =
      bytes[reader.start] === 0x4f && length <= longestName
        ? meanings.get(Buffer.from(bytes.buffer, bytes.byteOffset + reader.start, length).toString('latin1'))
        : undefined
  }
  return meaning
}

/** Sets the columns of the row under way by the span event `[start, end)`; the span's ids are the caller's to set. */
export function writeHydraEvent(
  bytes: Uint8Array,
  start: number,
  end: number,
  meaning: Meaning,
  values: AnyValueReader,
  row: EventBatch,
): Refusal | undefined {
  const attributes: Record<string, JsonValue> = Object.create(null)
  const reader = new ProtobufReader().open(bytes, start, end)
  let at = -1
  values.begin()
  while (reader.next()) {
    if (reader.field === spanEventFields.timeUnixNano && reader.type === fixed64Type)
      at = instantMsOf(reader.low, reader.high)
    else if (reader.field === spanEventFields.attributes && reader.type === bytesType)
      values.addMember(attributes, bytes, reader.start, reader.limit)
  }
  if (reader.problem !== undefined) return refusalOf(reader.problem, 'an event of the span')
  if (values.refusal !== undefined) return values.refusal
  if (!(at > 0 && at <= latestInstantMs))
    return { reason: 'invalid-time', detail: 'an event of the span has no instant' }
  const draft = draftOf(meaning, attributes)
  if (draft.refusal !== undefined) return draft.refusal
  draft.number('eventAt', at)
  draft.writeTo(row)
  return undefined
}

function draftOf(meaning: Meaning, attributes: Record<string, JsonValue>): EventDraft {
  const draft = new EventDraft()
  const take = (key: string): string => {
    const value = attributes[key]
    if (typeof value !== 'string') return ''
    delete attributes[key]
    return value
  }
  const exchanged =
    meaning.action === 'token.exchange' ? exchangedBy[String(attributes.OAuth2GrantType ?? '')] : undefined
  draft.name('action', exchanged?.[0] ?? meaning.action, 'name')
  draft.name('tokenKind', exchanged?.[1] ?? meaning.tokenKind ?? '', 'name')
  draft.name('outcome', meaning.outcome, 'name')
  draft.name('outcomeBasis', 'field', 'name')
  const client = take('OAuth2ClientID')
  draft.name('client', client, 'OAuth2ClientID')
  if (client !== '') draft.name('clientFrom', 'field', 'OAuth2ClientID')
  const subject = take('OAuth2Subject')
  draft.name('subject', subject, 'OAuth2Subject')
  if (subject !== '') draft.name('subjectFrom', 'field', 'OAuth2Subject')
  draft.prose('attributes', attributesText(Object.entries(attributes)), Number.MAX_SAFE_INTEGER)
  return draft
}
