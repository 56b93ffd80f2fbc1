// Keeps the newest durable records of a topic in memory until they are read, so that a reader close behind needs no disk.

import type { LogRecord } from '../log.ts'

/** What a record costs beside its value. */
const recordOverheadBytes = 256

export class RecentRecords {
  readonly #maxBytes: number
  #records: (LogRecord | undefined)[] = []
  /** Slots before this one are forgotten; they are cut off when they are the larger half. */
  #start = 0
  #firstOffset = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes the record that follows the last one; after a jump in offsets the older ones are forgotten. */
  add(record: LogRecord): void {
    if (this.#firstOffset + this.#records.length !== record.coordinate.offset) {
      this.#records = []
      this.#start = 0
      this.#bytes = 0
      this.#firstOffset = record.coordinate.offset
    }
    this.#bytes += costBeside(record, this.#records.at(-1))
    this.#records.push(record)
    while (this.#bytes > this.#maxBytes && this.#forgetOldest());
    this.#cutOff()
  }

  /** Who reads on from `offset` needs nothing before it: memory that goes while it is young costs least. */
  forgetBelow(offset: number): void {
    while (this.#firstOffset + this.#start < offset && this.#forgetOldest());
    this.#cutOff()
  }

  at(offset: number): LogRecord | undefined {
    return this.#records[offset - this.#firstOffset]
  }

  #forgetOldest(): boolean {
    const oldest = this.#records[this.#start]
    if (oldest === undefined) return false
    this.#bytes -= costBeside(oldest, this.#records[this.#start + 1])
    this.#records[this.#start] = undefined
    this.#start += 1
    return true
  }

  #cutOff(): void {
    if (this.#start * 2 <= this.#records.length) return
    this.#records = this.#records.slice(this.#start)
    this.#firstOffset += this.#start
    this.#start = 0
  }
}

/** What a record costs whose neighbour stays: a view keeps all of the memory that it looks at, and neighbours may share it. */
function costBeside(record: LogRecord, neighbour: LogRecord | undefined): number {
  const memory = record.value?.buffer
  const shared = memory !== undefined && memory === neighbour?.value?.buffer
  return (shared ? 0 : (memory?.byteLength ?? 0)) + recordOverheadBytes
}
