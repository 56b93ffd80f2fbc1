// Reads a recording (one event as JSON on each line) and places its events in batches, as if they had come through the log.

import type { ColumnType } from '../../schemas/events/column.ts'
import { type EventColumnName, eventColumnNames, eventColumns } from '../../schemas/events/columns.ts'
import { DictionaryColumn } from '../../schemas/events/dictionary-column.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { NumberColumn } from '../../schemas/events/number-column.ts'
import { TextColumn } from '../../schemas/events/text-column.ts'
import { hash64 } from './stable-hash.ts'

export type EventFields = Readonly<Partial<Record<EventColumnName, string | number>>>

/** `fields` holds plain column values, `eventAt` in epoch ms; equal fields are the same event. */
export interface RecordedEvent {
  readonly fields: EventFields & { readonly eventAt: number }
  /** 16 Latin-1 characters that the event id is made of. */
  readonly digest: string
}

export interface Recording {
  /** What it shows. */
  readonly about: string
  /** Settings that differ from the defaults. */
  readonly settings: unknown
  /** `rule severity keyspace key` of every alert that must stand, sorted. */
  readonly expect: readonly string[]
  readonly events: readonly RecordedEvent[]
}

const ownColumns: readonly EventColumnName[] = ['eventId', 'offset', 'index', 'appendedAt']

/** First line: `{"about", "settings"?, "expect"?}`; each other line: columns by name, instants as RFC 3339. */
export function readRecording(text: string): Recording {
  const [head = '{}', ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  const { about, settings = {}, expect = [] } = JSON.parse(head) as Partial<Recording> // a file of this repository, checked by its test
  if (typeof about !== 'string') throw new Error('the first line of a recording says what it is "about"')
  return { about, settings, expect, events: lines.map((line) => recordedEvent(JSON.parse(line))) }
}

export function recordedEvent(columns: Readonly<Record<string, unknown>>): RecordedEvent {
  const fields: Partial<Record<EventColumnName, string | number>> = {}
  for (const [name, value] of Object.entries(columns)) {
    const column = eventColumnNames.find((each) => each === name)
    if (column === undefined || ownColumns.includes(column)) throw new Error(`a recording cannot set "${name}"`)
    const { type }: { type: ColumnType } = eventColumns[column]
    const parsed = type === 'instant' && typeof value === 'string' ? Date.parse(value) : value
    const isText = type === 'text' || type === 'dictionary'
    if (typeof parsed !== (isText ? 'string' : 'number') || Number.isNaN(parsed))
      throw new Error(`column "${name}" cannot be ${JSON.stringify(value)}`)
    fields[column] = parsed as string | number // what its type asks for, as checked above
  }
  const { eventAt } = fields
  if (typeof eventAt !== 'number') throw new Error('a recorded event says when it happened: "eventAt"')
  return { fields: { ...fields, eventAt }, digest: digestOf(JSON.stringify(Object.entries(fields).sort())) }
}

function digestOf(text: string): string {
  const hex = hash64(text) + hash64(`${text}.`)
  return hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))
}

/** An event and where in the log it stands. */
export interface PlacedEvent {
  readonly event: RecordedEvent
  readonly offset: number
  /** Epoch ms. */
  readonly appendedAt: number
}

/** One record for each event, appended as it happened, or as late as `delayMs` says; in order of append. */
export function placed(
  events: readonly RecordedEvent[],
  delayMs: (index: number) => number = () => 0,
): readonly PlacedEvent[] {
  return events
    .map((event, index) => ({ event, index, appendedAt: event.fields.eventAt + delayMs(index) }))
    .sort((a, b) => a.appendedAt - b.appendedAt || a.index - b.index)
    .map(({ event, appendedAt }, offset) => ({ event, offset, appendedAt }))
}

const defaults: EventFields = { tenant: 'default', realm: 'live', format: 'recording', source: 'recording' }

export function batchOf(events: readonly PlacedEvent[]): EventBatch {
  const batch = new EventBatch(Math.max(1, events.length))
  for (const { event, offset, appendedAt } of events) {
    for (const [name, value] of Object.entries({ ...defaults, ...event.fields, offset, index: 0, appendedAt })) {
      const column = batch.columns[name as EventColumnName] // names of `fields` are columns
      if (column instanceof NumberColumn) column.set(batch.row, Number(value))
      else if (column instanceof DictionaryColumn || column instanceof TextColumn)
        column.setText(batch.row, String(value))
    }
    batch.columns.eventId.setDigest(batch.row, event.digest)
    batch.commit()
  }
  return batch
}
