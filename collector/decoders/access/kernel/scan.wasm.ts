// AssemblyScript: finds the values of one JSON access log record, sixteen bytes at a time, and the shapes it has had before.

import {
  beginning,
  droppedAt,
  endsAt,
  fieldMemberEndsAt,
  fieldMemberStartsAt,
  hasLongAt,
  keyBySlotAt,
  keyBytesAt,
  keyFieldsAt,
  keyLengthsAt,
  keyMarksAt,
  keyOffsetsAt,
  keySlots,
  marksAt,
  maxFields,
  maxKeys,
  maxMembers,
  maxValueBytes,
  memberEndsAt,
  memberStartsAt,
  membersAt,
  nextKeyAt,
  noField,
  notText,
  saidAt,
  seenKeyAt,
  startsAt,
} from './layout.ts'
import { findShapes, forgetShapes, rememberShape } from './shapes.wasm.ts'

export { forgetShapes, rememberShape }

const quote: u8 = 0x22
const comma: u8 = 0x2c
const closeBrace: u8 = 0x7d
const openBracket: u8 = 0x5b
const closeBracket: u8 = 0x5d
const minus: u8 = 0x2d
const digit0: u8 = 0x30
/** Whole numbers of more digits may lose some when parsed as a number. */
const maxDigits: i32 = 15

let stamp: i32 = 0
let marks: i32 = 0
let members: i32 = 0
let dropped: i32 = 0
let hasLong: i32 = 0
let present: u64 = 0

/**
 * Reads the record `[at, end)`, which begins with a brace and is followed by a byte below 0x20. True with its ranges told
 * as offsets from `base`; false for anything out of the ordinary (white space, escapes, DEL, nested objects, fractions,
 * unknown or repeated keys, broken JSON), which the slow path judges.
 */
export function scan(base: i32, at: i32, end: i32): bool {
  nextStamp()
  marks = 0
  members = 0
  dropped = 0
  hasLong = 0
  present = 0
  memory.fill(endsAt, 0, maxFields * 4)
  memory.fill(saidAt, 0, maxFields)
  let previous = beginning
  at += 1
  while (true) {
    let key = load<i32>(nextKeyAt + (previous << 2))
    if (key < 0 || !matches(key, at, end)) {
      key = load<u8>(at) === quote ? findKey(at, end) : -1
      if (key < 0) return false
      store<i32>(nextKeyAt + (previous << 2), key)
    }
    const keyAt = key << 2
    if (load<i32>(seenKeyAt + keyAt) === stamp) return false
    store<i32>(seenKeyAt + keyAt, stamp)
    previous = key
    marks |= load<i32>(keyMarksAt + keyAt)
    const memberAt = at
    at += load<i32>(keyLengthsAt + keyAt)
    const first = load<u8>(at)
    let from = at
    let to: i32
    if (first === quote) {
      from = ++at
      at = endOfPlain(at)
      if (load<u8>(at) !== quote) return false
      to = at++
    } else if (first === openBracket) {
      at = skipFlatArray(at)
      if (at < 0) return false
      to = notText
    } else {
      at = skipScalar(at)
      if (at < 0) return false
      to = at
    }
    take(load<i32>(keyFieldsAt + keyAt), base, from, to, memberAt, at)
    const after = load<u8>(at)
    if (after === comma) {
      at++
      continue
    }
    if (after !== closeBrace || at + 1 !== end) return false
    store<i32>(marksAt, marks)
    store<i32>(membersAt, members)
    store<i32>(droppedAt, dropped)
    store<i32>(hasLongAt, hasLong)
    findShapes(base, present, marks)
    return true
  }
}

function nextStamp(): void {
  stamp += 1
  if (stamp !== 0x7fffffff) return
  memory.fill(seenKeyAt, 0, maxKeys * 4)
  stamp = 1
}

/** The first byte from `at` on that does not stand for itself in a string: a quote, a backslash, a control character, DEL. */
function endOfPlain(at: i32): i32 {
  while (true) {
    const bytes = v128.load(at)
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f))),
    )
    const mask = i8x16.bitmask(special)
    if (mask !== 0) return at + ctz(mask)
    at += 16
  }
}

/** Whether bytes at `at` spell the key, quotes and colon included; `end` bounds the record. */
function matches(key: i32, at: i32, end: i32): bool {
  const length = load<i32>(keyLengthsAt + (key << 2))
  if (at + length > end) return false
  const from = keyBytesAt + load<i32>(keyOffsetsAt + (key << 2))
  if (length < 8)
    return load<i32>(at) === load<i32>(from) && load<i32>(at + length - 4) === load<i32>(from + length - 4)
  const last = length - 8 // the last comparison overlaps the one before it
  for (let word = 0; word < last; word += 8) if (load<i64>(at + word) !== load<i64>(from + word)) return false
  return load<i64>(at + last) === load<i64>(from + last)
}

/** Number of the key whose opening quote stands at `at`, or −1. */
function findKey(at: i32, end: i32): i32 {
  const close = endOfPlain(at + 1)
  const length = close - at + 2
  if (load<u8>(close) !== quote || length < 4 || at + length > end) return -1
  let slot = slotOf(at, length)
  while (true) {
    const key: i32 = load<i16>(keyBySlotAt + (slot << 1))
    if (key === -1) return -1
    if (load<i32>(keyLengthsAt + (key << 2)) === length && matches(key, at, end)) return key
    slot = (slot + 1) & (keySlots - 1)
  }
}

/** Where a key is looked for first; key table entries are placed by it too. */
export function slotOf(at: i32, length: i32): i32 {
  const hash =
    (load<i32>(at) * 0x9e3779b1) ^
    (load<i32>(at + ((length - 4) >> 1)) * 0x85ebca6b) ^
    (load<i32>(at + length - 4) * 0xc2b2ae35) ^
    length
  return (hash ^ (hash >>> 15)) & (keySlots - 1)
}

/** The first key that has a value for a field sets it; members that set no field are kept; missing values are not. */
function take(field: i32, base: i32, from: i32, to: i32, memberFrom: i32, memberTo: i32): void {
  if (to !== notText) {
    if (isMissing(from, to)) return
    const at = field << 2
    if (field !== noField && load<i32>(endsAt + at) === 0) {
      store<i32>(startsAt + at, from - base)
      store<i32>(endsAt + at, to - base)
      store<i32>(fieldMemberStartsAt + at, memberFrom - base)
      store<i32>(fieldMemberEndsAt + at, memberTo - base)
      present |= (1 as u64) << field
      if (to - from > maxValueBytes) hasLong = 1
      return
    }
  }
  if (members === maxMembers) {
    dropped += 1
    return
  }
  store<i32>(memberStartsAt + (members << 2), memberFrom - base)
  store<i32>(memberEndsAt + (members << 2), memberTo - base)
  members += 1
}

/** `-`, nothing, and `null` written as text are how proxies say that a value is missing. */
function isMissing(from: i32, to: i32): bool {
  const length = to - from
  if (length > 4) return false
  if (length === 0) return true
  if (length === 1) return load<u8>(from) === minus
  return length === 4 && load<i32>(from) === 0x6c6c756e
}

/** Past a whole number of few digits, `true`, `false` or `null` that stands at `at`; −1 for anything else. */
function skipScalar(at: i32): i32 {
  const begin = load<u8>(at) === minus ? at + 1 : at
  let to = begin
  while (((load<u8>(to) - digit0) as u8) <= 9) to++
  if (to > begin) {
    const zeroFirst = load<u8>(begin) === digit0
    return to - begin > maxDigits || (zeroFirst && (to - begin > 1 || begin > at)) ? -1 : to
  }
  const word = load<i32>(at)
  if (word === 0x6c6c756e || word === 0x65757274) return at + 4
  return word === 0x736c6166 && load<u8>(at + 4) === 0x65 ? at + 5 : -1
}

/** Past a flat array of plain strings, small numbers and words that stands at `at`; −1 for any other array. */
function skipFlatArray(at: i32): i32 {
  at += 1
  if (load<u8>(at) === closeBracket) return at + 1
  while (true) {
    if (load<u8>(at) === quote) {
      at = endOfPlain(at + 1)
      if (load<u8>(at) !== quote) return -1
      at += 1
    } else {
      at = skipScalar(at)
      if (at < 0) return -1
    }
    const after = load<u8>(at)
    if (after === closeBracket) return at + 1
    if (after !== comma) return -1
    at += 1
  }
}
