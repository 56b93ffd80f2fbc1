// Finds every credential in one record's view: looks closer at each anchor, then keeps the outermost of what overlaps.

import { referenceAt, referencePrefix } from '../../schemas/token-reference.ts'
import { looks } from './anchors.ts'
import { lookAtScheme } from './authorization.ts'
import { lookAtBytes } from './encoded-bytes.ts'
import type { FieldNames } from './field-names.ts'
import { type LongWord, lookAtField } from './fields.ts'
import type { Found } from './found.ts'
import { jwtAt } from './jwt.ts'
import { lookAtPem } from './pem.ts'
import type { Scan } from './scan.ts'
import { type View, viewOf } from './spellings.ts'
import { lookAtAddress, lookAtDriverAddress } from './url-userinfo.ts'
import { lookAtVendorKey, lookInContext } from './vendor-keys.ts'

/** A record that holds more is no record: it is replaced as a whole, so that none takes long. */
export const mostCredentials = 2_500

/** In the order of the record, without overlaps. References that already stand there are no credentials. */
export function findCredentials(view: View, scan: Scan, names: FieldNames): readonly Found[] {
  const kept = references(view.text)
  const found: Found[] = []
  const last = view.bytes.length - 1
  const search = scan.open(view.bytes)
  const longWord = { end: 0 }
  const holds = (bytes: Buffer): boolean => findCredentials(viewOf(bytes, 0, bytes.length), scan, names).length > 0
  let reference = 0
  let seen = 0
  // From the line feed on: an anchor may begin with whatever stands before a key.
  for (let at = 0; ; ) {
    at = search.next(at, last)
    if (at === -1 || found.length > mostCredentials) break
    while ((kept[reference]?.end ?? Number.POSITIVE_INFINITY) <= at) reference++
    const inside = kept[reference]
    if (inside !== undefined && inside.start <= at) at = inside.end
    else {
      seen |= search.looks()
      at = lookAt(view, at, search.looks(), names, found, longWord, holds)
    }
  }
  lookAtAddresses(view, found)
  if ((seen & looks.context) !== 0) lookInContext(view, found)
  return outermost(found.filter((range) => !isWithin(range, kept)))
}

/** @param ordered ranges in order, none of which overlap */
function isWithin(range: Found, ordered: readonly Found[]): boolean {
  let low = 0
  for (let high = ordered.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((ordered[middle]?.start ?? 0) <= range.start) low = middle + 1
    else high = middle
  }
  return low > 0 && range.end <= (ordered[low - 1]?.end ?? 0)
}

function lookAt(
  view: View,
  at: number,
  look: number,
  names: FieldNames,
  found: Found[],
  longWord: LongWord,
  holds: (bytes: Buffer) => boolean,
): number {
  let next = at + 1
  if ((look & looks.jwt) !== 0) next = Math.max(next, lookAtJwt(view, at, found))
  if ((look & looks.pem) !== 0) next = Math.max(next, lookAtPem(view, at, found))
  if ((look & looks.field) !== 0) next = Math.max(next, lookAtField(view, at, names, found, longWord))
  if ((look & looks.scheme) !== 0) next = Math.max(next, lookAtScheme(view, at, found))
  if ((look & looks.vendor) !== 0) next = Math.max(next, lookAtVendorKey(view, at, found))
  if ((look & looks.bytes) !== 0) next = Math.max(next, lookAtBytes(view, at, found, holds))
  return next
}

function lookAtJwt(view: View, at: number, found: Found[]): number {
  const look = jwtAt(view.text, at)
  if (look.jwt === undefined) return look.resume
  found.push({ start: at, end: look.jwt.end })
  return look.jwt.end
}

function lookAtAddresses(view: View, found: Found[]): void {
  const { text } = view
  for (let at = text.indexOf('://'); at !== -1 && found.length <= mostCredentials; at = text.indexOf('://', at))
    at = lookAtAddress(view, at, found)
  let before = 0
  for (let at = text.indexOf('@'); at !== -1 && found.length <= mostCredentials; at = text.indexOf('@', at)) {
    const next = lookAtDriverAddress(view, at, before, found)
    if (next > at + 1) before = next
    at = next
  }
}

function references(text: string): readonly Found[] {
  const ranges: Found[] = []
  for (let at = text.indexOf(referencePrefix); at !== -1; at = text.indexOf(referencePrefix, at)) {
    const end = referenceAt(text, at)?.end
    if (end !== undefined) ranges.push({ start: at, end })
    at = end ?? at + 1
  }
  return ranges
}

/** Of ranges that overlap the one that begins first stays, up to the end of the longest. */
function outermost(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found
  const kept: Found[] = []
  for (const range of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = kept.at(-1)
    if (before === undefined || range.start >= before.end) kept.push(range)
    else if (range.end > before.end) kept[kept.length - 1] = { ...before, end: range.end }
  }
  return kept
}
