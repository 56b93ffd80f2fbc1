// Judges what stands at an anchor: is the word there the name of a credential, the run long enough for a token, the sign one of a user.

import { endsName } from './anchors.ts'
import { base64url, characterSet, digit, nameCharacter } from './characters.ts'
import type { FieldNames } from './field-names.ts'

/** Names longer than this are looked at in any case where they are cut. */
export const longestName = 96
export const shortestToken = 8
const longestUser = 300
const opensEscape = characterSet('\\%')
const endsUser = characterSet(' \t\n"<>')
const beforeUser = characterSet(':\\%')
const beforeParameter = characterSet('?&')

/** An escape opens right before a word, so that its bytes do not show the whole name. */
export function followsEscape(before: number): boolean {
  return opensEscape[before] === 1
}

/**
 * The word `[start, end)`, whole, names a credential; `before` is the byte before it, 0 for none. Nothing at or behind
 * `limit` belongs to its text.
 */
export function namesCredential(
  bytes: Buffer,
  start: number,
  end: number,
  before: number,
  limit: number,
  names: FieldNames,
): boolean {
  if (end < limit && endsName[bytes[end] ?? 0] !== 1) return false
  const kind = names.kindOf(bytes.toString('latin1', start, end))
  if (kind === 'query') return beforeParameter[before] === 1
  return kind !== undefined && !(kind === 'guess' && isShortNumber(bytes, end, limit))
}

/** `"code":200` */
function isShortNumber(bytes: Buffer, nameEnd: number, limit: number): boolean {
  let at = nameEnd
  while (at < Math.min(limit, nameEnd + 4) && digit[bytes[at] ?? 0] !== 1) at++
  const start = at
  while (at < limit && at < start + 8 && digit[bytes[at] ?? 0] === 1) at++
  if (at === start || at === start + 8) return false
  return at === limit || (nameCharacter[bytes[at] ?? 0] !== 1 && !followsEscape(bytes[at] ?? 0))
}

/** Length of the run of token characters at `at`, as far as it matters. */
export function runLength(bytes: Buffer, at: number, limit: number): number {
  let end = at
  while (end < limit && end < at + shortestToken && base64url[bytes[end] ?? 0] === 1) end++
  return end - at
}

/** The `@` at `at` has a `:` before it in the same word, at or behind `from`: a password in an address, or a plain e-mail address of a list. */
export function endsUserInfo(bytes: Buffer, at: number, from: number): boolean {
  for (let index = at - 1; index >= Math.max(from, at - longestUser); index--) {
    const code = bytes[index] ?? 0
    if (beforeUser[code] === 1) return true
    if (endsUser[code] === 1) return false
  }
  return false
}
