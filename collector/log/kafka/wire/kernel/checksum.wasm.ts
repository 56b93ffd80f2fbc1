// AssemblyScript: CRC-32C of bytes in memory: folded into the last of them, which tables do (Kounavis and Berry's slicing).

import { foldedAt, inputAt, tables, tablesAt, tableWords } from './layout.ts'

/** Castagnoli's polynomial, its bits reversed. */
const polynomial: u32 = 0x82f63b78
/**
 * It divides 1 + z^32 + z^107 + z^113 + z^136 + z^290 with z = x^8: a byte counts for the checksum what it would count at all
 * of these distances further on, taken together. No shorter sum of six leaves two steps between: what was stored just before
 * is slow to load askew.
 */
const nearest: i32 = 154
const second: i32 = 177
const third: i32 = 183
const fourth: i32 = 258
const farthest: i32 = 290
/** Bytes folded in a step: none may look at another of the same. */
const step: i32 = 64

export function open(): void {
  for (let byte = 0; byte < tableWords; byte++) {
    let word = byte as u32
    for (let bit = 0; bit < 8; bit++) word = (word & 1) === 0 ? word >>> 1 : (word >>> 1) ^ polynomial
    store<u32>(tablesAt + (byte << 2), word)
  }
  for (let byte = 0; byte < tableWords; byte++) {
    let word = entry(0, byte)
    for (let table = 1; table < tables; table++) {
      word = (word >>> 8) ^ entry(0, word & 0xff)
      store<u32>(tablesAt + (((table << 8) + byte) << 2), word)
    }
  }
}

/** Goes on from the state after earlier bytes, −1 at first. Of many bytes in memory only the last are left as they were. */
export function update(before: u32, length: i32): u32 {
  if (length < 2 * farthest) return sliced(before, inputAt, length)
  const foldedBytes = (length - farthest) & ~(step - 1)
  const restAt = inputAt + foldedBytes
  const restBytes = length - foldedBytes
  store<u32>(inputAt, load<u32>(inputAt) ^ before)
  fold(inputAt, restAt, 0)
  memory.copy(foldedAt, restAt, restBytes)
  memory.fill(restAt, 0, restBytes)
  fold(restAt, restAt + restBytes, foldedAt - restAt)
  return sliced(0, foldedAt, restBytes)
}

/** Adds to the bytes that stand so much further on than from `from` to `to` what is carried to there. */
function fold(from: i32, to: i32, further: i32): void {
  for (let at = from; at < to; at += step) {
    v128.store(at + further, v128.xor(v128.load(at + further), carried(at)))
    v128.store(at + further, v128.xor(v128.load(at + further, 16), carried(at + 16)), 16)
    v128.store(at + further, v128.xor(v128.load(at + further, 32), carried(at + 32)), 32)
    v128.store(at + further, v128.xor(v128.load(at + further, 48), carried(at + 48)), 48)
  }
}

function carried(at: i32): v128 {
  const near = v128.xor(v128.load(at - nearest), v128.load(at - second))
  const far = v128.xor(v128.load(at - fourth), v128.load(at - farthest))
  return v128.xor(v128.xor(near, far), v128.load(at - third))
}

function sliced(before: u32, from: i32, length: i32): u32 {
  let state = before
  let at = from
  const end = at + length
  for (; at + 16 <= end; at += 16) {
    state =
      four(12, load<u32>(at) ^ state) ^
      four(8, load<u32>(at, 4)) ^
      four(4, load<u32>(at, 8)) ^
      four(0, load<u32>(at, 12))
  }
  for (; at < end; at++) state = (state >>> 8) ^ entry(0, (state ^ load<u8>(at)) & 0xff)
  return state
}

/** What four bytes do, of which the last has `behind` bytes of the block behind it. */
function four(behind: i32, word: u32): u32 {
  return (
    entry(behind + 3, word & 0xff) ^
    entry(behind + 2, (word >>> 8) & 0xff) ^
    entry(behind + 1, (word >>> 16) & 0xff) ^
    entry(behind, word >>> 24)
  )
}

function entry(table: i32, byte: u32): u32 {
  return load<u32>(tablesAt + (((table << 8) + (byte as i32)) << 2))
}
