// Decodes one record of the log: every line or item of it becomes rows of an event batch or a quarantine row, and nothing is lost.

import { isAscii, isUtf8 } from 'node:buffer'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import type { Decoder, DecoderSettings } from './decoder.ts'
import type { Digest } from './event-id.ts'
import { RecentIds } from './recent-ids.ts'
import { type LineFacts, RecordReader } from './record-reader.ts'
import { type RecordToDecode, RowWriter } from './row-writer.ts'

const newline = 0x0a

export interface RecordDecoderOptions {
  /** In catalogue order. */
  readonly decoders: readonly Decoder[]
  readonly settings: DecoderSettings
  /** Of records whose headers name none. */
  readonly tenant?: string
  readonly digest: Digest
  /** Places for ids that are remembered to tell copies; a power of two. */
  readonly recentIds?: number
}

export interface RecordDecoder {
  /** Appends the record's rows to both; `parts` of each is the number of all. Bad data never throws. */
  decode(record: RecordToDecode, batch: EventBatch, quarantine: QuarantineRow[]): void
}

export function openRecordDecoder(options: RecordDecoderOptions): RecordDecoder {
  const { decoders, settings, tenant = 'default', digest, recentIds } = options
  const rows = new RowWriter(digest, new RecentIds(recentIds), tenant)
  const reader = new RecordReader(decoders, settings, rows)
  return {
    decode(record, batch, quarantine) {
      const value = record.value ?? new Uint8Array(0)
      rows.begin(record, batch)
      reader.begin(record.headers, batch)
      const { unreadable } = record.headers
      if (unreadable !== undefined)
        rows.refuse(batch, 0, batch.length, { reason: 'unreadable-source', detail: unreadable }, '', value)
      else if (!reader.readBinary(value, record.headers.encoding ?? '')) readLines(withLastBreak(value), reader)
      if (rows.parts === 0)
        rows.refuse(batch, 0, batch.length, { reason: 'empty', detail: 'it holds no line' }, '', value)
      rows.end(batch, quarantine)
    },
  }
}

/** Lines without the blanks around them and without a byte order mark; empty ones are no records. */
function readLines(bytes: Buffer, reader: RecordReader): void {
  const allUtf8 = isUtf8(bytes)
  const lines: LineFacts = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    isAscii: allUtf8 && isAscii(bytes),
  }
  reader.open(bytes)
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  for (let next = hasMark ? 3 : 0; next < bytes.length; ) {
    const lineEnd = bytes.indexOf(newline, next)
    let start = next
    let end = lineEnd
    while (end > start && isBlank(bytes[end - 1])) end--
    while (start < end && isBlank(bytes[start])) start++
    if (start < end) reader.readLine(lines, start, end, allUtf8)
    next = lineEnd + 1
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09
}

/** The same bytes, with a line break at their end. */
function withLastBreak(value: Uint8Array): Buffer {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return bytes.length === 0 || bytes[bytes.length - 1] === newline ? bytes : Buffer.concat([bytes, Buffer.of(newline)])
}
