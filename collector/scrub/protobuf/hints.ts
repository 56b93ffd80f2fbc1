// Tells, string by string of a protobuf body, which may hold a credential: the same anchors as in text, found in one pass.

import { endsUserInfo, followsEscape, longestName, namesCredential, runLength, shortestToken } from '../anchor-words.ts'
import { looks } from '../anchors.ts'
import { nameCharacter } from '../characters.ts'
import type { FieldNames } from '../field-names.ts'
import { windowBytes } from '../kernel/layout.ts'
import type { Scan, Search } from '../scan.ts'
import { hides } from '../suspects.ts'

/** Searched in one go. */
const stretchBytes = 64 * 1024
const none = Number.POSITIVE_INFINITY
const percent = 37
const backslash = 92
const sign = 64
const letterU = 117
const letterX = 120

/**
 * Asked about the strings of one body, in their order. An anchor stands within one string; what is beside it, tags and
 * lengths, may look like any character, so that the anchors are those for messages and each is judged within its string.
 */
export class Hints {
  private readonly bytes: Buffer
  private readonly search: Search
  private readonly names: FieldNames
  /** The first anchor at or behind the place last searched from, or how far it is known that there is none. */
  private place = -1
  private isAnchor = false
  private nextPercent = -1
  private nextBackslash = -1
  private nextSign = -1
  /** What to look for at the anchor. */
  private looks = 0

  constructor(bytes: Buffer, scan: Scan, names: FieldNames) {
    this.bytes = bytes
    this.search = scan.open(bytes)
    this.names = names
  }

  /** True when the string in `[start, end)` needs a closer look. */
  suspects(start: number, end: number): boolean {
    // The end of a name is part of some anchors, and the body may end with the name.
    if (end > this.bytes.length - windowBytes) return end > start
    return this.holdsAnchor(start, end) || this.holdsEscape(start, end) || this.holdsUser(start, end)
  }

  private holdsAnchor(start: number, end: number): boolean {
    // Some anchors begin with the character before the name.
    for (let at = Math.max(0, start - 1); ; at = this.isAnchor ? this.place + 1 : this.place) {
      if (this.place < at || (this.place === at && !this.isAnchor)) this.findFrom(at)
      if (this.place >= end) return false
      if (this.isAnchor && this.isSuspicious(this.place, start, end)) return true
    }
  }

  private findFrom(at: number): void {
    const { length } = this.bytes
    const to = Math.min(length, at + stretchBytes)
    const found = this.search.next(at, to)
    this.isAnchor = found !== -1
    this.place = found !== -1 ? found : to === length ? none : to - windowBytes + 1
    if (this.isAnchor) this.looks = this.search.looks()
  }

  private isSuspicious(at: number, start: number, end: number): boolean {
    const look = this.looks
    if ((look & ~(looks.field | looks.jwt)) !== 0) return true
    if ((look & looks.field) !== 0 && this.wordNamesCredential(at, start, end)) return true
    return (look & looks.jwt) !== 0 && runLength(this.bytes, at, end) >= shortestToken
  }

  /** The word around or just behind `at` names a credential. */
  private wordNamesCredential(at: number, start: number, end: number): boolean {
    const { bytes } = this
    let from = at >= start && nameCharacter[bytes[at] ?? 0] === 1 ? at : at + 1
    let to = from
    while (to < end && to - at < longestName && nameCharacter[bytes[to] ?? 0] === 1) to++
    while (from > start && to - from < longestName && nameCharacter[bytes[from - 1] ?? 0] === 1) from--
    const before = from > start ? (bytes[from - 1] ?? 0) : 0
    return followsEscape(before) || namesCredential(bytes, from, to, before, end, this.names)
  }

  private holdsEscape(start: number, end: number): boolean {
    const { bytes } = this
    if (this.nextPercent < start) this.nextPercent = indexOrNone(bytes, percent, start)
    while (this.nextPercent < end) {
      const at = this.nextPercent
      if (at + 2 < end && hides(bytes, at + 1)) return true
      this.nextPercent = indexOrNone(bytes, percent, at + 1)
    }
    if (this.nextBackslash < start) this.nextBackslash = indexOrNone(bytes, backslash, start)
    if (this.nextBackslash >= end) return false
    for (let at = this.nextBackslash; at < end - 1; at++) {
      if (bytes[at] !== backslash) continue
      if (bytes[at + 1] === letterU && hides(bytes, at + 4)) return true
      if (bytes[at + 1] === letterX && hides(bytes, at + 2)) return true
    }
    return false
  }

  /** An `@` with a `:` before it in the same word. */
  private holdsUser(start: number, end: number): boolean {
    const { bytes } = this
    if (this.nextSign < start) this.nextSign = indexOrNone(bytes, sign, start)
    if (this.nextSign >= end) return false
    let before = start
    for (let at = this.nextSign; at < end; at++) {
      if (bytes[at] !== sign) continue
      if (endsUserInfo(bytes, at, before)) return true
      before = at + 1
    }
    return false
  }
}

function indexOrNone(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from)
  return found === -1 ? none : found
}
