// Runs one decoder over one record as the driver would, and shows the events as plain objects.

import type { DecodeContext, Decoder, Refusal } from '../../collector/decoders/decoder.ts'
import { noEnvelope } from '../../collector/decoders/decoder.ts'
import type { JsonObject, JsonValue, RecordView } from '../../collector/decoders/record-view.ts'
import { defaultDecoderSettings } from '../../collector/decoders/settings.ts'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'

export interface Decoded {
  readonly recognised: boolean
  readonly refusal: Refusal | undefined
  readonly events: readonly (SecurityEvent & { readonly attributesJson: unknown })[]
}

export const defaultContext: DecodeContext = {
  settings: defaultDecoderSettings,
  source: 'test',
  envelope: noEnvelope,
  isFromPeople: false,
  envelopeEvent: () => '',
}

/** The bytes stand in the middle of a larger buffer, as they do in a chunk. */
export function recordOf(text: string): RecordView {
  const before = Buffer.from('before\n')
  const record = Buffer.from(text, 'utf8')
  const bytes = Buffer.concat([before, record, Buffer.from('\nafter')])
  const start = before.length
  const end = start + record.length
  return { bytes, start, end, text: () => record.toString('utf8'), json: () => jsonObjectIn(record.toString('utf8')) }
}

function jsonObjectIn(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value = withoutPrototypes(JSON.parse(text) as JsonValue) // what JSON.parse gives is a JsonValue
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined // neither null nor list
  } catch {
    return undefined
  }
}

function withoutPrototypes(value: JsonValue): JsonValue {
  if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value))
    return BigInt(value).toString()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  const bare: Record<string, JsonValue> = Object.create(null)
  for (const [key, member] of Object.entries(value)) bare[key] = withoutPrototypes(member)
  return bare
}

export function decodeText(decoder: Decoder, text: string, changes: Partial<DecodeContext> = {}): Decoded {
  const batch = new EventBatch(4)
  const record = recordOf(text)
  const kinds: EventKind[] = []
  const recognised = decoder.recognises(record, changes.settings ?? defaultDecoderSettings)
  const refusal = decoder.decode(record, batch, { ...defaultContext, ...changes }, (kind) => {
    kinds.push(kind)
    batch.columns.kind.setText(batch.row, kind)
    batch.commit()
  })
  const cursor = openEventCursor()
  const events = kinds.map((_, row) => {
    cursor.at(batch, row)
    const event = plainEvent(cursor)
    return { ...event, attributesJson: event.attributes === '' ? undefined : JSON.parse(event.attributes) }
  })
  return { recognised, refusal, events }
}

/** The one event of a record that the decoder recognises; anything else fails the test that asks. */
export function onlyEvent(
  decoder: Decoder,
  text: string,
  changes: Partial<DecodeContext> = {},
): Decoded['events'][number] {
  const { recognised, refusal, events } = decodeText(decoder, text, changes)
  const [event] = events
  if (refusal !== undefined) throw new Error(`refused as ${refusal.reason}: ${refusal.detail}`)
  if (!recognised) throw new Error(`not recognised: ${text.slice(0, 200)}`)
  if (event === undefined || events.length !== 1) throw new Error(`${events.length} events`)
  return event
}
