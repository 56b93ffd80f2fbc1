// Tells the records that may hold a credential from the many that hold none, in a few passes over the raw bytes.

import { endsUserInfo, followsEscape, longestName, namesCredential, runLength, shortestToken } from './anchor-words.ts'
import { looks } from './anchors.ts'
import { characterSet, hexValue, nameCharacter } from './characters.ts'
import type { FieldNames } from './field-names.ts'
import { windowBytes } from './kernel/layout.ts'
import type { Scan, Search } from './scan.ts'
import type { Steps } from './steps.ts'

/** Searched between two pauses. */
const pauseBytes = 256 * 1024
const none = Number.POSITIVE_INFINITY
/** Words may go on to the end of all bytes; behind it there is none that belongs to any. */
const unlimited = Number.POSITIVE_INFINITY
const lineFeed = 10
const percent = 37
const backslash = 92
const letterU = 117
const letterX = 120
const sign = 64
const zero = 48
/** Characters that an anchor may be made of: an escape that stands for one of them may hide an anchor. */
const hiding = characterSet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~:@%\\')
const beginsUsually = characterSet('{[0123456789 \t\n')

/** First place at or after `from` that one kind of suspicion has, or infinity. */
type Watch = (bytes: Buffer, from: number) => number

export interface Suspects {
  /** Goes through `visit` with the range of every record (a line without its end) that needs a closer look, in order; yields every few milliseconds' work. */
  each(bytes: Buffer, visit: (start: number, end: number) => Steps): Steps
}

export function openSuspects(scan: Scan, names: FieldNames): Suspects {
  const watches: readonly Watch[] = [nextUrlEscape, nextJsonEscape, nextUser]
  return {
    *each(bytes, visit) {
      const search = scan.open(bytes)
      let searchedTo = 0
      let visitedTo = 0
      const anchors: Watch = (bytes, from) => {
        searchedTo = Math.min(from + pauseBytes, bytes.length)
        return nextAnchor(bytes, from, searchedTo, search, names)
      }
      const watched: readonly Watch[] = [anchors, ...watches]
      const next = watched.map((watch) => watch(bytes, 0))
      // No anchor reaches back before the first byte: text that does not begin as usual is looked at in any case.
      if (bytes.length > 0 && beginsUsually[bytes[0] ?? 0] !== 1) next[0] = 0
      for (;;) {
        const place = Math.min(...next)
        if (place >= searchedTo && searchedTo < bytes.length) {
          yield
          // The last bytes searched may be the beginning of an anchor.
          next[0] = anchors(bytes, Math.max(visitedTo, searchedTo - windowBytes))
          continue
        }
        if (place === none) return
        // An anchor that takes whatever stands before a key may begin with the line feed before its record.
        const within = bytes[place] === lineFeed ? place + 1 : place
        const start = within === 0 ? 0 : bytes.lastIndexOf(lineFeed, within - 1) + 1
        const found = bytes.indexOf(lineFeed, within)
        const end = found === -1 ? bytes.length : found
        yield* visit(start, end)
        yield
        visitedTo = end
        watched.forEach((watch, index) => {
          const isBehind = watch === anchors && searchedTo < end
          if ((next[index] ?? none) < end || isBehind) next[index] = watch(bytes, end)
        })
      }
    },
  }
}

function nextAnchor(bytes: Buffer, from: number, to: number, search: Search, names: FieldNames): number {
  const longWord = { end: 0 }
  for (let at = from; ; at++) {
    at = search.next(at, to)
    if (at === -1) return none
    const look = search.looks()
    if ((look & ~(looks.field | looks.jwt)) !== 0) return at
    if ((look & looks.field) !== 0 && maybeField(bytes, at, names, longWord)) return at
    if ((look & looks.jwt) !== 0 && runLength(bytes, at, unlimited) >= shortestToken) return at
  }
}

/** The word around or just behind `at`, as far as unescaped bytes show it, names a credential. */
function maybeField(bytes: Buffer, at: number, names: FieldNames, longWord: { end: number }): boolean {
  if (at < longWord.end) return false
  let start = nameCharacter[bytes[at] ?? 0] === 1 ? at : at + 1
  let end = start
  while (end - at < longestName && nameCharacter[bytes[end] ?? 0] === 1) end++
  while (end - start < longestName && nameCharacter[bytes[start - 1] ?? 0] === 1) start--
  const before = bytes[start - 1] ?? 0
  if (followsEscape(before)) return true
  if (end - start > longestName) longWord.end = end - 1
  return namesCredential(bytes, start, end, before, unlimited, names)
}

function nextUrlEscape(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(percent, from); at !== -1; at = bytes.indexOf(percent, at + 1)) {
    if (hides(bytes, at + 1)) return at
  }
  return none
}

/** `\u00..` or `\x..`; byte by byte where backslashes follow each other, which no search is made for. */
function nextJsonEscape(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(backslash, from); at !== -1; ) {
    const letter = bytes[at + 1]
    if (letter === letterU && bytes[at + 2] === zero && bytes[at + 3] === zero && hides(bytes, at + 4)) return at
    if (letter === letterX && hides(bytes, at + 2)) return at
    at = letter === backslash ? at + 1 : bytes.indexOf(backslash, at + 2)
  }
  return none
}

/** The two hex digits at `at` stand for a character that an anchor may be made of. */
export function hides(bytes: Uint8Array, at: number): boolean {
  const high = hexValue(bytes[at])
  const low = hexValue(bytes[at + 1])
  return high >= 0 && low >= 0 && hiding[high * 16 + low] === 1
}

/** An `@` that may end the password of an address. */
function nextUser(bytes: Buffer, from: number): number {
  let before = 0
  for (let at = bytes.indexOf(sign, from); at !== -1; at = bytes.indexOf(sign, at + 1)) {
    if (endsUserInfo(bytes, at, before)) return at
    before = at + 1
  }
  return none
}
