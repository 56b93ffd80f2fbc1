// How one record lies on disk: a head (checksum, place, time, key, headers) beside its value, and how both are checked.

import { crc32 } from '../checksum/crc-32.ts'
import type { Coordinate, DamagedRange, LogRecord, NewRecord, RecordHeaders } from '../log.ts'

/** Which partition a record belongs to. Every record says so itself, so that a file put in the wrong place is noticed. */
export type Place = Omit<Coordinate, 'offset'>

export type Damage = Pick<DamagedRange, 'reason' | 'detail'>

export type RecordReading = { readonly record: LogRecord } | { readonly damage: Damage }

/** What a head says before its checksum has been verified against the value. */
export interface HeadFacts {
  readonly offset: number
  readonly appendedAt: number
  readonly valueBytes: number
  readonly isTombstone: boolean
  readonly incarnation: string
}

// Little-endian: checksum u32 · layout u8 · flags u8 · incarnation bytes u16 · offset f64 · appended at f64 ·
// value bytes u32 · key and headers bytes u32 · incarnation · JSON of [key, headers]. The checksum covers topic and
// partition, the rest of the head, and the value.
const fixedBytes = 32
/** The incarnation, and two entries of a tree page. */
const overheadBytes = 72
const layoutNumber = 1
const tombstoneFlag = 1
const noBytes = new Uint8Array(0)

/** The head to store beside `record.value`. The value itself is stored as it is, without a copy. */
export function encodeHead(place: Place, offset: number, appendedAt: number, record: NewRecord): Buffer {
  const incarnation = Buffer.from(place.incarnation, 'utf8')
  const about = Buffer.from(encodeAbout(record.key, record.headers), 'utf8')
  const value = record.value ?? noBytes
  const head = Buffer.allocUnsafe(fixedBytes + incarnation.length + about.length)
  head.writeUInt8(layoutNumber, 4)
  head.writeUInt8(record.value === null ? tombstoneFlag : 0, 5)
  head.writeUInt16LE(incarnation.length, 6)
  head.writeDoubleLE(offset, 8)
  head.writeDoubleLE(appendedAt, 16)
  head.writeUInt32LE(value.byteLength, 24)
  head.writeUInt32LE(about.length, 28)
  incarnation.copy(head, fixedBytes)
  about.copy(head, fixedBytes + incarnation.length)
  head.writeUInt32LE(checksum(place, head, value), 0)
  return head
}

/** About the bytes that `record` takes in the log: its value, its head, and what LMDB adds to both. */
export function recordBytes(record: NewRecord): number {
  const about =
    record.headers === undefined && record.key === undefined ? 0 : encodeAbout(record.key, record.headers).length
  return fixedBytes + overheadBytes + about + (record.value?.byteLength ?? 0)
}

/** The facts of a head, or undefined when its own lengths do not fit together. */
export function peekHead(head: Buffer): HeadFacts | undefined {
  if (head.length < fixedBytes || head.readUInt8(4) !== layoutNumber) return undefined
  const incarnationBytes = head.readUInt16LE(6)
  if (head.length !== fixedBytes + incarnationBytes + head.readUInt32LE(28)) return undefined
  const offset = head.readDoubleLE(8)
  const appendedAt = head.readDoubleLE(16)
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(appendedAt)) return undefined
  return {
    offset,
    appendedAt,
    valueBytes: head.readUInt32LE(24),
    isTombstone: (head.readUInt8(5) & tombstoneFlag) !== 0,
    incarnation: head.toString('utf8', fixedBytes, fixedBytes + incarnationBytes),
  }
}

/**
 * The record at `offset` of `place`, or why its bytes cannot be trusted. `takeValue` is called only for an intact
 * record and returns bytes of its own, so that a reader may check a borrowed view first and copy once.
 */
export function decodeRecord(
  place: Place,
  offset: number,
  head: Buffer,
  value: Buffer,
  takeValue: () => Uint8Array,
): RecordReading {
  const facts = peekHead(head)
  if (facts === undefined) return unreadable(`the header of offset ${offset} does not fit its own lengths`)
  if (facts.offset !== offset) return unreadable(`the header found at offset ${offset} says ${facts.offset}`)
  if (facts.valueBytes !== value.length) {
    return unreadable(`offset ${offset} should hold ${facts.valueBytes} value bytes and holds ${value.length}`)
  }
  const found = checksum(place, head, value)
  const stored = head.readUInt32LE(0)
  if (found !== stored) return mismatch(`offset ${offset} has checksum ${hex(found)} where ${hex(stored)} was stored`)
  if (facts.incarnation !== place.incarnation) return mismatch(`offset ${offset} belongs to another incarnation`)
  const about = decodeAbout(head.toString('utf8', fixedBytes + head.readUInt16LE(6)))
  return {
    record: {
      coordinate: { ...place, offset },
      key: about.key,
      value: facts.isTombstone ? null : takeValue(),
      headers: about.headers,
      appendedAt: facts.appendedAt,
    },
  }
}

function checksum(place: Place, head: Buffer, value: Uint8Array): number {
  const ofPlace = crc32(Buffer.from(`${place.topic}/${place.partition}`))
  return crc32(value, crc32(head.subarray(4), ofPlace))
}

function encodeAbout(key: string | undefined, headers: RecordHeaders | undefined): string {
  return key === undefined && headers === undefined ? '' : JSON.stringify([key ?? null, headers ?? {}])
}

function decodeAbout(text: string): { readonly key: string | undefined; readonly headers: RecordHeaders } {
  if (text === '') return { key: undefined, headers: {} }
  // Written by encodeAbout and covered by the checksum that was verified just before.
  const [key, headers] = JSON.parse(text) as [string | null, RecordHeaders]
  return { key: key ?? undefined, headers }
}

function unreadable(detail: string): RecordReading {
  return { damage: { reason: 'unreadable-header', detail } }
}

function mismatch(detail: string): RecordReading {
  return { damage: { reason: 'checksum-mismatch', detail } }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
