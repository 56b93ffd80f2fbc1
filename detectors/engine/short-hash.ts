// Hashes as few letters, where names are only asked whether they are the same.

import { letters } from './letters.ts'
import { hash32 } from './stable-hash.ts'

/** Where the letters are put together, so that what is returned is one flat text: a text made of pieces keeps them. */
const scratch = Buffer.alloc(11)

/** 64 bits: what stays distinct among millions. `seed` tells apart what the same text may stand for. */
export function longHash(text: string, seed?: number): string {
  return hashed(text, 11, seed)
}

/** 48 bits: what stays distinct among the tokens of one family. `''` of `''`. */
export function shortHash(text: string): string {
  return text === '' ? '' : hashed(text, 8)
}

/** The first five letters are one half of the bits, the next five the other half; the eleventh is what is left of both. */
function hashed(text: string, length: 8 | 11, seed?: number): string {
  const high = hash32(text, seed)
  const low = hash32(text, (high ^ 0x9747b28c) >>> 0)
  for (let at = 0; at < 5; at++) {
    scratch[at] = letterOf(high >>> (26 - 6 * at))
    scratch[5 + at] = letterOf(low >>> (26 - 6 * at))
  }
  scratch[10] = letterOf(((high & 3) << 2) | (low & 3))
  return scratch.toString('latin1', 0, length)
}

function letterOf(bits: number): number {
  return letters[bits & 63] as number // 64 letters
}
