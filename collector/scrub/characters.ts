// Sets of ASCII characters, as tables to look a character code up in.

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const digits = '0123456789'

/** `table[code]` is 1 for members; a code outside the table, or NaN, is no member. */
export type CharacterSet = Uint8Array

export function characterSet(members: string): CharacterSet {
  const table = new Uint8Array(256)
  for (const member of members) table[member.charCodeAt(0)] = 1
  return table
}

export const alphanumeric = characterSet(letters + digits)
/** What a field, header or parameter name is made of. */
export const nameCharacter = characterSet(`${letters}${digits}_-.$`)
export const base64url = characterSet(`${letters}${digits}-_`)
export const base64any = characterSet(`${letters}${digits}-_+/`)
export const blank = characterSet(' \t')
export const lineBreak = characterSet('\n\r')
export const quoteMark = characterSet('"\'`')
export const digit = characterSet(digits)
/** What an opaque bearer value is made of (RFC 6750 b64token, and the `|`, `:`, `*`, `!` of vendors). */
export const tokenCharacter = characterSet(`${letters}${digits}-._~+/=|:*!%`)

export function isIn(set: CharacterSet, text: string, index: number): boolean {
  return set[text.charCodeAt(index)] === 1
}

/** The first index at or after `from` whose character is no member. */
export function skip(set: CharacterSet, text: string, from: number): number {
  let index = from
  while (set[text.charCodeAt(index)] === 1) index++
  return index
}

/** Value of a hex digit, or −1. */
export function hexValue(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
