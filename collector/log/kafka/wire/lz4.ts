// LZ4 frames, read within bounds: no library in JavaScript refuses a frame that is cut short or points before its beginning.
// Checksums of the frame are passed over, for the batch around it has its own.

import { MalformedBytes } from './byte-reader.ts'
import { TooLarge } from './too-large.ts'

const magic = 0x184d2204
const contentChecksumFlag = 0x04
const contentSizeFlag = 0x08
const blockChecksumFlag = 0x10
const dictionaryFlag = 0x01
const plainBlockFlag = 0x80000000
const minMatch = 4

export function inflateLz4(bytes: Buffer, maxBytes: number): Buffer {
  const out = new Inflated(maxBytes)
  for (let at = 0; at < bytes.length; ) at = inflateFrame(bytes, at, out)
  return out.bytes()
}

/** Where the next frame begins. */
function inflateFrame(bytes: Buffer, start: number, out: Inflated): number {
  if (uint32(bytes, start) !== magic) throw new MalformedBytes('no LZ4 frame')
  const flags = byte(bytes, start + 4)
  let at = start + 7 + (flags & contentSizeFlag ? 8 : 0) + (flags & dictionaryFlag ? 4 : 0)
  for (;;) {
    const head = uint32(bytes, at)
    at += 4
    if (head === 0) return at + (flags & contentChecksumFlag ? 4 : 0)
    const end = at + (head & ~plainBlockFlag)
    if (end > bytes.length) throw new MalformedBytes('an LZ4 block is cut short')
    if (head >= plainBlockFlag) out.add(bytes, at, end)
    else inflateBlock(bytes, at, end, out)
    at = end + (flags & blockChecksumFlag ? 4 : 0)
  }
}

/** Literals and copies of what came before, by turns; a block ends with literals. */
function inflateBlock(bytes: Buffer, start: number, end: number, out: Inflated): void {
  const block = bytes.subarray(0, end)
  let at = start
  /** Fifteen means that more of it follows, up to a byte below 255. */
  const lengthOf = (nibble: number): number => {
    let length = nibble
    for (let more = nibble === 15 ? 255 : 0; more === 255; ) {
      more = byte(block, at++)
      length += more
    }
    return length
  }
  while (at < end) {
    const token = byte(block, at++)
    const literals = lengthOf(token >> 4)
    if (literals > end - at) throw new MalformedBytes('LZ4 literals are cut short')
    out.add(block, at, at + literals)
    at += literals
    if (at === end) return
    const distance = byte(block, at) | (byte(block, at + 1) << 8)
    at += 2
    out.repeat(distance, lengthOf(token & 0x0f) + minMatch)
  }
}

/** Grows as it is written, up to a bound. */
class Inflated {
  private readonly maxBytes: number
  private memory: Buffer
  private used = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.memory = Buffer.allocUnsafe(Math.min(maxBytes, 64 * 1024))
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.makeRoom(end - start)
    this.used += bytes.copy(this.memory, this.used, start, end)
  }

  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.used) throw new MalformedBytes('an LZ4 copy begins before its frame')
    this.makeRoom(length)
    for (const end = this.used + length; this.used < end; this.used++)
      this.memory[this.used] = this.memory[this.used - distance] ?? 0
  }

  bytes(): Buffer {
    return this.memory.subarray(0, this.used)
  }

  private makeRoom(length: number): void {
    const needed = this.used + length
    if (needed > this.maxBytes) throw new TooLarge(this.maxBytes)
    if (needed <= this.memory.length) return
    const grown = Buffer.allocUnsafe(Math.min(this.maxBytes, Math.max(needed, 2 * this.memory.length)))
    this.memory.copy(grown, 0, 0, this.used)
    this.memory = grown
  }
}

function byte(bytes: Buffer, at: number): number {
  const value = bytes[at]
  if (value === undefined) throw new MalformedBytes('an LZ4 frame is cut short')
  return value
}

function uint32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw new MalformedBytes('an LZ4 frame is cut short')
  return bytes.readUInt32LE(at)
}
