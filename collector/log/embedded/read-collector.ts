// Gathers one read's result: records in order, damage in joined-up ranges, and when to stop.

import type { DamagedRange, LogRecord, ReadOptions, ReadResult } from '../log.ts'
import type { Damage, Place } from './record-codec.ts'

/** Bounds a read that meets many tiny records or scattered damage. */
const mostRecords = 2_000
const mostRanges = 1_000

export class ReadCollector {
  readonly #place: Place
  readonly #maxBytes: number
  readonly #maxRecords: number
  readonly #records: LogRecord[] = []
  readonly #damaged: DamagedRange[] = []
  #bytes = 0
  #position: number

  constructor(place: Place, offset: number, options: ReadOptions) {
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new RangeError(`offset ${offset} is not a whole number from 0`)
    this.#place = place
    this.#position = offset
    this.#maxBytes = options.maxBytes
    this.#maxRecords = Math.max(1, Math.min(options.maxRecords ?? mostRecords, mostRecords))
  }

  /** The offset to look at next. */
  get position(): number {
    return this.#position
  }

  get isFull(): boolean {
    if (this.#damaged.length >= mostRanges || this.#records.length >= this.#maxRecords) return true
    return this.#records.length > 0 && this.#bytes >= this.#maxBytes
  }

  add(record: LogRecord): void {
    this.#records.push(record)
    this.#bytes += record.value?.byteLength ?? 0
    this.#position = record.coordinate.offset + 1
  }

  /** Passes over offsets that compaction removed. */
  skipTo(offset: number): void {
    this.#position = Math.max(this.#position, offset)
  }

  /** The offsets from the position up to and including `toOffset` cannot be served. */
  addDamage(damage: Damage, toOffset: number): void {
    const last = this.#damaged.at(-1)
    if (last !== undefined && last.toOffset + 1 === this.#position && last.reason === damage.reason) {
      this.#damaged[this.#damaged.length - 1] = { ...last, toOffset }
    } else {
      this.#damaged.push({ ...this.#place, fromOffset: this.#position, toOffset, ...damage })
    }
    this.#position = toOffset + 1
  }

  result(): ReadResult {
    return { records: this.#records, damaged: this.#damaged, nextOffset: this.#position }
  }
}
