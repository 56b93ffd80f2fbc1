// Goes from record to record through the bytes of a batch, and makes those that somebody asks for.

import { ByteReader, MalformedBytes } from './byte-reader.ts'
import type { KafkaRecord, RecordBase } from './record.ts'

/** More than any producer sends. */
const maxHeaders = 1024
const noHeaders: KafkaRecord['headers'] = []

export class RecordWalk {
  // Of the record that it stands on.
  offset: number
  valueAt = 0
  /** Negative: it has none. */
  valueLength = -1
  headerCount = 0
  private timestamp = 0
  private keyAt = 0
  private keyLength = -1
  private headersAt = 0

  private readonly bytes: Buffer
  private readonly base: RecordBase
  private readonly reader: ByteReader
  private left: number

  /** @param bytes records one after the other; it stands before the first */
  constructor(bytes: Buffer, base: RecordBase, count: number) {
    this.bytes = bytes
    this.base = base
    this.reader = new ByteReader(bytes)
    this.left = count
    this.offset = base.offset - 1
  }

  /**
   * False: there are no more.
   * @throws MalformedBytes where the record does not hold what it should, or has an offset that is not above the one before
   *   it and in the batch: believed, it would send whoever reads on past the end of the partition
   */
  next(): boolean {
    if (this.left <= 0) return false
    this.left -= 1
    const { reader, base } = this
    const length = reader.varint()
    const end = reader.at + length
    reader.pass(1)
    this.timestamp = base.timestamp + reader.varint()
    this.moveTo(base.offset + reader.varint())
    this.keyLength = reader.varint()
    this.keyAt = passSized(reader, this.keyLength)
    this.valueLength = reader.varint()
    this.valueAt = passSized(reader, this.valueLength)
    this.headerCount = headerCount(reader)
    this.headersAt = reader.at
    for (let left = 2 * this.headerCount; left > 0; left--) passSized(reader, reader.varint())
    if (reader.at !== end) throw new MalformedBytes(`the record at offset ${this.offset} does not fit its own length`)
    return true
  }

  /** The record that it stands on: byte views stay tied to the memory they were read from. */
  record(): KafkaRecord {
    return {
      offset: this.offset,
      timestamp: this.base.appendedAt ?? this.timestamp,
      key: this.view(this.keyAt, this.keyLength),
      value: this.view(this.valueAt, this.valueLength),
      headers: this.headerCount === 0 ? noHeaders : this.headers(),
    }
  }

  /** Whether the record that it stands on has a header of one of these names. */
  hasHeader(names: readonly Buffer[]): boolean {
    if (this.headerCount === 0) return false
    const reader = this.headerReader()
    for (let left = this.headerCount; left > 0; left--) {
      const length = reader.varint()
      const at = passSized(reader, length)
      if (names.some((name) => name.length === length && this.bytes.compare(name, 0, length, at, at + length) === 0))
        return true
      passSized(reader, reader.varint())
    }
    return false
  }

  private moveTo(offset: number): void {
    if (offset <= this.offset || offset > this.base.lastOffset)
      throw new MalformedBytes(`a record says that it is at offset ${offset}, where it cannot be`)
    this.offset = offset
  }

  private view(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.bytes.subarray(at, at + length)
  }

  private headers(): KafkaRecord['headers'] {
    const reader = this.headerReader()
    const headers: [string, Buffer | null][] = []
    for (let left = this.headerCount; left > 0; left--) {
      const name = reader.taken(reader.varint())?.toString('utf8') ?? ''
      headers.push([name, reader.taken(reader.varint())])
    }
    return headers
  }

  private headerReader(): ByteReader {
    const reader = new ByteReader(this.bytes)
    reader.pass(this.headersAt)
    return reader
  }
}

/** Says where it begins; a negative length is nothing. */
function passSized(reader: ByteReader, length: number): number {
  return reader.pass(Math.max(0, length))
}

function headerCount(reader: ByteReader): number {
  const count = reader.varint()
  if (count < 0 || count > maxHeaders) throw new MalformedBytes(`a record says that it has ${count} headers`)
  return count
}
