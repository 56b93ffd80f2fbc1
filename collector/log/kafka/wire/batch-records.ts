// The records of one batch: checked when the batch comes, made when they are asked for, since what waits is memory to be looked through.

import { ByteReader } from './byte-reader.ts'
import { type KafkaRecord, passRecord, type RecordBase, readRecord } from './record.ts'

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
    const reader = new ByteReader(bytes)
    let valueBytes = 0
    let before = base.offset - 1
    for (let left = count; left > 0; left--) {
      const passed = passRecord(reader, base, before)
      valueBytes += passed.valueBytes
      before = passed.offset
    }
    this.valueBytes = valueBytes
  }

  /** Gives those at `offset` and after it, one with each call, and undefined behind the last. */
  from(offset: number): () => KafkaRecord | undefined {
    const reader = new ByteReader(this.bytes)
    const first = Math.max(offset, this.notBefore)
    let left = this.count
    return () => {
      for (; left > 0; ) {
        left -= 1
        const record = readRecord(reader, this.base)
        if (record.offset >= first) return record
      }
      return undefined
    }
  }
}
