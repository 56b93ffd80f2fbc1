// Decodes `oidc-provider`: the lines that our bridge (`deploy/oidc-provider/`) writes of an oidc-provider's events.

import { addressIn } from './application/identities.ts'
import { attributesText } from './attributes.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { objectIn } from './envelopes/kubernetes.ts'
import { EventDraft } from './event-draft.ts'
import { writeTime } from './event-time.ts'
import { quoted } from './hidden-characters.ts'
import { textOf, writeIssued, writePresented } from './oidc-provider/tokens.ts'
import { actionOf, verdictOf } from './oidc-provider/words.ts'
import type { JsonObject, JsonValue } from './record-view.ts'

const schemaName = 'eastwest.oidc-provider/v1'
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/
/** Servers that listen on IPv6 too write IPv4 addresses so. */
const mappedPrefix = /^::ffff:(?=\d{1,3}\.)/i
/** Members that are columns; the others, also unknown ones, are attributes. */
const taken = new Set(
  (
    'schema at issuer client_id account_id session_uid grant_id scope presented issued proof error_detail ip user_agent ' +
    'request_id traceparent'
  ).split(' '),
)

export const oidcProvider: Decoder = {
  id: 'oidc-provider',
  title: 'oidc-provider (npm) through our bridge: `{"schema":"eastwest.oidc-provider/v1","event":"grant.success",…}`',
  description:
    'What `deploy/oidc-provider/` writes of the events of panva’s `oidc-provider`: logins, codes, refreshes, refusals, revoked grants, logouts. Presented and issued tokens ' +
    'are named by a hash, or, where the bridge sends straight to eastwest, by the reference that all other sources have for them. The family of a token is the grant. ' +
    'What it cannot say: a revocation by itself (it is a `grant.revoke`), an introspection or a user info request that succeeded ' +
    '(oidc-provider has no events of them), and a login that the application asks for without an interaction.',
  kinds: ['authn'],
  recognises(record) {
    const schema = record.json()?.schema
    return typeof schema === 'string' && schema.startsWith('eastwest.oidc-provider/')
  },
  decode(record, batch, context, finish) {
    const json = record.json()
    if (json === undefined) return { reason: 'invalid-json', detail: 'the record is no JSON object' }
    if (json.schema !== schemaName)
      return {
        reason: 'invalid-field',
        detail: `"schema" is ${quoted(textOf(json.schema))}; this collector reads "${schemaName}"`,
      }
    if (textOf(json.event) === '') return { reason: 'missing-field', detail: '"event" is missing' }
    const draft = new EventDraft()
    write(json, draft, context)
    if (draft.refusal !== undefined) return draft.refusal
    draft.writeTo(batch)
    finish('authn', 0)
    return undefined
  },
}

function write(json: JsonObject, draft: EventDraft, context: DecodeContext): void {
  const event = textOf(json.event)
  const error = textOf(json.error)
  const detail = textOf(json.error_detail)
  writeTime(json.at, draft, context)
  draft.name('action', actionOf(event, textOf(json.grant_type), json.login === true), 'event')
  draft.name('outcome', event === 'server_error' ? 'failed' : error === '' ? 'allowed' : 'denied', 'error')
  draft.name('outcomeBasis', 'field', 'error')
  draft.prose('outcomeReason', detail || textOf(json.error_description) || error, 200)
  draft.name('subject', textOf(json.account_id), 'account_id')
  draft.name('client', textOf(json.client_id), 'client_id')
  draft.name('session', textOf(json.session_uid), 'session_uid')
  for (const column of ['subject', 'client', 'session'] as const)
    if (draft.has(column)) draft.name(`${column}From`, 'field', column)
  draft.name('tokenIssuer', textOf(json.issuer), 'issuer')
  draft.name('tokenFamily', textOf(json.grant_id), 'grant_id')
  draft.prose('scope', textOf(json.scope), 1024)
  const presented = objectIn(json.presented)
  if (presented !== undefined) writePresented(presented, draft)
  if (error !== '') draft.name('tokenVerdict', verdictOf(detail), 'error_detail')
  const issued = objectIn(json.issued)
  if (issued !== undefined) writeIssued(issued, draft)
  draft.name('proofId', textOf(objectIn(json.proof)?.jti), 'proof')
  draft.name('clientIp', addressIn(textOf(json.ip).replace(mappedPrefix, '')), 'ip')
  draft.prose('userAgent', textOf(json.user_agent), 512)
  draft.name('requestId', textOf(json.request_id), 'request_id')
  const parent = traceparent.exec(textOf(json.traceparent).toLowerCase())
  draft.name('traceId', parent?.[1] ?? '', 'traceparent')
  draft.name('spanId', parent?.[2] ?? '', 'traceparent')
  const rest = Object.keys(json).filter((key) => !taken.has(key))
  const entries = rest.map((key): [string, JsonValue] => [key, json[key] ?? null])
  draft.prose('attributes', attributesText(entries), Number.MAX_SAFE_INTEGER)
}
