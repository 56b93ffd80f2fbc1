// The newest record of every key of a compacted partition, deletions included, in order of offset.

import type { DamagedRange, LogRecord, ReadOptions, ReadResult } from '../log.ts'
import { allOf, type Stretch } from './stretch.ts'

/** Stretches that are remembered; more of them say nothing new. */
const maxDamaged = 1_000

export class NewestRecords {
  /** What could not be read. */
  readonly damaged: DamagedRange[] = []
  private places = new Map<string, number>()
  /** In order of offset; undefined where a newer record of the key came. */
  private records: (LogRecord | undefined)[] = []
  /** Of the records, those that are no more included. */
  private offsets: number[] = []
  private stale = 0
  private position: number

  /** @param position first offset of the partition */
  constructor(position: number) {
    this.position = position
  }

  get wantedFrom(): number {
    return this.position
  }

  add(stretch: Stretch): boolean {
    if (stretch.nextOffset <= this.position || stretch.fromOffset > this.position) return false
    for (const record of allOf(stretch.records.from(this.position))) this.put(record)
    if (this.damaged.length < maxDamaged) this.damaged.push(...stretch.damaged)
    this.position = stretch.nextOffset
    if (this.stale * 2 > this.records.length) this.cutOff()
    return true
  }

  read(offset: number, { maxBytes, maxRecords = Number.POSITIVE_INFINITY }: ReadOptions): ReadResult {
    const records: LogRecord[] = []
    let bytes = 0
    for (let at = this.firstFrom(offset); at < this.records.length; at++) {
      const record = this.records[at]
      if (record === undefined) continue
      records.push(record)
      bytes += record.value?.byteLength ?? 0
      if (bytes >= maxBytes || records.length >= maxRecords)
        return this.upTo(record.coordinate.offset + 1, offset, records)
    }
    return this.upTo(Math.max(offset, this.position), offset, records)
  }

  /** Without those that were deleted. */
  *standing(): Iterable<LogRecord> {
    for (const record of this.records) if (record !== undefined && record.value !== null) yield record
  }

  newest(key: string): LogRecord | undefined {
    const place = this.places.get(key)
    return place === undefined ? undefined : this.records[place]
  }

  private upTo(nextOffset: number, fromOffset: number, records: readonly LogRecord[]): ReadResult {
    const damaged = this.damaged.filter(({ toOffset }) => toOffset >= fromOffset && toOffset < nextOffset)
    return { records, damaged, nextOffset }
  }

  /** A record without a key is none of ours: compacted topics take none. */
  private put(record: LogRecord): void {
    if (record.key === undefined) return
    const before = this.places.get(record.key)
    if (before !== undefined) {
      this.records[before] = undefined
      this.stale += 1
    }
    this.places.set(record.key, this.records.length)
    this.records.push(record)
    this.offsets.push(record.coordinate.offset)
  }

  /** Place of the first record at `offset` or after it. */
  private firstFrom(offset: number): number {
    let low = 0
    let high = this.records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.offsets[middle] ?? offset) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  private cutOff(): void {
    this.records = this.records.filter((record) => record !== undefined)
    this.places = new Map(this.records.map((record, at) => [record?.key ?? '', at]))
    this.offsets = this.records.map((record) => record?.coordinate.offset ?? 0)
    this.stale = 0
  }
}
