// What of a JWT stays readable in its reference: the claims that say who, for whom and until when, and no more.

import { createHash } from 'node:crypto'
import { encodeClaims, type TokenClaims } from '../../schemas/token-reference.ts'

/** Members of a text type, from the header and from the payload. */
const headerTexts = ['typ', 'alg', 'kid'] as const
const payloadTexts = ['iss', 'sub', 'azp', 'client_id', 'jti', 'sid', 'scope'] as const
const instants = ['iat', 'exp', 'nbf'] as const
/** What goes first when the claims do not fit. */
const dispensable = ['scope', 'aud', 'htu', 'kid', 'client_id', 'sid', 'azp', 'sub', 'iss', 'jti'] as const
const longestPart = 16_384
const longestText = 256
const mostAudiences = 8
/** RFC 7638: the members that make a key's thumbprint, in order. */
const thumbprintMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

const headers = new Map<string, Members>()
const mostKept = 64
const longestKept = 512

type Members = { readonly [name: string]: unknown }
type Draft = { -readonly [name in keyof TokenClaims]: TokenClaims[name] }

/**
 * The claims as a reference carries them, `''` when nothing can be read; of an encrypted token those of the header.
 * `isClean` says that a text holds no credential: a claim that does is left out.
 */
export function readableClaims(parts: readonly string[], isClean: (text: string) => boolean): string {
  const header = headerOf(parts[0] ?? '')
  if (header === undefined) return ''
  const payload = parts.length === 5 ? {} : (membersOf(parts[1]) ?? {})
  const claims: Draft = {}
  for (const name of headerTexts) setText(claims, name, header[name])
  for (const name of payloadTexts) setText(claims, name, payload[name])
  if (claims.scope === undefined) setText(claims, 'scope', scopeOf(payload))
  for (const name of instants) if (Number.isFinite(payload[name])) claims[name] = Number(payload[name])
  const audience = audienceOf(payload.aud)
  if (audience !== undefined) claims.aud = audience
  const binding = bindingOf(payload.cnf)
  if (binding !== undefined) claims.cnf = binding
  if (claims.typ?.toLowerCase() === 'dpop+jwt') addProof(claims, header, payload)
  return fitting(claims, isClean)
}

function setText(claims: Draft, name: (typeof headerTexts | typeof payloadTexts)[number], value: unknown): void {
  const text = typeof value === 'number' ? String(value) : value
  if (isText(text)) claims[name] = text
}

/** RFC 9449: a proof names the key that it proves, and the request. */
function addProof(claims: Draft, header: Members, payload: Members): void {
  const thumbprint = isMembers(header.jwk) ? thumbprintOf(header.jwk) : undefined
  if (thumbprint !== undefined) claims.jkt = thumbprint
  if (isText(payload.htm)) claims.htm = payload.htm
  const address = isText(payload.htu) ? payload.htu.split(/[?#]/, 1)[0] : undefined
  if (address !== undefined) claims.htu = address
}

function thumbprintOf(key: Members): string | undefined {
  const members = thumbprintMembers[String(key.kty)]?.map((name) => [name, key[name]] as const)
  if (members === undefined || !members.every(([, value]) => typeof value === 'string')) return undefined
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url')
}

function scopeOf(payload: Members): string | undefined {
  const scopes = payload.scp
  return Array.isArray(scopes) ? scopes.filter(isText).join(' ') : isText(scopes) ? scopes : undefined
}

function audienceOf(value: unknown): string | readonly string[] | undefined {
  if (Array.isArray(value)) return value.slice(0, mostAudiences).filter(isText)
  return isText(value) ? value : undefined
}

function bindingOf(value: unknown): TokenClaims['cnf'] {
  if (!isMembers(value)) return undefined
  const [key, certificate] = [value.jkt, value['x5t#S256']]
  if (!isText(key) && !isText(certificate)) return undefined
  return { ...(isText(key) ? { jkt: key } : {}), ...(isText(certificate) ? { 'x5t#S256': certificate } : {}) }
}

/** Leaves out what holds a credential, then what does not fit. */
function fitting(claims: Draft, isClean: (text: string) => boolean): string {
  const json = JSON.stringify(claims)
  if (isClean(json)) {
    const encoded = encodeClaims(json)
    if (encoded !== '' || json === '{}') return encoded
  } else dropUnclean(claims, isClean)
  for (const name of dispensable) {
    const encoded = encodeClaims(JSON.stringify(claims))
    if (encoded !== '') return encoded
    delete claims[name]
  }
  return encodeClaims(JSON.stringify(claims))
}

function dropUnclean(claims: Draft, isClean: (text: string) => boolean): void {
  // The keys of a draft are the names of the claims.
  for (const name of Object.keys(claims) as (keyof Draft)[]) {
    const value = claims[name]
    if (!isClean(typeof value === 'string' ? value : JSON.stringify(value))) delete claims[name]
  }
}

/** All tokens of an issuer's key share their header, so the last ones are kept. */
function headerOf(part: string): Members | undefined {
  const known = headers.get(part)
  if (known !== undefined) return known
  const header = membersOf(part)
  if (header === undefined || part.length > longestKept) return header
  if (headers.size >= mostKept) headers.clear()
  headers.set(part, header)
  return header
}

function membersOf(part: string | undefined): Members | undefined {
  if (part === undefined || part.length > longestPart) return undefined
  const text = Buffer.from(part, 'base64url').toString('utf8')
  // An exception costs more than all the rest: what is plainly no object is not tried.
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText
}
