// Who: subject, actor, client, session, token, addresses and trace, as an application's record names them.

import { isIP } from 'node:net'
import { isTokenKind, type TokenKind } from '../../../schemas/events/token-words.ts'
import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { asnName, countryCode, networkKind } from '../client-network.ts'
import type { EventDraft } from '../event-draft.ts'
import { instantOfClaim, kindOfClaims, presentedIn, proofIn, tokenIdOf, tokenName } from '../presented-token.ts'
import { bindingOf, certificateBinding, keyBinding } from '../token-binding.ts'
import type { Facts } from './facts.ts'
import type { FactName } from './spellings.ts'

/** Writes every identity; the token's claims fill what the record itself leaves open, and say so. */
export function writeIdentities(facts: Facts, draft: EventDraft, action: string): void {
  const target = facts.takeText('targetSubject')
  if (target !== '') {
    draft.name('subject', target, facts.keyOf('targetSubject'))
    draft.name('actor', facts.takeText('actor') || facts.takeText('subject'), facts.keyOf('actor'))
  }
  for (const column of ['subject', 'actor', 'client', 'session'] as const) name(facts, draft, column)
  writeRole(facts, draft, action)
  for (const column of ['subject', 'actor', 'client', 'session'] as const)
    if (draft.has(column)) draft.name(`${column}From`, 'field', column)
  writeToken(facts, draft)
  if (name(facts, draft, 'caller')) draft.name('callerFrom', 'field', 'caller')
  if (name(facts, draft, 'destination')) draft.name('destinationFrom', 'field', 'destination')
  writeAddresses(facts, draft)
  writeTrace(facts, draft)
}

/** Moves a fact into the column of its name; true where there was one. */
export function name(facts: Facts, draft: EventDraft, fact: FactName & Parameters<EventDraft['name']>[0]): boolean {
  const key = facts.keyOf(fact)
  const text = draft.has(fact) ? '' : facts.takeText(fact)
  draft.name(fact, text, key)
  return text !== ''
}

/** In the record of a role change, `role` is what was given, not who gave it. */
function writeRole(facts: Facts, draft: EventDraft, action: string): void {
  const given = action === 'role.change' && /^(?:user)?roles?$/.test(facts.see('actorRole')?.name ?? '')
  if (given && !facts.has('resource')) draft.name('resource', facts.takeText('actorRole'), facts.keyOf('actorRole'))
  else if (!given) name(facts, draft, 'actorRole')
}

function writeToken(facts: Facts, draft: EventDraft): void {
  const presented = presentedIn(facts.seeText('token'))
  draft.name('tokenId', tokenIdOf(facts.takeText('tokenId')), facts.keyOf('tokenId'))
  const fields = ['tokenIssuer', 'tokenFamily', 'scope'] as const
  const named = fields.map((column) => name(facts, draft, column)).includes(true) || draft.has('tokenId')
  const kind = kindOfToken(facts, presented?.reference.claims)
  writeBindings(facts, draft)
  for (const column of ['tokenIssuedAt', 'tokenExpiresAt'] as const) {
    const seconds = facts.seeText(column)
    if (!/^\d{9,10}$/.test(seconds)) continue
    facts.take(column)
    draft.number(column, Number(seconds) * 1000)
  }
  if (presented !== undefined) {
    const { reference, scheme } = presented
    facts.take('token')
    draft.name('token', tokenName(reference), 'token')
    draft.name('tokenScheme', scheme, 'token')
    if (reference.claims !== undefined) writeClaims(reference.claims, draft)
  }
  if (presented === undefined && !named && !draft.has('tokenBinding')) return
  draft.name('tokenKind', kind, 'token')
  draft.name('tokenFrom', presented === undefined ? 'field' : 'asserted', 'token')
}

/** Thumbprints of what the token is bound to and of what presented it; a proof names its own key. */
function writeBindings(facts: Facts, draft: EventDraft): void {
  const proof = proofIn(facts.seeText('proof'))
  if (proof !== undefined) {
    facts.take('proof')
    draft.name('proofId', proof.id, 'dpop')
    draft.name('presenterBinding', proof.binding, 'dpop')
  }
  for (const column of ['tokenBinding', 'presenterBinding'] as const) {
    if (draft.has(column)) continue
    const spelled = facts.see(column)?.name ?? ''
    const key = facts.keyOf(column)
    draft.name(column, bindingSpelled(spelled, facts.takeText(column)), key)
  }
}

function bindingSpelled(name: string, thumbprint: string): string {
  if (name.endsWith('jkt')) return keyBinding(thumbprint)
  return /x5t|cert|hash/.test(name) ? certificateBinding(thumbprint) : bindingOf(thumbprint)
}

/** What the names of fields that hold a token say of it; `token` and `jwt` say nothing. */
const kindsByName: readonly (readonly [RegExp, TokenKind])[] = [
  [/refreshtoken$/, 'refresh-token'],
  [/idtoken$/, 'id-token'],
  [/(?:accesstoken|bearer|bearertoken|authorization|authorizationheader)$/, 'access-token'],
]

/** As the record says, else as the token's own type says, else by the name of its field. */
function kindOfToken(facts: Facts, claims: TokenClaims | undefined): TokenKind {
  const said = facts.seeText('tokenKind').toLowerCase().replace(/[ _]/g, '-')
  const kind = [said, `${said}-token`].find(isTokenKind) ?? ''
  if (kind !== '') {
    facts.take('tokenKind')
    return kind
  }
  const field = facts.see('token')?.name ?? ''
  return kindOfClaims(claims) || (kindsByName.find(([form]) => form.test(field))?.[1] ?? '')
}

/** What a token says of itself fills what is still open, as asserted. */
export function writeClaims(claims: TokenClaims, draft: EventDraft): void {
  const asserted = [
    ['subject', claims.sub],
    ['client', claims.azp ?? claims.client_id],
    ['session', claims.sid],
  ] as const
  for (const [column, value] of asserted) {
    if (value === undefined || value === '' || draft.has(column)) continue
    draft.name(column, value, 'token')
    draft.name(`${column}From`, 'asserted', 'token')
  }
  draft.name('tokenId', tokenIdOf(claims.jti ?? ''), 'token')
  draft.name('tokenIssuer', claims.iss ?? '', 'token')
  draft.name('scope', claims.scope ?? '', 'token')
  const { jkt = '', 'x5t#S256': x5t = '' } = claims.cnf ?? {}
  draft.name('tokenBinding', certificateBinding(x5t) || keyBinding(jkt), 'token')
  for (const [column, seconds] of [
    ['tokenIssuedAt', claims.iat],
    ['tokenExpiresAt', claims.exp],
  ] as const) {
    const at = instantOfClaim(seconds)
    if (at >= 0) draft.number(column, at)
  }
}

function writeAddresses(facts: Facts, draft: EventDraft): void {
  const peer = addressIn(facts.seeText('sourceIp'))
  const claimed = addressIn(facts.seeText('clientIp'))
  if (peer !== '') facts.take('sourceIp')
  if (claimed !== '') facts.take('clientIp')
  draft.name('sourceIp', peer || claimed, 'source_ip')
  draft.name('clientIp', claimed, 'client_ip')
  for (const [column, read] of places) {
    const place = read(facts.seeText(column))
    if (place !== '') facts.take(column)
    draft.name(column, place, column)
  }
}

const places = [
  ['clientAsn', asnName],
  ['clientCountry', countryCode],
  ['clientNetwork', networkKind],
] as const

/** The first address of a list, without port, brackets or zone; `''` where it is none. */
export function addressIn(text: string): string {
  if (text === '') return ''
  const first = (text.length > 200 ? '' : (text.split(',')[0] ?? '')).trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(first)?.[1] ?? /^([\d.]+):\d+$/.exec(first)?.[1] ?? first
  const address = bare.split('%')[0] ?? ''
  return isIP(address) === 0 ? '' : address.toLowerCase()
}

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/

function writeTrace(facts: Facts, draft: EventDraft): void {
  const parent = traceparent.exec(facts.seeText('traceparent').toLowerCase())
  if (parent !== null) {
    facts.take('traceparent')
    draft.name('traceId', parent[1] ?? '', 'traceparent')
    draft.name('spanId', parent[2] ?? '', 'traceparent')
  }
  for (const column of ['traceId', 'spanId'] as const) {
    if (draft.has(column)) continue
    const text = facts.takeText(column)
    draft.name(column, traceName(text, facts.see(column)?.name ?? ''), facts.keyOf(column))
  }
}

/** Lower-case hex: the last segment of Google's resource name, and Datadog's decimal number as 16 digits. */
function traceName(text: string, spelledAs: string): string {
  const last = text.slice(text.lastIndexOf('/') + 1).toLowerCase()
  if (spelledAs.startsWith('dd') && /^\d{1,20}$/.test(last)) return BigInt(last).toString(16).padStart(16, '0')
  return last
}
