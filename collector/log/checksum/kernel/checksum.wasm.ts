// AssemblyScript: CRCs of bytes in memory: folded into the last of them, which tables do (Kounavis and Berry's slicing).

import { castagnoliTablesAt, foldedAt, ieeeTablesAt, inputAt, tables, tableWords } from './layout.ts'

// Polynomials, their bits reversed. Each divides a sum of few powers of z = x^8: a byte counts for the checksum what it
// would count at all of these distances further on, taken together. No shorter sum leaves two steps between: what was
// stored just before is slow to load askew.
const castagnoli: u32 = 0x82f63b78
/** Divides 1 + z^32 + z^107 + z^113 + z^136 + z^290. */
const castagnoliFarthest: i32 = 290
const ieee: u32 = 0xedb88320
/** Divides 1 + z^89 + z^117 + z^155 + z^300. */
const ieeeFarthest: i32 = 300
/** Bytes folded in a step: none may look at another of the same. */
const step: i32 = 64

export function open(): void {
  fillTables(castagnoliTablesAt, castagnoli)
  fillTables(ieeeTablesAt, ieee)
}

/** Goes on from the state after earlier bytes, −1 at first. Of many bytes in memory only the last are left as they were. */
export function crc32c(before: u32, length: i32): u32 {
  return update(castagnoliTablesAt, castagnoliFarthest, before, length)
}

export function crc32(before: u32, length: i32): u32 {
  return update(ieeeTablesAt, ieeeFarthest, before, length)
}

function update(tablesAt: i32, farthest: i32, before: u32, length: i32): u32 {
  if (length < 2 * farthest) return sliced(tablesAt, before, inputAt, length)
  const foldedBytes = (length - farthest) & ~(step - 1)
  const restAt = inputAt + foldedBytes
  const restBytes = length - foldedBytes
  store<u32>(inputAt, load<u32>(inputAt) ^ before)
  fold(tablesAt, inputAt, restAt, 0)
  memory.copy(foldedAt, restAt, restBytes)
  memory.fill(restAt, 0, restBytes)
  fold(tablesAt, restAt, restAt + restBytes, foldedAt - restAt)
  return sliced(tablesAt, 0, foldedAt, restBytes)
}

/** Adds to the bytes that stand so much further on than from `from` to `to` what is carried to there. */
function fold(tablesAt: i32, from: i32, to: i32, further: i32): void {
  if (tablesAt === castagnoliTablesAt)
    for (let at = from; at < to; at += step) {
      add(at + further, castagnoliAt(at))
      add(at + further + 16, castagnoliAt(at + 16))
      add(at + further + 32, castagnoliAt(at + 32))
      add(at + further + 48, castagnoliAt(at + 48))
    }
  else
    for (let at = from; at < to; at += step) {
      add(at + further, ieeeAt(at))
      add(at + further + 16, ieeeAt(at + 16))
      add(at + further + 32, ieeeAt(at + 32))
      add(at + further + 48, ieeeAt(at + 48))
    }
}

function add(at: i32, bits: v128): void {
  v128.store(at, v128.xor(v128.load(at), bits))
}

function castagnoliAt(at: i32): v128 {
  const near = v128.xor(v128.load(at - 154), v128.load(at - 177))
  const far = v128.xor(v128.load(at - 258), v128.load(at - castagnoliFarthest))
  return v128.xor(v128.xor(near, far), v128.load(at - 183))
}

function ieeeAt(at: i32): v128 {
  const near = v128.xor(v128.load(at - 145), v128.load(at - 183))
  const far = v128.xor(v128.load(at - 211), v128.load(at - ieeeFarthest))
  return v128.xor(near, far)
}

function fillTables(tablesAt: i32, polynomial: u32): void {
  for (let byte = 0; byte < tableWords; byte++) {
    let word = byte as u32
    for (let bit = 0; bit < 8; bit++) word = (word & 1) === 0 ? word >>> 1 : (word >>> 1) ^ polynomial
    store<u32>(tablesAt + (byte << 2), word)
  }
  for (let byte = 0; byte < tableWords; byte++) {
    let word = entry(tablesAt, 0, byte)
    for (let table = 1; table < tables; table++) {
      word = (word >>> 8) ^ entry(tablesAt, 0, word & 0xff)
      store<u32>(tablesAt + (((table << 8) + byte) << 2), word)
    }
  }
}

function sliced(tablesAt: i32, before: u32, from: i32, length: i32): u32 {
  let state = before
  let at = from
  const end = at + length
  for (; at + 16 <= end; at += 16) {
    state =
      four(tablesAt, 12, load<u32>(at) ^ state) ^
      four(tablesAt, 8, load<u32>(at, 4)) ^
      four(tablesAt, 4, load<u32>(at, 8)) ^
      four(tablesAt, 0, load<u32>(at, 12))
  }
  for (; at < end; at++) state = (state >>> 8) ^ entry(tablesAt, 0, (state ^ load<u8>(at)) & 0xff)
  return state
}

/** What four bytes do, of which the last has `behind` bytes of the block behind it. */
function four(tablesAt: i32, behind: i32, word: u32): u32 {
  return (
    entry(tablesAt, behind + 3, word & 0xff) ^
    entry(tablesAt, behind + 2, (word >>> 8) & 0xff) ^
    entry(tablesAt, behind + 1, (word >>> 16) & 0xff) ^
    entry(tablesAt, behind, word >>> 24)
  )
}

function entry(tablesAt: i32, table: i32, byte: u32): u32 {
  return load<u32>(tablesAt + (((table << 8) + (byte as i32)) << 2))
}
