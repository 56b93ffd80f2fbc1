// AssemblyScript: CRC-32C of bytes in memory, sixteen at a time by tables (Kounavis and Berry's slicing).

import { inputAt, tables, tablesAt, tableWords } from './layout.ts'

/** Castagnoli's polynomial, its bits reversed. */
const polynomial: u32 = 0x82f63b78

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

/** Goes on from the state after earlier bytes, −1 at first. */
export function update(before: u32, length: i32): u32 {
  let state = before
  let at = inputAt
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
