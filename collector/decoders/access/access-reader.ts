// Reads access logs in JSON, quickly where a record is ordinary: one reader for each set of settings.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { DecodeContext, DecoderSettings, FastLane, Refusal } from '../decoder.ts'
import type { JsonObject, RecordView } from '../record-view.ts'
import { AccessWriter, shapeOfField } from './access-writer.ts'
import { AccessEntry } from './entry.ts'
import { ScanKernel } from './kernel/kernel.ts'
import { KeyMemory } from './kernel/key-memory.ts'
import { KeyTable, mark } from './key-table.ts'
import { ObjectReader } from './read-object.ts'

export type AccessFormat = 'envoy-gateway' | 'envoy-json' | 'istio-json'

/** The format that a record's keys tell, undefined where it is no access log. A function of the keys alone. */
export function formatOfMarks(marks: number): AccessFormat | undefined {
  if ((marks & mark.startTime) === 0) return undefined
  if ((marks & mark.envoyGateway) !== 0) return 'envoy-gateway'
  if ((marks & mark.proxy) === 0) return undefined
  return (marks & mark.mapped) !== 0 ? 'envoy-json' : 'istio-json'
}

const forged: Refusal = {
  reason: 'log-injection-suspect',
  detail:
    'a key that Envoy Gateway’s default format does not have: its values are written without escaping, so a client may have added it',
}

export class AccessReader implements FastLane {
  private readonly table: KeyTable
  private readonly kernel = new ScanKernel(shapeOfField())
  private readonly objects: ObjectReader
  private readonly writer: AccessWriter
  private readonly entry = new AccessEntry(this.kernel)
  refusal: Refusal | undefined

  constructor(settings: DecoderSettings) {
    this.table = new KeyTable(settings, new KeyMemory(this.kernel))
    this.objects = new ObjectReader(this.table)
    this.writer = new AccessWriter(settings, this.kernel)
  }

  open(bytes: Uint8Array): void {
    this.kernel.load(bytes)
  }

  formatOf(object: JsonObject): AccessFormat | undefined {
    return formatOfMarks(this.objects.marksOf(object))
  }

  /** As a fast lane: the ordinary records of all three formats. */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isAscii: boolean,
    row: EventBatch,
    context: DecodeContext,
  ): AccessFormat | undefined {
    const { entry } = this
    if (!entry.scan(this.kernel, bytes, view, start, end, !isAscii)) return undefined
    const format = formatOfMarks(entry.marks)
    if (format !== undefined) this.refusal = this.write(row, context, format)
    return format
  }

  /** Reads any record that is a JSON object; keys that the scanner does not know yet it knows from now on. */
  readObject(record: RecordView, row: EventBatch, context: DecodeContext, format: AccessFormat): Refusal | undefined {
    const object = record.json()
    if (object === undefined) return { reason: 'invalid-json', detail: 'an access log in JSON is one object a line' }
    this.objects.read(object, this.entry)
    for (const name of Object.keys(object)) this.table.learn(name)
    return this.write(row, context, format)
  }

  private write(row: EventBatch, context: DecodeContext, format: AccessFormat): Refusal | undefined {
    if (format === 'envoy-gateway' && (this.entry.marks & mark.foreignToEnvoyGateway) !== 0) return forged
    return this.writer.write(this.entry, row, context)
  }
}

const readers = new WeakMap<DecoderSettings, AccessReader>()

/** The reader for these settings; it lives as long as they do. */
export function accessReaderFor(settings: DecoderSettings): AccessReader {
  let reader = readers.get(settings)
  if (reader === undefined) {
    reader = new AccessReader(settings)
    readers.set(settings, reader)
  }
  return reader
}
