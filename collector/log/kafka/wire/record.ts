// Reads one record of a batch.

import { type ByteReader, MalformedBytes } from './byte-reader.ts'

export interface KafkaRecord {
  readonly offset: number
  /** Epoch ms: when the broker appended it, or what its producer says, by the topic's type of time. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** In order; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[]
}

/** What the records of a batch count from, and the last offset that any of them may have. */
export interface RecordBase {
  readonly offset: number
  readonly lastOffset: number
  readonly timestamp: number
  /** Of all records, where the broker tells the time. */
  readonly appendedAt: number | undefined
}

export interface PassedRecord {
  readonly offset: number
  readonly valueBytes: number
}

/** More than any producer sends. */
const maxHeaders = 1024
const noHeaders: KafkaRecord['headers'] = []

/** Byte views of key and value stay tied to the memory they were read from. */
export function readRecord(reader: ByteReader, base: RecordBase): KafkaRecord {
  const length = reader.varint()
  const end = reader.at + length
  reader.pass(1)
  const timestamp = base.timestamp + reader.varint()
  const offset = base.offset + reader.varint()
  const key = reader.taken(reader.varint())
  const value = reader.taken(reader.varint())
  const headers = readHeaders(reader)
  if (reader.at !== end) throw misfit(offset)
  return { offset, timestamp: base.appendedAt ?? timestamp, key, value, headers }
}

/**
 * Passes over what `readRecord` reads, and throws where that would, or where the offset is not above the one `before`
 * and in the batch: believed, it would send whoever reads on past the end of the partition.
 */
export function passRecord(reader: ByteReader, base: RecordBase, before: number): PassedRecord {
  const length = reader.varint()
  const end = reader.at + length
  reader.pass(1)
  reader.varint()
  const offset = base.offset + reader.varint()
  if (offset <= before || offset > base.lastOffset)
    throw new MalformedBytes(`a record says that it is at offset ${offset}, where it cannot be`)
  passSized(reader)
  const valueBytes = passSized(reader)
  for (let left = headerCount(reader); left > 0; left--) {
    passSized(reader)
    passSized(reader)
  }
  if (reader.at !== end) throw misfit(offset)
  return { offset, valueBytes }
}

function readHeaders(reader: ByteReader): KafkaRecord['headers'] {
  const count = headerCount(reader)
  if (count === 0) return noHeaders
  const headers: [string, Buffer | null][] = []
  for (let left = count; left > 0; left--) {
    const name = reader.taken(reader.varint())?.toString('utf8') ?? ''
    headers.push([name, reader.taken(reader.varint())])
  }
  return headers
}

function headerCount(reader: ByteReader): number {
  const count = reader.varint()
  if (count < 0 || count > maxHeaders) throw new MalformedBytes(`a record says that it has ${count} headers`)
  return count
}

/** A negative length is nothing. */
function passSized(reader: ByteReader): number {
  const length = Math.max(0, reader.varint())
  reader.pass(length)
  return length
}

function misfit(offset: number): MalformedBytes {
  return new MalformedBytes(`the record at offset ${offset} does not fit its own length`)
}
