// AssemblyScript: which fields a record has and what its often repeated ones say, found again by their bytes.

import {
  endsAt,
  maxFields,
  maxShapes,
  shapeArenaAt,
  shapeArenaBytes,
  shapeKinds,
  shapeOfFieldAt,
  shapePlacesAt,
  shapeSlots,
  shapeSlotsAt,
  shapeStateAt,
  shapesAt,
  startsAt,
} from './layout.ts'

/** Shapes whose hashes fall close to each other: more are not looked through. */
const maxProbes: i32 = 16

// A shape in the arena: its hash, the fields present, the marks, its size, then each value with its length before it.
const hashIn: i32 = 0
const presentIn: i32 = 8
const marksIn: i32 = 16
const valuesIn: i32 = 20

// What is known of a kind: a bit for each field that takes part, the record's hash, how many shapes, bytes of arena used.
const stateBytes: i32 = 32
const fieldsIn: i32 = 0
const recordHashIn: i32 = 8
const countIn: i32 = 16
const usedIn: i32 = 20

const seed: u64 = ((0x9e3779b9 as u64) << 32) | 0x7f4a7c15
const multiplier: u64 = ((0xff51afd7 as u64) << 32) | 0xed558ccd

let base: i32 = 0
let present: u64 = 0
let marks: i32 = 0

/** Tells the shapes of the record whose ranges have just been told: number or −1, and 32 bits of the hash. */
export function findShapes(recordBase: i32, presentFields: u64, recordMarks: i32): void {
  base = recordBase
  present = presentFields
  marks = recordMarks
  for (let kind = 0; kind < shapeKinds; kind++) {
    const hash = hashOf(kind)
    store<u64>(stateAt(kind) + recordHashIn, hash)
    store<i32>(shapesAt + (kind << 3), find(kind, hash))
    store<i32>(shapesAt + (kind << 3) + 4, (hash >> 16) as i32)
  }
}

/** Remembers a shape of the record that was read last; its number, or −1 where there is no room. */
export function rememberShape(kind: i32): i32 {
  const state = stateAt(kind)
  const number = load<i32>(state + countIn)
  const size = sizeOf(kind)
  const at = load<i32>(state + usedIn)
  if (number === maxShapes || at + size + 16 > shapeArenaBytes) return -1
  const hash = load<u64>(state + recordHashIn)
  const slot = freeSlot(kind, hash)
  if (slot < 0) return -1
  const shape = shapeArenaAt + kind * shapeArenaBytes + at
  store<u64>(shape + hashIn, hash)
  store<u64>(shape + presentIn, present)
  store<i32>(shape + marksIn, marks)
  let to = shape + valuesIn
  for (let rest = fieldsPresent(kind); rest !== 0; rest &= rest - 1) {
    const field = (ctz(rest) as i32) << 2
    const start = load<i32>(startsAt + field)
    const length = load<i32>(endsAt + field) - start
    store<i32>(to, length)
    memory.copy(to + 4, base + start, length)
    to += 4 + length
  }
  store<i32>(placeAt(kind, number), shape)
  store<i32>(slot, number + 1)
  store<i32>(state + countIn, number + 1)
  store<i32>(state + usedIn, (at + size + 7) & ~7)
  return number
}

/** Forgets all shapes of a kind, and takes its fields from what the memory says of them. */
export function forgetShapes(kind: i32): void {
  let fields: u64 = 0
  for (let field = 0; field < maxFields; field++)
    if (load<u8>(shapeOfFieldAt + field) === kind) fields |= (1 as u64) << field
  store<u64>(stateAt(kind) + fieldsIn, fields)
  store<i32>(stateAt(kind) + countIn, 0)
  store<i32>(stateAt(kind) + usedIn, 0)
  memory.fill(shapeSlotsAt + kind * shapeSlots * 4, 0, shapeSlots * 4)
}

function hashOf(kind: i32): u64 {
  let hash: u64 = mix(present ^ ((marks as u64) << 58), seed)
  for (let rest = fieldsPresent(kind); rest !== 0; rest &= rest - 1) {
    const field = (ctz(rest) as i32) << 2
    const start = load<i32>(startsAt + field)
    let left = load<i32>(endsAt + field) - start
    let at = base + start
    hash = mix(hash, left as u64)
    for (; left >= 8; left -= 8, at += 8) hash = mix(hash, load<u64>(at))
    if (left > 0) hash = mix(hash, load<u64>(at) & (((1 as u64) << (left << 3)) - 1))
  }
  return hash
}

function mix(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * multiplier
  return mixed ^ (mixed >> 32)
}

function find(kind: i32, hash: u64): i32 {
  let slot = (hash as i32) & (shapeSlots - 1)
  for (let probe = 0; probe < maxProbes; probe++) {
    const number = load<i32>(slotAt(kind, slot))
    if (number === 0) return -1
    if (isSame(kind, load<i32>(placeAt(kind, number - 1)), hash)) return number - 1
    slot = (slot + 1) & (shapeSlots - 1)
  }
  return -1
}

function freeSlot(kind: i32, hash: u64): i32 {
  let slot = (hash as i32) & (shapeSlots - 1)
  for (let probe = 0; probe < maxProbes; probe++) {
    if (load<i32>(slotAt(kind, slot)) === 0) return slotAt(kind, slot)
    slot = (slot + 1) & (shapeSlots - 1)
  }
  return -1
}

function isSame(kind: i32, shape: i32, hash: u64): bool {
  if (load<u64>(shape + hashIn) !== hash || load<u64>(shape + presentIn) !== present) return false
  if (load<i32>(shape + marksIn) !== marks) return false
  let at = shape + valuesIn
  for (let rest = fieldsPresent(kind); rest !== 0; rest &= rest - 1) {
    const field = (ctz(rest) as i32) << 2
    const start = load<i32>(startsAt + field)
    const length = load<i32>(endsAt + field) - start
    if (load<i32>(at) !== length || !isEqual(at + 4, base + start, length)) return false
    at += 4 + length
  }
  return true
}

function isEqual(one: i32, other: i32, length: i32): bool {
  let left = length
  for (; left >= 16; left -= 16, one += 16, other += 16)
    if (v128.any_true(v128.xor(v128.load(one), v128.load(other)))) return false
  if (left >= 8) {
    if (load<u64>(one) !== load<u64>(other)) return false
    left -= 8
    one += 8
    other += 8
  }
  return left === 0 || ((load<u64>(one) ^ load<u64>(other)) & (((1 as u64) << (left << 3)) - 1)) === 0
}

function sizeOf(kind: i32): i32 {
  let size = valuesIn
  for (let rest = fieldsPresent(kind); rest !== 0; rest &= rest - 1) {
    const field = (ctz(rest) as i32) << 2
    size += 4 + load<i32>(endsAt + field) - load<i32>(startsAt + field)
  }
  return size
}

function fieldsPresent(kind: i32): u64 {
  return present & load<u64>(stateAt(kind) + fieldsIn)
}

function stateAt(kind: i32): i32 {
  return shapeStateAt + kind * stateBytes
}

function slotAt(kind: i32, slot: i32): i32 {
  return shapeSlotsAt + ((kind * shapeSlots + slot) << 2)
}

function placeAt(kind: i32, number: i32): i32 {
  return shapePlacesAt + ((kind * maxShapes + number) << 2)
}
