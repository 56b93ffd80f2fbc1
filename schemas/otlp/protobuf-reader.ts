// Reads the wire form of protobuf, field by field, without copying: the rest of OTLP's reading stands on it.

export const varintType = 0
export const fixed64Type = 1
export const bytesType = 2
export const fixed32Type = 5

const twoTo32 = 0x1_0000_0000

/** What is wrong with a message; names as in `schemas/quarantine.ts` where they end there. */
export type ProtobufProblem = 'truncated' | 'malformed-varint' | 'wire-type' | 'field-zero' | 'too-many-fields'

/**
 * Walks the fields of one message within `[at, end)` of `bytes`. After `next()` gave true, `field`, `type` and the value are
 * those of one field: `low` and `high` (unsigned 32-bit halves) of a varint or fixed number, `start` and `limit` of bytes.
 * Groups (wire types 3 and 4) are refused: OTLP has none. Source: protobuf.dev/programming-guides/encoding.
 */
export class ProtobufReader {
  field = 0
  type = 0
  low = 0
  high = 0
  start = 0
  limit = 0
  /** Why `next` gave false before the end; `undefined` at a proper end. */
  problem: ProtobufProblem | undefined
  bytes: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.bytes.buffer)
  private at = 0
  private end = 0

  open(bytes: Uint8Array, at = 0, end = bytes.length): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.at = at
    this.end = end
    this.problem = undefined
    return this
  }

  next(): boolean {
    if (this.at >= this.end) return false
    if (!this.varint()) return false
    if (this.high !== 0) return this.fail('malformed-varint')
    this.field = this.low >>> 3
    this.type = this.low & 7
    if (this.field === 0) return this.fail('field-zero')
    switch (this.type) {
      case bytesType:
        return this.delimited()
      case varintType:
        return this.varint()
      case fixed64Type:
        return this.fixed(8)
      case fixed32Type:
        return this.fixed(4)
      default:
        return this.fail('wire-type')
    }
  }

  /** The number as a signed 64-bit integer; beyond ±2^53 it is rounded. */
  get int64(): number {
    return (this.high | 0) * twoTo32 + this.low
  }

  /** The number as an unsigned 64-bit integer; beyond 2^53 it is rounded. */
  get uint64(): number {
    return this.high * twoTo32 + this.low
  }

  /** A fixed64 field as the IEEE 754 double it is. */
  get double(): number {
    return this.view.getFloat64(this.start, true)
  }

  private delimited(): boolean {
    if (!this.varint()) return false
    this.start = this.at
    this.limit = this.at + this.uint64
    if (this.limit > this.end) return this.fail('truncated')
    this.at = this.limit
    return true
  }

  private fixed(size: 4 | 8): boolean {
    this.start = this.at
    this.limit = this.at + size
    if (this.limit > this.end) return this.fail('truncated')
    this.low = this.view.getUint32(this.at, true)
    this.high = size === 8 ? this.view.getUint32(this.at + 4, true) : 0
    this.at = this.limit
    return true
  }

  /** At most ten bytes, of which the last holds one bit. */
  private varint(): boolean {
    const { bytes, end } = this
    let low = 0
    let high = 0
    for (let read = 0; read < 10; read++) {
      if (this.at >= end) return this.fail('truncated')
      const byte = bytes[this.at++] as number // at < end ≤ length
      const part = byte & 0x7f
      if (read < 4) low |= part << (read * 7)
      else if (read === 4) {
        low |= part << 28
        high = part >>> 4
      } else high |= part << (read * 7 - 32)
      if (byte < 0x80) {
        if (read === 9 && byte > 1) return this.fail('malformed-varint')
        this.low = low >>> 0
        this.high = high >>> 0
        return true
      }
    }
    return this.fail('malformed-varint')
  }

  private fail(problem: ProtobufProblem): false {
    this.problem = problem
    this.at = this.end
    return false
  }
}
