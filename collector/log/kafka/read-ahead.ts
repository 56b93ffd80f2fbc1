// Records of one partition that were fetched before they are asked for, within a bound of bytes.

import type { DamagedRange, LogRecord, ReadOptions, ReadResult } from '../log.ts'
import type { Stretch } from './stretch.ts'

/** What a record costs beside its value. */
const recordOverheadBytes = 256

export class ReadAhead {
  private readonly maxBytes: number
  private stretches: Stretch[] = []
  private position: number
  private held = 0

  /** @param position offset that is wanted first */
  constructor(position: number, maxBytes: number) {
    this.position = position
    this.maxBytes = maxBytes
  }

  /** Where to fetch on, or undefined while there is enough. */
  get wantedFrom(): number | undefined {
    return this.held < this.maxBytes ? this.position : undefined
  }

  /** Takes what follows, while there is room; what is here already is cut off, and what leaves a gap is not taken. */
  add(stretch: Stretch): boolean {
    if (this.held >= this.maxBytes || stretch.nextOffset <= this.position || stretch.fromOffset > this.position)
      return false
    const fresh = cutBefore(stretch, this.position)
    this.stretches.push(fresh)
    this.held += bytesOf(fresh)
    this.position = fresh.nextOffset
    return true
  }

  /** What came at once and goes on from `offset`; where that is not at hand, it is what is wanted next. */
  stretchFrom(offset: number): Stretch | undefined {
    this.moveTo(offset)
    const [first] = this.stretches
    return first && cutBefore(first, offset)
  }

  /** Reads on from `offset`; where that is not at hand, it is what is wanted next. */
  read(offset: number, { maxBytes, maxRecords = Number.POSITIVE_INFINITY }: ReadOptions): ReadResult {
    this.moveTo(offset)
    const records: LogRecord[] = []
    const damaged: DamagedRange[] = []
    let nextOffset = offset
    let bytes = 0
    for (const stretch of this.stretches) {
      for (const range of stretch.damaged) if (range.toOffset >= offset) damaged.push(range)
      const cursor = stretch.records.from(Math.max(offset, stretch.fromOffset))
      for (let record = cursor.next(); record !== undefined; record = cursor.next()) {
        records.push(record)
        bytes += record.value?.byteLength ?? 0
        nextOffset = record.coordinate.offset + 1
        if (bytes < maxBytes && records.length < maxRecords) continue
        return { records, damaged: damaged.filter(({ toOffset }) => toOffset < nextOffset), nextOffset }
      }
      nextOffset = stretch.nextOffset
    }
    return { records, damaged, nextOffset }
  }

  /** What lies before it is done with. */
  private moveTo(offset: number): void {
    for (let [first] = this.stretches; first !== undefined && first.nextOffset <= offset; [first] = this.stretches)
      this.drop()
    const start = this.stretches[0]?.fromOffset ?? this.position
    if (start <= offset && offset <= this.position) return
    this.stretches = []
    this.held = 0
    this.position = offset
  }

  private drop(): void {
    const dropped = this.stretches.shift()
    if (dropped !== undefined) this.held -= bytesOf(dropped)
  }
}

function cutBefore(stretch: Stretch, offset: number): Stretch {
  if (stretch.fromOffset === offset) return stretch
  return {
    ...stretch,
    fromOffset: offset,
    damaged: stretch.damaged
      .filter(({ toOffset }) => toOffset >= offset)
      .map((range) => ({ ...range, fromOffset: Math.max(offset, range.fromOffset) })),
  }
}

function bytesOf({ records }: Stretch): number {
  return records.bytes + records.count * recordOverheadBytes
}
