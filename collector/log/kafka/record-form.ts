// How a record of the port lies in Kafka, so that whatever text its key and headers hold comes back as it was.

import type { Coordinate, LogRecord, NewRecord, RecordHeaders } from '../log.ts'
import type { ProducedMessage } from './kafkajs-internals.ts'
import type { KafkaRecord } from './wire/record.ts'

/** Never begins UTF-8: what follows is a text as JSON, for those that UTF-8 cannot hold. */
const escapedText = 0xff
/** Holds all headers as JSON, where a name is none that every client could carry. */
export const allHeaders = 'eastwest-headers'
const noHeaders: RecordHeaders = {}

export function messageOf({ key, value, headers = noHeaders }: NewRecord): ProducedMessage {
  return {
    key: key === undefined ? null : bytesOfText(key),
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    headers: headersOf(headers),
  }
}

/** About the bytes that a record takes in a batch. */
export function messageBytes({ key, value, headers = noHeaders }: NewRecord): number {
  const names = Object.entries(headers).reduce((sum, [name, text]) => sum + 3 * (name.length + text.length) + 16, 0)
  return 64 + 3 * (key?.length ?? 0) + (value?.byteLength ?? 0) + names
}

export function recordOf(place: Omit<Coordinate, 'offset'>, record: KafkaRecord): LogRecord {
  const { topic, incarnation, partition } = place
  const { offset, timestamp, key, value, headers } = record
  return {
    coordinate: { topic, incarnation, partition, offset },
    key: key === null ? undefined : textOfBytes(key),
    value,
    headers: readHeaders(headers),
    appendedAt: Math.max(0, timestamp),
  }
}

function headersOf(headers: RecordHeaders): ProducedMessage['headers'] {
  const entries = Object.entries(headers)
  if (entries.some(([name]) => name === '__proto__' || name === allHeaders || !isWellFormed(name)))
    return { [allHeaders]: Buffer.from(JSON.stringify(entries), 'utf8') }
  return Object.fromEntries(entries.map(([name, text]) => [name, bytesOfText(text)]))
}

function readHeaders(headers: KafkaRecord['headers']): RecordHeaders {
  if (headers.length === 0) return noHeaders
  const entries = headers.flatMap(([name, bytes]): readonly (readonly [string, string])[] => {
    if (name === allHeaders && bytes !== null) return readAllHeaders(bytes)
    return [[name, bytes === null ? '' : textOfBytes(bytes)]]
  })
  // `fromEntries` makes own properties of all names, `__proto__` among them. Of one name the newest counts.
  return Object.fromEntries(entries)
}

/** Whoever writes to the topic may write anything. */
function readAllHeaders(bytes: Buffer): readonly (readonly [string, string])[] {
  const entries = parsed(bytes)
  if (!Array.isArray(entries)) return []
  return entries.filter(
    (entry): entry is [string, string] =>
      Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string',
  )
}

function bytesOfText(text: string): Buffer {
  if (isWellFormed(text)) return Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.of(escapedText), Buffer.from(JSON.stringify(text), 'utf8')])
}

function textOfBytes(bytes: Buffer): string {
  if (bytes[0] !== escapedText) return bytes.toString('utf8')
  const text = parsed(bytes.subarray(1))
  return typeof text === 'string' ? text : bytes.toString('utf8')
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text)
}
