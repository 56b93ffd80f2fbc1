// Writes the wire form of protobuf: fields, and messages whose length is known only once they are written.

import { bytesType } from '../../../schemas/otlp/protobuf-reader.ts'

const firstBytes = 1024

export class WireWriter {
  private out: Buffer
  private used = 0

  constructor(bytes = firstBytes) {
    this.out = Buffer.allocUnsafe(bytes)
  }

  get length(): number {
    return this.used
  }

  /** What was written; the writer is not used any more. */
  done(): Buffer {
    return this.out.subarray(0, this.used)
  }

  /** A number below 2^53. */
  varint(value: number): void {
    this.room(10)
    let rest = value
    while (rest >= 0x80) {
      this.out[this.used++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.out[this.used++] = rest
  }

  /** A number of 64 bits in its halves. */
  varint64(low: number, high: number): void {
    this.room(10)
    let [rest, above] = [low >>> 0, high >>> 0]
    while (above !== 0 || rest >= 0x80) {
      this.out[this.used++] = (rest & 0x7f) | 0x80
      rest = ((rest >>> 7) | (above << 25)) >>> 0
      above >>>= 7
    }
    this.out[this.used++] = rest
  }

  tag(field: number, type: number): void {
    this.varint(field * 8 + type)
  }

  copy(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.room(end - start)
    for (let at = start; at < end; at++) this.out[this.used++] = bytes[at] as number // at < end ≤ length
  }

  bytesField(field: number, bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.tag(field, bytesType)
    this.varint(end - start)
    if (end - start < 64) this.copy(bytes, start, end)
    else {
      this.room(end - start)
      this.out.set(bytes.subarray(start, end), this.used)
      this.used += end - start
    }
  }

  /** Begins a message; give what this returns to `close` behind its last field. */
  open(field: number): number {
    this.tag(field, bytesType)
    this.room(1)
    return ++this.used
  }

  close(opened: number): void {
    const length = this.used - opened
    const extra = varintBytes(length) - 1
    this.room(extra)
    if (extra > 0) this.out.copyWithin(opened + extra, opened, this.used)
    this.used = opened - 1
    this.varint(length)
    this.used += length
  }

  private room(bytes: number): void {
    if (this.used + bytes <= this.out.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.used + bytes))
    this.out.copy(larger, 0, 0, this.used)
    this.out = larger
  }
}

/** Bytes that a length takes. */
export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++
  return bytes
}
