// Reads a credential that somebody found, in whatever way it was copied, as the references that would stand for it.

import { joinReference, parseReference, type TokenClaims } from '../../schemas/token-reference.ts'
import { findJwt } from './jwt.ts'
import { referenceOf } from './references.ts'
import type { ScrubKey } from './scrub-key.ts'

export interface LookedUp {
  readonly form: 'jwt' | 'opaque' | 'reference'
  /** Without claims, under each key in their order. */
  readonly references: readonly string[]
  /** What the token says of itself that is no secret. */
  readonly claims: TokenClaims
}

/** Why a text is no credential to look up: nothing in it is one word long enough to be a secret. */
export type Unreadable = 'empty' | 'too-short' | 'several-words'

const shortest = 8
const header = /^(?:proxy-)?(?:authorization|cookie|x-api-key|x-auth-token|dpop)\s*[:=]\s*/i
const scheme = /^(?:bearer|basic|dpop|token|apikey|api-key|jwt)\s+/i
const before = ' \t\r\n"\'`,;<(['
const after = ' \t\r\n"\'`,;>)]'
/** Quotes within quotes, a scheme in a header in quotes: nobody wraps deeper by accident. */
const mostWrappings = 8
/** `access_token=…`: what stands behind the sign is the credential; padding at the end of base64 is not such a sign. */
const assignment = /^[A-Za-z_][\w.-]{0,63}=(?=[^=])/

/**
 * Takes a bare token, a header with or without its name, a quoted text, `name=value`, a line of a log around a JWT, or a
 * reference of ours. The text is neither kept nor told in what is returned.
 */
export function lookUpCredential(text: string, keys: readonly ScrubKey[]): LookedUp | Unreadable {
  const value = withoutWrapping(text)
  if (value === '') return 'empty'
  const known = parseReference(value)
  if (known !== undefined)
    return {
      form: 'reference',
      references: [joinReference(known.keyId, known.hash, '')],
      claims: known.claims ?? {},
    }
  const isJwt = findJwt(value) !== undefined
  if (!isJwt && /\s/.test(value)) return 'several-words'
  if (value.length < shortest) return 'too-short'
  const spellings = isJwt || !assignment.test(value) ? [value] : [value, value.replace(assignment, '')]
  const found = spellings.flatMap((each) => keys.map((key) => parseReference(referenceOf(each, key))))
  const references = found.flatMap((each) => (each === undefined ? [] : [joinReference(each.keyId, each.hash, '')]))
  return { form: isJwt ? 'jwt' : 'opaque', references: [...new Set(references)], claims: found[0]?.claims ?? {} }
}

/** Quotes, brackets, header names and schemes may stand around each other. */
function withoutWrapping(text: string): string {
  let value = text.replace(/^\ufeff/, '')
  for (let round = 0; round < mostWrappings; round++) {
    const inner = trimmed(value).replace(header, '').replace(scheme, '')
    if (inner === value) break
    value = inner
  }
  return value
}

function trimmed(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && before.includes(value.charAt(start))) start++
  while (end > start && after.includes(value.charAt(end - 1))) end--
  return value.slice(start, end)
}
