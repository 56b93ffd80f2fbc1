// AssemblyScript: finds the next window of four bytes that an anchor matches, thirty-two places at a time.

import { anchorsAt, letterBits, looksAt, marksAt, thirdBits, thirdFactor, windowBytes } from './layout.ts'

/** Bytes looked at in one go. */
const stepBytes: i32 = 32
/** Marks of a window's earlier letters; those of its later letters are one bit higher each. */
const earlier: u16 = 0x5555
/** Loaded once a search, since V8 would make such constants anew for every step. */
const constantsAt = memory.data<u16>([letterBits as u16, thirdFactor as u16, thirdBits as u16, earlier])

/** 64-bit words that hold a bit for each anchor. */
let words: i32 = 0
let found: i32 = 0

export function open(anchorWords: i32): void {
  words = anchorWords
}

/** What to look for where `next` last found something: the bits of all anchors that match there. */
export function looks(): i32 {
  return found
}

/** Address of the first window within `[at, to)` that an anchor matches, or −1. */
export function next(at: i32, to: i32): i32 {
  const thirdLetter = v128.load16_splat(constantsAt)
  const factor = v128.load16_splat(constantsAt, 2)
  const spare = v128.load16_splat(constantsAt, 4)
  const earlierMarks = v128.load16_splat(constantsAt, 6)
  let letters = lettersOf(v128.load(at))
  let marks = i8x16.splat(0)
  // The last window of a step reaches into the next: each step is judged when the one behind it has its marks.
  for (at -= stepBytes; at + windowBytes <= to; at += stepBytes) {
    const second = lettersOf(v128.load(at, stepBytes + 16))
    const third = lettersOf(v128.load(at, stepBytes + 32))
    const behind = marksOf(
      placesOf(letters, second, thirdLetter, factor, spare),
      placesOf(second, third, thirdLetter, factor, spare),
    )
    letters = third
    const later = i8x16.shuffle(marks, behind, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
    const possible = v128.and(v128.and(marks, i16x8.shr_u(later, 1)), earlierMarks)
    marks = behind
    if (!v128.any_true(possible)) continue
    for (let mask = windowsOf(possible); mask !== 0; mask &= mask - 1) {
      const start = at + ctz(mask)
      if (start + windowBytes > to) return -1
      if (matches(start)) return start
    }
  }
  return -1
}

/** A letter in any case is its number in the alphabet, a few signs have the numbers left, all other bytes are 0. */
function lettersOf(bytes: v128): v128 {
  return v128.and(v128.and(bytes, i8x16.splat(letterBits as i8)), i8x16.gt_s(bytes, i8x16.splat(0x3f)))
}

/** Where in the table every other letter has its marks, each with the two letters behind it. */
function placesOf(letters: v128, behind: v128, thirdLetter: v128, factor: v128, spare: v128): v128 {
  const thirds = i8x16.shuffle(letters, behind, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
  return v128.or(letters, v128.and(i16x8.mul(v128.and(thirds, thirdLetter), factor), spare))
}

/** Each place is looked up by itself: there is no faster way to sixteen places of a table. */
function marksOf(places: v128, behind: v128): v128 {
  const first = i64x2.extract_lane(places, 0)
  const second = i64x2.extract_lane(places, 1)
  const third = i64x2.extract_lane(behind, 0)
  const fourth = i64x2.extract_lane(behind, 1)
  let marks = i8x16.splat(0)
  marks = v128.load_lane<u8>(place(first, 0), marks, 0, marksAt)
  marks = v128.load_lane<u8>(place(first, 1), marks, 1, marksAt)
  marks = v128.load_lane<u8>(place(first, 2), marks, 2, marksAt)
  marks = v128.load_lane<u8>(place(first, 3), marks, 3, marksAt)
  marks = v128.load_lane<u8>(place(second, 0), marks, 4, marksAt)
  marks = v128.load_lane<u8>(place(second, 1), marks, 5, marksAt)
  marks = v128.load_lane<u8>(place(second, 2), marks, 6, marksAt)
  marks = v128.load_lane<u8>(place(second, 3), marks, 7, marksAt)
  marks = v128.load_lane<u8>(place(third, 0), marks, 8, marksAt)
  marks = v128.load_lane<u8>(place(third, 1), marks, 9, marksAt)
  marks = v128.load_lane<u8>(place(third, 2), marks, 10, marksAt)
  marks = v128.load_lane<u8>(place(third, 3), marks, 11, marksAt)
  marks = v128.load_lane<u8>(place(fourth, 0), marks, 12, marksAt)
  marks = v128.load_lane<u8>(place(fourth, 1), marks, 13, marksAt)
  marks = v128.load_lane<u8>(place(fourth, 2), marks, 14, marksAt)
  return v128.load_lane<u8>(place(fourth, 3), marks, 15, marksAt)
}

/** A bit for each window of a step: low halves of marks tell of those at even bytes, high halves of those between. */
function windowsOf(possible: v128): i32 {
  const even = i8x16.ne(v128.and(possible, i8x16.splat(0x0f)), i8x16.splat(0))
  const odd = i8x16.gt_u(possible, i8x16.splat(0x0f))
  const low = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const high = i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
  return i8x16.bitmask(low) | (i8x16.bitmask(high) << 16)
}

function place(places: i64, which: i32): i32 {
  return ((places >>> (which << 4)) as i32) & 0xffff
}

function matches(start: i32): bool {
  found = 0
  const first = setsAt(0, start)
  const second = setsAt(1, start)
  const third = setsAt(2, start)
  const fourth = setsAt(3, start)
  for (let word = 0; word < words; word++) {
    const at = word << 3
    let anchors = load<u64>(first + at) & load<u64>(second + at) & load<u64>(third + at) & load<u64>(fourth + at)
    for (; anchors !== 0; anchors &= anchors - 1) found |= load<u8>(looksAt + (word << 6) + (ctz(anchors) as i32))
  }
  return found !== 0
}

/** Where the anchors are told whose sets hold the byte at a place of the window. */
function setsAt(place: i32, start: i32): i32 {
  return anchorsAt + ((((place << 8) | load<u8>(start + place)) * words) << 3)
}
