// A stretch of a partition as it was fetched or appended, whose records are made when they are asked for.

import type { Coordinate, DamagedRange, LogRecord } from '../log.ts'
import { recordOf } from './record-form.ts'
import type { BatchRecords } from './wire/batch-records.ts'

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
  /** Gives those at `offset` and after it, one with each call, and undefined behind the last. */
  from(offset: number): () => LogRecord | undefined
}

export function fetchedRecords(place: Omit<Coordinate, 'offset'>, batches: readonly BatchRecords[]): StretchRecords {
  return {
    count: batches.reduce((sum, { count }) => sum + count, 0),
    bytes: batches.reduce((sum, { valueBytes }) => sum + valueBytes, 0),
    from(offset) {
      let at = 0
      let next = batches[0]?.from(offset)
      return () => {
        while (next !== undefined) {
          const record = next()
          if (record !== undefined) return recordOf(place, record)
          next = batches[++at]?.from(offset)
        }
        return undefined
      }
    },
  }
}

export function appendedRecords(records: readonly LogRecord[]): StretchRecords {
  return {
    count: records.length,
    bytes: records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0),
    from(offset) {
      const first = records.findIndex(({ coordinate }) => coordinate.offset >= offset)
      let at = first === -1 ? records.length : first
      return () => records[at++]
    },
  }
}

export function allOf(next: () => LogRecord | undefined): readonly LogRecord[] {
  const records: LogRecord[] = []
  for (let record = next(); record !== undefined; record = next()) records.push(record)
  return records
}
