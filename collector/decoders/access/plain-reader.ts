// Writes access log entries whose values a decoder has already put under our names: text formats and other proxies' JSON.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Reporter } from '../../../schemas/events/event-kind.ts'
import type { DecodeContext, DecoderSettings, Refusal } from '../decoder.ts'
import type { JsonValue } from '../record-view.ts'
import { AccessWriter } from './access-writer.ts'
import { AccessEntry } from './entry.ts'
import type { AccessFieldName } from './fields.ts'
import { KeyTable } from './key-table.ts'
import { ObjectReader } from './read-object.ts'

/** Values under our names; without a prototype. Other names go into `attributes`. */
export type NamedValues = { [name in AccessFieldName]?: JsonValue } & { [name: string]: JsonValue | undefined }

export class PlainAccessReader {
  private readonly objects: ObjectReader
  private readonly writer: AccessWriter
  private readonly entry = new AccessEntry()

  constructor(settings: DecoderSettings) {
    this.objects = new ObjectReader(new KeyTable({ ...settings, accessLogKeys: {} }))
    this.writer = new AccessWriter(settings)
  }

  /** Sets the columns of the row under way; `end`: which end of the call this format's proxies always are. */
  read(values: NamedValues, row: EventBatch, context: DecodeContext, end: Reporter = ''): Refusal | undefined {
    const given = values as { readonly [name: string]: JsonValue } // absent members are not among its own keys
    this.objects.read(given, this.entry)
    return this.writer.write(this.entry, row, context, end)
  }
}

const readers = new WeakMap<DecoderSettings, PlainAccessReader>()

/** The reader for these settings; it lives as long as they do. */
export function plainAccessReaderFor(settings: DecoderSettings): PlainAccessReader {
  let reader = readers.get(settings)
  if (reader === undefined) {
    reader = new PlainAccessReader(settings)
    readers.set(settings, reader)
  }
  return reader
}
