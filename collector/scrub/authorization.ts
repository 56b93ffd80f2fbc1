// Values of authorization headers, and schemes with their value anywhere in running text.

import { referencePrefix } from '../../schemas/token-reference.ts'
import { alphanumeric, blank, isIn, nameCharacter, skip, tokenCharacter } from './characters.ts'
import { isScheme, schemeEnd } from './credential.ts'
import type { Found } from './found.ts'
import { isPlaceholder, looksRandom } from './placeholders.ts'
import type { View } from './spellings.ts'

/** Schemes whose value is a list of parameters: all of it goes. */
const parametric = new Set([
  'digest',
  'hawk',
  'mac',
  'oauth',
  'aws4-hmac-sha256',
  'token',
  'vapid',
  'scram-sha-1',
  'scram-sha-256',
])
/** Schemes that are told from ordinary words in running text. */
const spoken = new Set(['bearer', 'basic', 'dpop', 'ssws', 'negotiate', 'ntlm'])
const longestScheme = 20

/**
 * A header value in `[start, end)`: the scheme stays, what follows goes; without a known scheme all of it goes, unless
 * it is a single plain word such as `allow`.
 */
export function authorizationValue(view: View, start: number, end: number, found: Found[]): void {
  const { text } = view
  let from = skip(blank, text, start)
  while (from < end) {
    const skipped = schemeEnd(text.slice(from, Math.min(end, from + longestScheme + 8)))
    const scheme = text.slice(from, skip(nameCharacter, text, from)).toLowerCase()
    const value = from + skipped
    if (skipped === 0 && /^[a-z]{1,16}$/i.test(text.slice(from, end).trim())) return
    const single = skipped !== 0 && !parametric.has(scheme)
    const comma = single ? nextScheme(text, value, end) : -1
    const stop = comma === -1 ? end : comma
    if (!isPlaceholder(text.slice(value, stop))) found.push({ start: value, end: stop })
    if (comma === -1) return
    from = skip(blank, text, comma + 1)
  }
}

/** The scheme that begins at `at` is followed by parameters up to the end of the header. */
export function isParametric(text: string, at: number): boolean {
  const scheme = text.slice(at, Math.min(skip(nameCharacter, text, at), at + longestScheme)).toLowerCase()
  return scheme !== 'token' && parametric.has(scheme)
}

/** A comma with a known scheme behind it: several values joined into one. */
function nextScheme(text: string, from: number, end: number): number {
  const offset = text.slice(from, end).indexOf(',')
  if (offset === -1) return -1
  const comma = from + offset
  const word = skip(blank, text, comma + 1)
  const stop = skip(nameCharacter, text, word)
  return stop - word <= longestScheme && isScheme(text.slice(word, stop)) ? comma : -1
}

/** The anchor lies in a word: when it is a scheme with a value that looks like one behind it, the value goes. */
export function lookAtScheme(view: View, at: number, found: Found[]): number {
  const { text } = view
  let start = at
  while (start > at - 8 && isIn(alphanumeric, text, start - 1)) start--
  const wordEnd = skip(alphanumeric, text, start)
  const word = text.slice(start, wordEnd).toLowerCase()
  if (wordEnd - start > longestScheme || !spoken.has(word)) return at + 1
  let value = wordEnd
  while (value < wordEnd + 4 && /[ \t+:=]/.test(text.charAt(value))) value++
  if (value === wordEnd) return at + 1
  const end = endOfToken(text, value)
  const token = text.slice(value, end)
  if (isPlaceholder(token) || token.includes(referencePrefix) || !isCredential(word, token)) return wordEnd
  found.push({ start: value, end })
  return end
}

/** A run of token characters without the punctuation of the sentence around it. */
function endOfToken(text: string, from: number): number {
  let end = skip(tokenCharacter, text, from)
  while (end > from && /[.:!*|,]/.test(text.charAt(end - 1))) end--
  return end
}

function isCredential(scheme: string, token: string): boolean {
  if (/^(?:realm|error|scope|charset|nonce|qop|auth|token|authentication)(?:=|$)/i.test(token)) return false
  if (scheme === 'basic') return isUserAndPassword(token) || looksRandom(token)
  if (scheme === 'bearer' || scheme === 'dpop' || scheme === 'ssws') {
    return token.length >= 20 || (token.length >= 6 && /\d/.test(token) && /[A-Za-z]/.test(token))
  }
  return looksRandom(token)
}

/** RFC 7617: base64 of `user:password`. */
function isUserAndPassword(token: string): boolean {
  if (token.length < 4 || token.length > 4096) return false
  const plain = Buffer.from(token, 'base64').toString('latin1')
  return plain.includes(':') && /^[^\x00-\x1f\x7f]+$/.test(plain)
}
