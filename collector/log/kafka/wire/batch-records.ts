// The records of one batch: checked when the batch comes, made when they are asked for, since what waits is memory to be looked through.

import type { KafkaRecord, RecordBase } from './record.ts'
import { RecordWalk } from './record-walk.ts'

/** Takes the value of a record from its batch's bytes, or says no. */
export type TakeValue = (bytes: Buffer, from: number, to: number, offset: number) => boolean

export class BatchRecords {
  readonly count: number
  /** Of all values together. */
  readonly valueBytes: number
  private readonly bytes: Buffer
  private readonly base: RecordBase
  private readonly notBefore: number

  /**
   * @param bytes records one after the other, inflated
   * @param notBefore offset below which records are of no interest
   * @throws MalformedBytes where one of them does not hold what it should
   */
  constructor(bytes: Buffer, base: RecordBase, count: number, notBefore: number) {
    this.bytes = bytes
    this.base = base
    this.count = Math.max(0, count)
    this.notBefore = notBefore
    const walk = new RecordWalk(bytes, base, count)
    let valueBytes = 0
    while (walk.next()) valueBytes += Math.max(0, walk.valueLength)
    this.valueBytes = valueBytes
  }

  /** Stands before the first at `offset` or after it. */
  from(offset: number): BatchCursor {
    const { bytes, base, count } = this
    const isBehind = offset > base.lastOffset
    return new BatchCursor(bytes, new RecordWalk(bytes, base, isBehind ? 0 : count), Math.max(offset, this.notBefore))
  }
}

export class BatchCursor {
  private readonly bytes: Buffer
  private readonly walk: RecordWalk
  private readonly first: number
  /** The walk stands on a record that nobody has got. */
  private isWaiting = false

  constructor(bytes: Buffer, walk: RecordWalk, first: number) {
    this.bytes = bytes
    this.walk = walk
    this.first = first
  }

  /** The next record, or undefined behind the last. */
  next(): KafkaRecord | undefined {
    if (!this.isAtRecord()) return undefined
    this.isWaiting = false
    return this.walk.record()
  }

  /**
   * Hands on the values of records without making any. False: it stands before one that has no value or a header of these
   * names, or was not taken.
   */
  passValues(take: TakeValue, heeded: readonly Buffer[]): boolean {
    const { bytes, walk } = this
    while (this.isAtRecord()) {
      const { valueAt, valueLength, offset } = walk
      if (valueLength < 0 || walk.hasHeader(heeded)) return false
      if (!take(bytes, valueAt, valueAt + valueLength, offset)) return false
      this.isWaiting = false
    }
    return true
  }

  private isAtRecord(): boolean {
    while (!this.isWaiting && this.walk.next()) this.isWaiting = this.walk.offset >= this.first
    return this.isWaiting
  }
}
