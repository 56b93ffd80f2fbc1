// Reads the log records of one OTLP record: each is handed to the decoder that knows its body, or read by its attributes.

import type { NamedValues } from '../access/plain-reader.ts'
import { plainAccessReaderFor } from '../access/plain-reader.ts'
import { isRefusal } from '../access/text-line.ts'
import { statesFact } from '../application/facts.ts'
import { fieldsOfJson } from '../application/record-fields.ts'
import { writeEvent } from '../application/write-event.ts'
import type { DecoderSettings, EnvelopeFacts, ItemDecoder, ItemSink, Refusal } from '../decoder.ts'
import { innerText } from '../envelopes/envelope.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { ContainerWalker, type Range } from './containers.ts'
import { beginsWithKey, type ItemVisitor, JsonForm } from './json-form.ts'
import { isAccessLine, valuesOfLabels, valuesOfLine } from './labelled-access.ts'
import { type LogEntry, LogEntryReader } from './log-entry.ts'
import { looksLikeLogRecords } from './recognition.ts'
import { type ResourceFacts, ResourceReader } from './resources.ts'
import { logRecordForm } from './wire-form.ts'

export class LogItems implements ItemDecoder {
  private readonly settings: DecoderSettings
  private readonly walker = new ContainerWalker()
  private readonly resources: ResourceReader
  private readonly entries: LogEntryReader
  private readonly json = new JsonForm({
    resources: 'resourceLogs',
    scopes: 'scopeLogs',
    items: 'logRecords',
    form: logRecordForm,
  })

  constructor(settings: DecoderSettings) {
    this.settings = settings
    this.resources = new ResourceReader(settings)
    this.entries = new LogEntryReader(settings.limits.keys)
  }

  recognisesBinary(bytes: Uint8Array): boolean {
    return looksLikeLogRecords(bytes)
  }

  recognisesText(bytes: Uint8Array, start: number, end: number): boolean {
    return beginsWithKey(bytes, start, end, '"resourceLogs"')
  }

  readBinary(bytes: Uint8Array, sink: ItemSink): Refusal | undefined {
    return this.walker.walk(bytes, new LogVisitor(bytes, sink, this))
  }

  readText(bytes: Uint8Array, start: number, end: number, sink: ItemSink): Refusal | undefined {
    return this.json.read(bytes, start, end, (message) => new LogVisitor(message, sink, this))
  }

  resource(bytes: Uint8Array, ranges: readonly Range[], outer: EnvelopeFacts): ResourceFacts {
    return this.resources.read(bytes, ranges, outer)
  }

  /** Reads one log record into rows; gives why it is no good. */
  write(bytes: Uint8Array, range: Range, resource: ResourceFacts, sink: ItemSink): Refusal | undefined {
    const { start, end } = range
    const entry = resource.refusal ?? this.entries.read(bytes, start, end)
    sink.begin({ bytes, start, end }, 'reason' in entry ? resource.envelope : factsOf(entry, resource.envelope))
    if ('reason' in entry) return entry
    const { body } = entry
    if (typeof body === 'string' && body !== '') return this.writeText(body, entry, sink)
    if (typeof body === 'object' && body !== null) return this.writeObject(body, entry, sink)
    const values = valuesOfLabels(entry.attributes, entry.at, this.settings)
    return values === undefined ? this.writeFields(fieldsOf(entry, {}), sink) : this.writeAccess(values, sink)
  }

  private writeText(body: string, entry: LogEntry, sink: ItemSink): Refusal | undefined {
    const inner = innerText(body)
    if (isAccessLine(inner, this.settings)) {
      const values = valuesOfLine(inner.bytes.subarray(0, inner.end).toString(), entry.attributes, this.settings)
      if (values !== undefined) return isRefusal(values) ? values : this.writeAccess(values, sink)
    } else if (sink.formatOf(inner) === '') {
      if (Object.keys(entry.attributes).length === 0 && entry.eventName === '') return unknownBody
      return this.writeFields(fieldsOf(entry, { message: body }), sink)
    }
    sink.unwrap(inner)
    return undefined
  }

  /** An object that only an application's decoder would read is read together with the attributes beside it. */
  private writeObject(body: JsonValue, entry: LogEntry, sink: ItemSink): Refusal | undefined {
    const inner = innerText(JSON.stringify(body))
    const format = sink.formatOf(inner)
    if (format !== '' && format !== 'app-json') {
      sink.unwrap(inner)
      return undefined
    }
    return this.writeFields(fieldsOf(entry, Array.isArray(body) ? {} : (body as JsonObject)), sink) // no list, so an object
  }

  private writeAccess(values: NamedValues, sink: ItemSink): Refusal | undefined {
    return plainAccessReaderFor(this.settings).read(values, sink.row, sink.context()) ?? sink.finish('access', 0)
  }

  private writeFields(fields: JsonObject, sink: ItemSink): Refusal | undefined {
    const { fieldNames } = this.settings
    if (!Object.keys(fields).some((key) => statesFact(key, fieldNames))) return unknownBody
    let unfinished: Refusal | undefined
    const refusal = writeEvent(fieldsOfJson(fields), sink.row, sink.context(), (kind, part) => {
      unfinished ??= sink.finish(kind, part)
    })
    return refusal ?? unfinished
  }
}

const unknownBody: Refusal = {
  reason: 'unknown-format',
  detail: 'no decoder recognises the body of the log record, and its attributes state nothing that eastwest knows',
}

function factsOf({ at, traceId, spanId }: LogEntry, around: EnvelopeFacts): EnvelopeFacts {
  return {
    ...around,
    at: at >= 0 ? at : around.at,
    traceId: traceId || around.traceId,
    spanId: spanId || around.spanId,
  }
}

/** Body and attributes as the one object that a logger would have written; attributes first, as they are meant for machines. */
function fieldsOf({ attributes, severity, eventName }: LogEntry, body: JsonObject): JsonObject {
  const fields: Record<string, JsonValue> = Object.assign(Object.create(null), attributes)
  const added: JsonObject = { ...body, 'event.name': eventName, severity }
  for (const key of Object.keys(added)) if (added[key] !== '') fields[key] ??= added[key] ?? null
  return fields
}

/** What stands around the log records of one message while they are read. */
class LogVisitor implements ItemVisitor {
  private readonly bytes: Uint8Array
  private readonly sink: ItemSink
  private readonly items: LogItems
  private facts: ResourceFacts

  constructor(bytes: Uint8Array, sink: ItemSink, items: LogItems) {
    this.bytes = bytes
    this.sink = sink
    this.items = items
    this.facts = items.resource(bytes, [], sink.outer)
  }

  enterResource(ranges: readonly Range[]): void {
    this.facts = this.items.resource(this.bytes, ranges, this.sink.outer)
  }

  enterScope(): void {
    // The library that wrote a log record says nothing of what happened.
  }

  item(start: number, end: number): void {
    const refusal = this.items.write(this.bytes, { start, end }, this.facts, this.sink)
    if (refusal !== undefined) this.sink.refuse(refusal)
  }

  refuse(refusal: Refusal, json: Uint8Array): void {
    this.sink.begin({ bytes: json, start: 0, end: json.length }, this.facts.envelope)
    this.sink.refuse(refusal)
  }
}
