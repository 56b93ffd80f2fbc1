// Puts scrubbed lines aside on disk with the time of each, and gives them back in order of time.

import { closeSync, openSync, readSync, writeSync } from 'node:fs'

export interface SpooledLine {
  readonly bytes: Uint8Array
  /** Index of the source it came from. */
  readonly source: number
  /** Epoch ms. */
  readonly at: number
}

/** About 21 bytes of memory a line; the lines themselves are on disk. */
export class Spool {
  private readonly file: number
  private times = new Float64Array(1 << 16)
  private offsets = new Float64Array(1 << 16)
  private sizes = new Uint32Array(1 << 16)
  private sources = new Uint16Array(1 << 16)
  private count = 0
  private written = 0
  private buffer = Buffer.allocUnsafe(1 << 20)
  private buffered = 0

  constructor(path: string) {
    this.file = openSync(path, 'wx+', 0o600)
  }

  get length(): number {
    return this.count
  }

  get newestAt(): number {
    let newest = Number.NEGATIVE_INFINITY
    for (let at = 0; at < this.count; at++) newest = Math.max(newest, this.times[at] as number) // at < count
    return newest
  }

  add(bytes: Uint8Array, source: number, at: number): void {
    if (this.count === this.times.length) this.grow()
    this.times[this.count] = at
    this.offsets[this.count] = this.written + this.buffered
    this.sizes[this.count] = bytes.length
    this.sources[this.count] = source
    this.count += 1
    if (bytes.length > this.buffer.length - this.buffered) this.flush()
    if (bytes.length > this.buffer.length) {
      writeSync(this.file, bytes)
      this.written += bytes.length
      return
    }
    this.buffer.set(bytes, this.buffered)
    this.buffered += bytes.length
  }

  /** All lines by time; equal times in the order they were added. */
  *inOrder(): Generator<SpooledLine> {
    this.flush()
    const { times } = this
    const order = new Uint32Array(this.count)
    for (let at = 0; at < this.count; at++) order[at] = at
    order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b) // indexes below count
    for (const at of order) {
      const bytes = Buffer.allocUnsafe(this.sizes[at] as number) // at < count
      readSync(this.file, bytes, 0, bytes.length, this.offsets[at] as number) // at < count
      yield { bytes, source: this.sources[at] as number, at: times[at] as number } // at < count
    }
  }

  close(): void {
    closeSync(this.file)
  }

  private flush(): void {
    if (this.buffered === 0) return
    writeSync(this.file, this.buffer, 0, this.buffered)
    this.written += this.buffered
    this.buffered = 0
  }

  private grow(): void {
    const size = this.times.length * 2
    const widen = <Column extends Float64Array | Uint32Array | Uint16Array>(column: Column, wider: Column): Column => {
      wider.set(column)
      return wider
    }
    this.times = widen(this.times, new Float64Array(size))
    this.offsets = widen(this.offsets, new Float64Array(size))
    this.sizes = widen(this.sizes, new Uint32Array(size))
    this.sources = widen(this.sources, new Uint16Array(size))
  }
}
