// A stretch of a partition as it was fetched or appended, whose records are made when they are asked for.

import type { Coordinate, DamagedRange, LogRecord } from '../log.ts'
import { allHeaders, recordOf } from './record-form.ts'
import type { BatchCursor, BatchRecords, TakeValue } from './wire/batch-records.ts'

/** A header of this name may hold one of any name. */
const anyHeader = Buffer.from(allHeaders)

/** Gapless. */
export interface Stretch {
  readonly fromOffset: number
  readonly nextOffset: number
  readonly records: StretchRecords
  readonly damaged: readonly DamagedRange[]
}

/** In order of offset; compaction and transactions leave gaps. */
export interface StretchRecords {
  readonly count: number
  /** Of all values together. */
  readonly bytes: number
  /** Stands before the first at `offset` or after it. */
  from(offset: number): RecordCursor
}

export interface RecordCursor {
  /** The next record, or undefined behind the last. */
  next(): LogRecord | undefined
  /**
   * Hands on the values of records that have no header of that name, as long as they are taken: `next` gives the first that
   * was not.
   */
  passValues(take: TakeValue, heeded: Buffer): void
}

export function fetchedRecords(place: Omit<Coordinate, 'offset'>, batches: readonly BatchRecords[]): StretchRecords {
  return {
    count: batches.reduce((sum, { count }) => sum + count, 0),
    bytes: batches.reduce((sum, { valueBytes }) => sum + valueBytes, 0),
    from: (offset) => new FetchedCursor(place, batches, offset),
  }
}

export function appendedRecords(records: readonly LogRecord[]): StretchRecords {
  return {
    count: records.length,
    bytes: records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0),
    from(offset) {
      const first = records.findIndex(({ coordinate }) => coordinate.offset >= offset)
      let at = first === -1 ? records.length : first
      return { next: () => records[at++], passValues: () => undefined }
    },
  }
}

export function allOf(cursor: RecordCursor): readonly LogRecord[] {
  const records: LogRecord[] = []
  for (let record = cursor.next(); record !== undefined; record = cursor.next()) records.push(record)
  return records
}

class FetchedCursor implements RecordCursor {
  private readonly place: Omit<Coordinate, 'offset'>
  private readonly batches: readonly BatchRecords[]
  private readonly offset: number
  private at = 0
  private batch: BatchCursor | undefined

  constructor(place: Omit<Coordinate, 'offset'>, batches: readonly BatchRecords[], offset: number) {
    this.place = place
    this.batches = batches
    this.offset = offset
    this.batch = batches[0]?.from(offset)
  }

  next(): LogRecord | undefined {
    for (; this.batch !== undefined; this.goOn()) {
      const record = this.batch.next()
      if (record !== undefined) return recordOf(this.place, record)
    }
    return undefined
  }

  passValues(take: TakeValue, heeded: Buffer): void {
    const names = [heeded, anyHeader]
    while (this.batch?.passValues(take, names) === true) this.goOn()
  }

  private goOn(): void {
    this.at += 1
    this.batch = this.batches[this.at]?.from(this.offset)
  }
}
