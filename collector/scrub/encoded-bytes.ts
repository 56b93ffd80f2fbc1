// Bytes that JSON carries as base64, `{"bytesValue":"…"}` of OTLP: what they hold is looked through, and goes as a whole.

import { base64any, skip } from './characters.ts'
import type { Found } from './found.ts'
import type { View } from './spellings.ts'

/** As much of the name as stands before the anchor `esVa`. */
const nameBefore = 3
const opening = /bytesValue["'`]?\s{0,8}[:=]\s{0,8}["'`]?/y
/** Less holds no credential. */
const shortest = 12

/** Returns from where to look on. `holdsCredential` judges what the base64 stands for. */
export function lookAtBytes(
  view: View,
  at: number,
  found: Found[],
  holdsCredential: (bytes: Buffer) => boolean,
): number {
  const { text } = view
  opening.lastIndex = at - nameBefore
  if (at < nameBefore || !opening.test(text)) return at + 1
  const start = opening.lastIndex
  const end = skip(base64any, text, start)
  if (end - start < shortest || !holdsCredential(Buffer.from(text.slice(start, end), 'base64'))) return at + 1
  found.push({ start, end })
  return end
}
