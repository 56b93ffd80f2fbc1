// The one form a credential has whatever way it was written: without scheme, quotes, padding, and in one alphabet.

import { alphanumeric, base64any, characterSet, isIn, skip } from './characters.ts'
import { canonicalParts, findJwt, unwrapJwt } from './jwt.ts'
import { pemBody } from './pem.ts'

/** `parts` are those of a JWT in base64url. */
export interface Credential {
  readonly canonical: string
  readonly parts?: readonly string[]
}

const schemes = new Set(
  'bearer basic dpop token digest negotiate ntlm apikey api-key key ssws hawk mac oauth hoba scram-sha-1 scram-sha-256 vapid gnap privatetoken aws4-hmac-sha256 jwt'.split(
    ' ',
  ),
)
const space = characterSet(' \t\r\n')

export function isScheme(word: string): boolean {
  return schemes.has(word.toLowerCase())
}

/**
 * Reads a decoded text (one character a byte). A text that contains a JWT is that JWT, so `Bearer x`, a cookie around
 * it and `x` itself are one credential.
 */
export function credentialOf(text: string): Credential {
  const value = withoutScheme(withoutQuotes(withoutSpace(text)))
  const body = value.includes('-----BEGIN') ? pemBody(value) : undefined
  if (body !== undefined) return { canonical: `pem:${body}` }
  const jwt = findJwt(value) ?? unwrapJwt(value)
  if (jwt === undefined) return { canonical: inOneAlphabet(value) }
  const parts = canonicalParts(jwt)
  return { canonical: parts.join('.'), parts }
}

/** Bytes above ASCII are parts of characters: they are no space, whatever they look like one by one. */
function withoutSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isIn(space, text, start)) start++
  while (end > start && isIn(space, text, end - 1)) end--
  return text.slice(start, end)
}

/** Where the credential begins behind a scheme that opens `text`; 0 when there is none. */
export function schemeEnd(text: string): number {
  let end = 0
  while (alphanumeric[text.charCodeAt(end)] === 1 || text[end] === '-') end++
  if (end === 0 || end > 20 || !isScheme(text.slice(0, end))) return 0
  let start = end
  while (text[start] === ' ' || text[start] === '+' || text[start] === '\t' || text[start] === ':') start++
  return start === end || start >= text.length ? 0 : start
}

function withoutScheme(value: string): string {
  return value.slice(schemeEnd(value))
}

function withoutQuotes(value: string): string {
  const first = value[0]
  const quoted = value.length > 2 && (first === '"' || first === "'") && value.endsWith(first)
  return quoted ? value.slice(1, -1) : value
}

/** Base64 with `+` and `/` reads as base64url; padding goes. Text that is no base64 only loses the difference. */
function inOneAlphabet(value: string): string {
  if (!/[+/=]/.test(value)) return value
  const end = skip(base64any, value, 0)
  if (end < value.length && !/^={1,2}$/.test(value.slice(end))) return value
  return value.slice(0, end).replaceAll('+', '-').replaceAll('/', '_')
}
