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

/** More than any producer sends. */
const maxHeaders = 1024
const noHeaders: KafkaRecord['headers'] = []

/** Byte views of key and value stay tied to the memory they were read from. */
export function readRecord(
  reader: ByteReader,
  baseOffset: number,
  baseTimestamp: number,
  appendedAt: number | undefined,
): KafkaRecord {
  const length = reader.varint()
  const end = reader.at + length
  reader.pass(1)
  const timestamp = baseTimestamp + reader.varint()
  const offset = baseOffset + reader.varint()
  const key = reader.taken(reader.varint())
  const value = reader.taken(reader.varint())
  const headers = readHeaders(reader)
  if (reader.at !== end) throw new MalformedBytes(`the record at offset ${offset} does not fit its own length`)
  return { offset, timestamp: appendedAt ?? timestamp, key, value, headers }
}

function readHeaders(reader: ByteReader): KafkaRecord['headers'] {
  const count = reader.varint()
  if (count === 0) return noHeaders
  if (count < 0 || count > maxHeaders) throw new MalformedBytes(`a record says that it has ${count} headers`)
  const headers: [string, Buffer | null][] = []
  for (let left = count; left > 0; left--) {
    const name = reader.taken(reader.varint())?.toString('utf8') ?? ''
    headers.push([name, reader.taken(reader.varint())])
  }
  return headers
}
