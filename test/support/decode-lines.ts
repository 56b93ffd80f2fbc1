// Runs lines through the record decoder, as the pipeline does, and shows what they became as plain objects.

import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { decoders } from '../../collector/decoders/catalog.ts'
import { openRecordDecoder } from '../../collector/decoders/decode-record.ts'
import type { DecoderSettings } from '../../collector/decoders/decoder.ts'
import { defaultDecoderSettings } from '../../collector/decoders/settings.ts'
import { absentNumber } from '../../schemas/events/column.ts'
import { eventColumnNames, eventColumns, type SecurityEvent } from '../../schemas/events/columns.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'

export interface DecodedLines {
  readonly events: readonly SecurityEvent[]
  readonly quarantine: readonly QuarantineRow[]
}

export type LineDecoder = (
  value: string | Uint8Array,
  headers?: Record<string, string>,
  offset?: number,
) => DecodedLines

/** One decoder with one window of recent ids; each record is one offset further, appended at 09:15 on 2 November 2026. */
export function openLineDecoder(changes: Partial<DecoderSettings> = {}): LineDecoder {
  const settings = { ...defaultDecoderSettings, ...changes }
  const digest = (bytes: Uint8Array): string => hash('sha256', bytes, 'binary')
  const decoder = openRecordDecoder({ decoders, settings, digest, recentIds: 1024 })
  const batch = new EventBatch(4)
  let next = 0
  return (value, headers = {}, offset = next) => {
    next = offset + 1
    batch.clear()
    const quarantine: QuarantineRow[] = []
    const coordinate = { topic: 'ingest', incarnation: 'a1', partition: 0, offset }
    const appendedAt = Date.UTC(2026, 10, 2, 9, 15)
    decoder.decode({ coordinate, value: Buffer.from(value), headers, appendedAt }, batch, quarantine)
    const cursor = openEventCursor()
    const events = Array.from({ length: batch.length }, (_, row) => {
      cursor.at(batch, row)
      return plainEvent(cursor)
    })
    return { events, quarantine }
  }
}

/** What every row has, whatever it says; left out by `saidBy`. */
const placing: readonly string[] = [
  'eventId',
  'tenant',
  'realm',
  'topic',
  'incarnation',
  'offset',
  'appendedAt',
  'parts',
]

/** What an event says: its columns without the absent ones and without where it came from; attributes parsed. */
export function saidBy(event: SecurityEvent | undefined): Record<string, unknown> {
  const said: Record<string, unknown> = {}
  if (event === undefined) return said
  for (const name of eventColumnNames) {
    const value = event[name]
    if (placing.includes(name) || value === '' || value === absentNumber(eventColumns[name])) continue
    said[name] = name === 'attributes' ? JSON.parse(String(value)) : value
  }
  return said
}

/** The lines of a file beside a test: `linesOf(import.meta.url, './samples/x.jsonl')`. */
export function linesOf(testUrl: string, path: string): readonly string[] {
  return readFileSync(new URL(path, testUrl), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}
