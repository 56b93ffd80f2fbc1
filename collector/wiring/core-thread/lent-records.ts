// Records of the log in memory that goes to and fro between two threads: filled by the one, read in place by the other.

import type { DamagedRange, LogRecord, ReadResult } from '../../log/log.ts'

/** Bytes of records asked of the log at a time: the next ones are under way for as long as these are judged. */
export const readBytes = 2 * 1024 * 1024
/** Size of such a memory. Whatever a read takes beyond it travels with the answer. */
export const lentBytes = 4 * 1024 * 1024

/** A record whose value lies in the lent memory, or comes along where there was no room. */
interface LentRecord extends Omit<LogRecord, 'value'> {
  readonly at: number
  readonly length: number
  readonly value: Uint8Array | null | undefined
}

export interface LentRead {
  readonly fromOffset: number
  readonly memory: ArrayBuffer
  readonly records: readonly LentRecord[]
  readonly damaged: readonly DamagedRange[]
  readonly nextOffset: number
}

/** Fills `memory` from its beginning. */
export function lend(fromOffset: number, { records, damaged, nextOffset }: ReadResult, memory: ArrayBuffer): LentRead {
  const bytes = new Uint8Array(memory)
  let used = 0
  const lent = records.map(({ value, ...rest }): LentRecord => {
    if (value === null) return { ...rest, at: 0, length: 0, value }
    const { length } = value
    // A clone would take along whatever shares the value's memory.
    if (length > bytes.length - used) return { ...rest, at: 0, length, value: new Uint8Array(value) }
    bytes.set(value, used)
    used += length
    return { ...rest, at: used - length, length, value: undefined }
  })
  return { fromOffset, memory, records: lent, damaged, nextOffset }
}

/** Values are valid until the memory is lent again. */
export function takeUp({ memory, records, damaged, nextOffset }: LentRead): ReadResult {
  return {
    records: records.map(({ at, length, value, ...rest }) => ({
      ...rest,
      value: value === undefined ? new Uint8Array(memory, at, length) : value,
    })),
    damaged,
    nextOffset,
  }
}
