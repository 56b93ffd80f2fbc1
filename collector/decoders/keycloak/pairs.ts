// Reads the `key="value"` pairs that Keycloak's logging listener writes, where values may be what an attacker typed.

import type { Refusal } from '../decoder.ts'
import { quoted } from '../hidden-characters.ts'

/** In the order of the line, each key once. */
export type Pairs = ReadonlyMap<string, string>

export interface ReadPairs {
  readonly pairs: Pairs
  /** True where values stand in double quotes, inside which nobody can forge a pair. */
  readonly sealed: boolean
  /** Keys behind a value that may have been typed by anybody and has no quotes that hold it: they may be forged. */
  readonly doubtful: ReadonlySet<string>
}

// A key is at most so long that a line full of half keys costs time in proportion to its length.
const sealedPair = /([^\s=",']{1,128})="/y
const openPair = /([^\s=",']{1,128})=/y
const nextSealed = /, [^\s=",']{1,128}=(?:"|\[)/y
const nextOpen = /, [^\s=",']{1,128}=/y

/** Keys whose values Keycloak makes itself or has checked, and those of the beginning, whose order is checked instead. */
const ownWords = new Set(
  (
    'type operationType realmId realmName clientId userId sessionId ipAddress error reason scope grant_type auth_method auth_type ' +
    'token_id refresh_token_id refresh_token_type refresh_token_sub updated_refresh_token_id code_id client_auth_method ' +
    'access_token_expiration_time age_of_refresh_token response_type response_mode consent resourceType remember_me ' +
    'token_type token_issued_for subject_token_client_id requested_token_type revoked_client signature_required ' +
    'impersonator_realm not_before num_failures authSessionParentId authSessionTabId'
  ).split(' '),
)

/**
 * The pairs from `start` to the end of the text. In double quotes Keycloak writes a backslash before each quote of a value
 * and before nothing else, not before a backslash: `placeOf` tells the quotes inside from those that close. Without double
 * quotes only the places of keys and spaces tell, and what follows a typed value is doubtful.
 */
export function readPairs(text: string, start: number, maxPairs: number): ReadPairs | Refusal {
  const sealed = matchAt(sealedPair, text, start) !== undefined
  const pairs = new Map<string, string>()
  const doubtful = new Set<string>()
  let typed = false
  for (let at = start; at < text.length; ) {
    const pair = sealed ? readSealed(text, at) : readOpen(text, at)
    if ('reason' in pair) return pair
    const { key, value } = pair
    at = pair.end + 2
    if (pairs.has(key)) return forged(`${quoted(key)} is there twice, as where a value forges the pairs behind it`)
    pairs.set(key, value)
    if (pairs.size > maxPairs) return { reason: 'too-many-keys', detail: `more than ${maxPairs} pairs in one line` }
    if (typed) doubtful.add(key)
    if (!sealed && !ownWords.has(key)) typed = true
  }
  return { pairs, sealed, doubtful }
}

interface Pair {
  readonly key: string
  readonly value: string
  /** Where the comma behind it stands, or the length of the text. */
  readonly end: number
}

function readSealed(text: string, at: number): Pair | Refusal {
  const opening = matchAt(sealedPair, text, at)
  if (opening === undefined) return readList(text, at) ?? noPair(text, at)
  const key = opening[1] ?? ''
  const from = at + opening[0].length
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    const place = placeOf(text, quote)
    if (place === 'doubtful') break
    if (place === 'closing') return { key, value: text.slice(from, quote).replaceAll('\\"', '"'), end: quote + 1 }
  }
  return forged(`the quotes around the value of ${quoted(key)} do not add up`)
}

/**
 * A quote without a backslash closes. One with it is inside, unless the value ends in a backslash: then a pair follows
 * whose own value begins behind its quote. Where that quote closes a value too, it is the end of the value under way, and
 * the pair only looks like one; and where even the pair behind it only looks like one, two values were typed to fit each other.
 */
function placeOf(text: string, quote: number): 'inside' | 'closing' | 'doubtful' {
  const end = quote + 1
  if (end === text.length) return 'closing'
  const next = matchAt(nextSealed, text, end)
  if (text[quote - 1] !== '\\') return next === undefined ? 'doubtful' : 'closing'
  if (next === undefined || next[0].endsWith('[')) return 'inside'
  const behind = end + next[0].length
  if (behind === text.length) return 'inside'
  const second = matchAt(nextSealed, text, behind)
  if (second === undefined) return 'closing'
  return closesAt(text, behind + second[0].length) ? 'doubtful' : 'inside'
}

/** True where a value ends: at the end of the text, or before the next pair. */
function closesAt(text: string, at: number): boolean {
  return at === text.length || matchAt(nextSealed, text, at) !== undefined
}

/** At log level TRACE the line ends in the request's cookies. */
function readList(text: string, at: number): Pair | undefined {
  return text.startsWith('cookies=[', at) && text.endsWith(']')
    ? { key: 'cookies', value: text.slice(at + 'cookies='.length), end: text.length }
    : undefined
}

function readOpen(text: string, at: number): Pair | Refusal {
  const opening = matchAt(openPair, text, at)
  if (opening === undefined) return noPair(text, at)
  const key = opening[1] ?? ''
  const from = at + opening[0].length
  if (text[from] === "'") {
    for (let quote = text.indexOf("'", from + 1); quote !== -1; quote = text.indexOf("'", quote + 1)) {
      const end = quote + 1
      if (end !== text.length && matchAt(nextOpen, text, end) === undefined) continue
      const value = text.slice(from + 1, quote)
      return value.includes(' ') ? { key, value, end } : forged(`the value of ${quoted(key)} has quotes and no space`)
    }
    return forged(`the quotes around the value of ${quoted(key)} do not add up`)
  }
  for (let comma = text.indexOf(', ', from); comma !== -1; comma = text.indexOf(', ', comma + 1))
    if (matchAt(nextOpen, text, comma) !== undefined) return { key, value: text.slice(from, comma), end: comma }
  return { key, value: text.slice(from), end: text.length }
}

function matchAt(form: RegExp, text: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at
  return form.exec(text) ?? undefined
}

function noPair(text: string, at: number): Refusal {
  return forged(`${quoted(text.slice(at, at + 40))} is no pair`)
}

function forged(detail: string): Refusal {
  return { reason: 'log-injection-suspect', detail }
}
