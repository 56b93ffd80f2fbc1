// Small readings of OTLP's bytes: instants, ids, plain text, and the wire type that a kind of value has.

import { anyValueFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, varintType } from '../../../schemas/otlp/protobuf-reader.ts'

/** The wire type of a field of `AnyValue`; −1 for fields that it does not have. */
export function wireTypeOf(field: number): number {
  switch (field) {
    case anyValueFields.bool:
    case anyValueFields.int:
      return varintType
    case anyValueFields.double:
      return fixed64Type
    case anyValueFields.string:
    case anyValueFields.array:
    case anyValueFields.map:
    case anyValueFields.bytes:
      return bytesType
    default:
      return -1
  }
}

/** Epoch ms of nanoseconds in two halves of 32 bits, exactly: 2^32 ns are 4294 ms and 967296 ns. */
export function instantMsOf(low: number, high: number): number {
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000)
}

const highBits = 0x80808080 | 0

/** True where no byte of `[start, end)` is beyond ASCII. */
export function hasNoHighBit(view: DataView, start: number, end: number): boolean {
  let seen = 0
  let at = start
  for (; at + 4 <= end; at += 4) seen |= view.getInt32(at, true)
  for (; at < end; at++) seen |= view.getInt8(at)
  return (seen & highBits) === 0
}

const hexDigits = Buffer.from('0123456789abcdef', 'latin1')
const highDigits = Uint8Array.from({ length: 256 }, (_, byte) => hexDigits[byte >>> 4] as number) // 16 digits
const lowDigits = Uint8Array.from({ length: 256 }, (_, byte) => hexDigits[byte & 15] as number) // as above

/** Writes bytes `[start, end)` as lower-case hex to the start of `out`. */
export function writeHex(out: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
  let to = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number // within the range
    out[to++] = highDigits[byte] as number // a byte
    out[to++] = lowDigits[byte] as number // a byte
  }
}

/** An id of zeros is none (W3C Trace Context §3.2.2.3). */
export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false
  return true
}
