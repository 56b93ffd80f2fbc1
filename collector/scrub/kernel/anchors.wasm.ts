// AssemblyScript: finds the next window of four bytes that an anchor matches, sixteen places at a time.

import { anchorsAt, halvesAt, looksAt, windowBytes } from './layout.ts'

const moreHalvesAt: i32 = halvesAt + windowBytes * 32

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
  for (; at + windowBytes <= to; at += 16) {
    const first = v128.load(at)
    const second = v128.load(at, 1)
    const third = v128.load(at, 2)
    const fourth = v128.load(at, 3)
    // A group whose sets hold all four bytes has its bit left; halves of bytes let a few others through.
    const low = groupsOf(halvesAt, lowHalf(first), lowHalf(second), lowHalf(third), lowHalf(fourth))
    const high = groupsOf(halvesAt + 16, highHalf(first), highHalf(second), highHalf(third), highHalf(fourth))
    const lowMore = groupsOf(moreHalvesAt, lowHalf(first), lowHalf(second), lowHalf(third), lowHalf(fourth))
    const highMore = groupsOf(moreHalvesAt + 16, highHalf(first), highHalf(second), highHalf(third), highHalf(fourth))
    const possible = v128.or(v128.and(low, high), v128.and(lowMore, highMore))
    for (let mask = i8x16.bitmask(i8x16.ne(possible, i8x16.splat(0))); mask !== 0; mask &= mask - 1) {
      const start = at + ctz(mask)
      if (start + windowBytes > to) return -1
      if (matches(start)) return start
    }
  }
  return -1
}

function lowHalf(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(0x0f))
}

/** Shifted as words, since there is no shift of bytes in most machines. */
function highHalf(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(0x0f))
}

function groupsOf(tables: i32, first: v128, second: v128, third: v128, fourth: v128): v128 {
  return v128.and(
    v128.and(i8x16.swizzle(v128.load(tables), first), i8x16.swizzle(v128.load(tables, 32), second)),
    v128.and(i8x16.swizzle(v128.load(tables, 64), third), i8x16.swizzle(v128.load(tables, 96), fourth)),
  )
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
