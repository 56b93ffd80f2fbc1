// UUIDs as 22 letters instead of 36 characters, and back.

import { letters } from './letters.ts'

const hexDigits = Buffer.from('0123456789abcdef', 'latin1')
const hyphens = [8, 13, 18, 23]
/** Of a character that is not in an alphabet. */
const none = 255
/** The 32 hex digits of the UUID at hand, one more for the last letter, and where texts are put together: flat ones, at once. */
const digits = new Uint8Array(33)
const short = Buffer.alloc(22)
const long = Buffer.alloc(36, '-', 'latin1')

const letterValues = valuesOf(letters)
const hexValues = valuesOf(hexDigits)

/** Undefined: the text is no UUID in its lower-case form. */
export function shortUuid(text: string): string | undefined {
  if (text.length !== 36) return undefined
  for (const at of hyphens) if (text.charCodeAt(at) !== 45) return undefined
  let count = 0
  for (let at = 0; at < 36; at++) {
    if (hyphens.includes(at)) continue
    const value = hexValues[text.charCodeAt(at)] ?? none
    if (value === none) return undefined
    digits[count++] = value
  }
  digits[32] = 0
  // Two letters are three digits.
  for (let pair = 0; pair < 11; pair++) {
    const bits = (digitAt(3 * pair) << 8) | (digitAt(3 * pair + 1) << 4) | digitAt(3 * pair + 2)
    short[2 * pair] = letters[bits >>> 6] as number // 64 letters
    short[2 * pair + 1] = letters[bits & 63] as number // 64 letters
  }
  return short.toString('latin1')
}

/** Undefined: `shortUuid` makes no such text. */
export function longUuid(text: string): string | undefined {
  if (text.length !== 22) return undefined
  let to = 0
  for (let pair = 0; pair < 11; pair++) {
    const high = letterValues[text.charCodeAt(2 * pair)] ?? none
    const low = letterValues[text.charCodeAt(2 * pair + 1)] ?? none
    if (high === none || low === none) return undefined
    const bits = (high << 6) | low
    for (let shift = 8; shift >= 0 && to < 36; shift -= 4) {
      if (hyphens.includes(to)) to += 1
      long[to++] = hexDigits[(bits >>> shift) & 15] as number // 16 digits
    }
  }
  return long.toString('latin1')
}

function digitAt(index: number): number {
  return digits[index] as number // index < 33
}

function valuesOf(alphabet: Buffer): Uint8Array {
  const values = new Uint8Array(256).fill(none)
  for (const [value, code] of alphabet.entries()) values[code] = value
  return values
}
