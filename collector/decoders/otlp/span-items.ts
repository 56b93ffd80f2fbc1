// Reads the spans of one OTLP record, in protobuf or in JSON, one after the other into rows.

import type { DecoderSettings, EnvelopeFacts, ItemDecoder, ItemSink, Refusal } from '../decoder.ts'
import { AnyValueReader } from './any-value.ts'
import { ContainerWalker, type Range } from './containers.ts'
import { hydraMeaning, writeHydraEvent } from './hydra-events.ts'
import { beginsWithKey, type ItemVisitor, JsonForm } from './json-form.ts'
import { looksLikeSpans } from './recognition.ts'
import { type ResourceFacts, ResourceReader, scopeMember } from './resources.ts'
import { SpanEntry } from './span-entry.ts'
import { SpanWriter } from './span-writer.ts'
import { spanForm } from './wire-form.ts'

/** Opens its memories with the first record that it reads. */
export class SpanItems implements ItemDecoder {
  private readonly settings: DecoderSettings
  private reading: SpanReading | undefined

  constructor(settings: DecoderSettings) {
    this.settings = settings
  }

  recognisesBinary(bytes: Uint8Array): boolean {
    return looksLikeSpans(bytes)
  }

  recognisesText(bytes: Uint8Array, start: number, end: number): boolean {
    return beginsWithKey(bytes, start, end, '"resourceSpans"')
  }

  readBinary(bytes: Uint8Array, sink: ItemSink): Refusal | undefined {
    const reading = this.open()
    return reading.walker.walk(bytes, new SpanVisitor(bytes, sink, reading))
  }

  readText(bytes: Uint8Array, start: number, end: number, sink: ItemSink): Refusal | undefined {
    const reading = this.open()
    return reading.json.read(bytes, start, end, (message) => new SpanVisitor(message, sink, reading))
  }

  private open(): SpanReading {
    this.reading ??= new SpanReading(this.settings)
    return this.reading
  }
}

/** What reading takes: memories of some megabytes, reused for record after record. */
class SpanReading {
  readonly walker = new ContainerWalker()
  readonly json = new JsonForm({ resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans', form: spanForm })
  private readonly resources: ResourceReader
  private readonly entry: SpanEntry
  private readonly writer: SpanWriter
  private readonly values: AnyValueReader

  constructor(settings: DecoderSettings) {
    this.resources = new ResourceReader(settings)
    this.entry = new SpanEntry(settings.limits.keys)
    this.writer = new SpanWriter(settings.limits.keys)
    this.values = new AnyValueReader(settings.limits.keys)
  }

  resource(bytes: Uint8Array, ranges: readonly Range[], outer: EnvelopeFacts): ResourceFacts {
    return this.resources.read(bytes, ranges, outer)
  }

  /** Reads one span into rows; gives why it is no good. */
  write(
    bytes: Uint8Array,
    view: DataView,
    range: Range,
    facts: ResourceFacts,
    scope: Uint8Array,
    sink: ItemSink,
  ): Refusal | undefined {
    const { entry, writer } = this
    return (
      facts.refusal ??
      entry.read(bytes, view, range.start, range.end) ??
      writer.write(entry, sink.row, facts, scope) ??
      sink.finish('span', 0) ??
      (entry.events.count === 0 ? undefined : this.writeEvents(entry, facts, sink))
    )
  }

  /** Events that are known to be more than notes of a span are rows of their own, of the same trace. */
  private writeEvents(entry: SpanEntry, facts: ResourceFacts, sink: ItemSink): Refusal | undefined {
    const { events, bytes } = entry
    let part = 0
    for (let at = 0; at < events.count; at++) {
      const start = events.starts[at] as number // below the count
      const end = events.ends[at] as number // as above
      const meaning = hydraMeaning(bytes, start, end)
      if (meaning === undefined) continue
      const { row } = sink
      this.writer.writeIds(entry, row)
      if (facts.environment.text !== '') facts.environment.put(row.columns.environment, row.row)
      part += 1
      const refusal = writeHydraEvent(bytes, start, end, meaning, this.values, row) ?? sink.finish(meaning.kind, part)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
}

/** What stands around the spans of one message while they are read. */
class SpanVisitor implements ItemVisitor {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly sink: ItemSink
  private readonly items: SpanReading
  private facts: ResourceFacts
  private scope: Uint8Array = new Uint8Array(0)

  constructor(bytes: Uint8Array, sink: ItemSink, items: SpanReading) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.sink = sink
    this.items = items
    this.facts = items.resource(bytes, [], sink.outer)
  }

  enterResource(ranges: readonly Range[]): void {
    this.facts = this.items.resource(this.bytes, ranges, this.sink.outer)
  }

  enterScope(ranges: readonly Range[]): void {
    this.scope = scopeMember(this.bytes, ranges)
  }

  item(start: number, end: number): void {
    const { bytes, view, sink, facts } = this
    sink.begin({ bytes, start, end }, facts.envelope)
    const refusal = this.items.write(bytes, view, { start, end }, facts, this.scope, sink)
    if (refusal !== undefined) sink.refuse(refusal)
  }

  refuse(refusal: Refusal, json: Uint8Array): void {
    this.sink.begin({ bytes: json, start: 0, end: json.length }, this.facts.envelope)
    this.sink.refuse(refusal)
  }
}
