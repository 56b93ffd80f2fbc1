// What a span knew beyond the columns, as one bounded JSON object.

import { isUtf8 } from 'node:buffer'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { spanEventFields, spanLinkFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import { maxAttributes, maxAttributesChars } from '../attributes.ts'
import type { Refusal } from '../decoder.ts'
import type { JsonValue } from '../record-view.ts'
import { AnyValueReader } from './any-value.ts'
import { refusalOf } from './containers.ts'
import { JsonWriter } from './json-writer.ts'
import type { PartRanges, SpanEntry } from './span-entry.ts'
import { instantMsOf } from './wire.ts'

const openBrace = 0x7b
const closeBrace = 0x7d
const maxPartsTold = 8

export class SpanExtrasWriter {
  private readonly json = new JsonWriter(maxAttributesChars)
  private readonly values: AnyValueReader
  private omitted = 0
  private kept = 0

  constructor(maxValues: number) {
    this.values = new AnyValueReader(maxValues)
  }

  /** `resource` and `scope` are members of JSON, or empty. */
  write(entry: SpanEntry, row: EventBatch, resource: Uint8Array, scope: Uint8Array): Refusal | undefined {
    const { json } = this
    json.used = 0
    this.omitted = 0
    this.kept = 0
    this.values.begin()
    this.writeAttributes(entry)
    if (entry.events.count > 0) this.writeParts('otel.events', entry, entry.events, eventOf)
    if (entry.links.count > 0) this.writeParts('otel.links', entry, entry.links, linkOf)
    if (entry.stateEnd > entry.stateStart) this.writeState(entry)
    if (entry.droppedAttributes > 0) this.number('otel.dropped_attributes', entry.droppedAttributes)
    if (resource.length > 0) this.member(resource)
    if (scope.length > 0) this.member(scope)
    if (this.omitted > 0) this.number('omitted', this.omitted)
    if (this.values.refusal !== undefined) return this.values.refusal
    if (json.used === 0) return undefined
    json.bytes[json.used] = closeBrace
    row.columns.attributes.setBytes(row.row, json.bytes, 0, json.used + 1)
    return undefined
  }

  private writeAttributes({ attributes: list }: SpanEntry): void {
    const { json } = this
    for (let place = 0; place < list.count; place++) {
      if (list.said[place] === 1) continue
      const key = list.keys[place]
      if (key === undefined || this.kept === maxAttributes || json.used > maxAttributesChars) {
        this.omitted += 1
        continue
      }
      const before = json.used
      json.openMember(openBrace)
      json.raw(key.spelled)
      json.value(list, place, this.values)
      if (json.used > maxAttributesChars) {
        json.used = before
        this.omitted += 1
      } else this.kept += 1
    }
  }

  private member(member: Uint8Array): void {
    const { json } = this
    if (json.used + member.length > maxAttributesChars) {
      this.omitted += 1
      return
    }
    json.openMember(openBrace)
    json.raw(member)
  }

  private number(name: string, value: number): void {
    this.json.openMember(openBrace)
    this.json.ascii(`"${name}":${value}`)
  }

  private writeState({ bytes, stateStart, stateEnd }: SpanEntry): void {
    if (!isUtf8(bytes.subarray(stateStart, stateEnd))) this.values.refusal ??= brokenState
    if (this.json.used > maxAttributesChars) return
    this.json.openMember(openBrace)
    this.json.ascii('"otel.trace_state":')
    this.json.utf8(bytes, stateStart, stateEnd)
  }

  private writeParts(
    name: string,
    { bytes }: SpanEntry,
    parts: PartRanges,
    read: (bytes: Uint8Array, start: number, end: number, values: AnyValueReader) => JsonValue,
  ): void {
    const { json } = this
    const told: JsonValue[] = []
    for (let at = 0; at < parts.count && told.length < maxPartsTold; at++)
      told.push(read(bytes, parts.starts[at] as number, parts.ends[at] as number, this.values)) // below the count
    const more = parts.count + parts.omitted - told.length
    if (more > 0) told.push({ omitted: more })
    if (json.used > maxAttributesChars) {
      this.omitted += 1
      return
    }
    json.openMember(openBrace)
    json.ascii(`"${name}":`)
    json.json(told)
  }
}

const brokenState: Refusal = { reason: 'invalid-utf8', detail: 'its trace state is not UTF-8 text' }

/** `{at, name, …}` of an event of the span, its attributes beside those. */
function eventOf(bytes: Uint8Array, start: number, end: number, values: AnyValueReader): JsonValue {
  const reader = new ProtobufReader().open(bytes, start, end)
  const event: Record<string, JsonValue> = Object.create(null)
  const attributes: Record<string, JsonValue> = Object.create(null)
  while (reader.next()) {
    if (reader.field === spanEventFields.timeUnixNano && reader.type === fixed64Type)
      event.at = instantMsOf(reader.low, reader.high)
    else if (reader.field === spanEventFields.name && reader.type === bytesType)
      event.name = Buffer.from(bytes.subarray(reader.start, reader.limit)).toString()
    else if (reader.field === spanEventFields.attributes && reader.type === bytesType)
      values.addMember(attributes, bytes, reader.start, reader.limit)
  }
  if (reader.problem !== undefined) values.refusal ??= refusalOf(reader.problem, 'an event of the span')
  return Object.assign(event, attributes)
}

function linkOf(bytes: Uint8Array, start: number, end: number, values: AnyValueReader): JsonValue {
  const reader = new ProtobufReader().open(bytes, start, end)
  const link: Record<string, JsonValue> = {}
  const hex = (): string => Buffer.from(bytes.subarray(reader.start, reader.limit)).toString('hex').slice(0, 64)
  while (reader.next()) {
    if (reader.type !== bytesType) continue
    if (reader.field === spanLinkFields.traceId) link.traceId = hex()
    else if (reader.field === spanLinkFields.spanId) link.spanId = hex()
  }
  if (reader.problem !== undefined) values.refusal ??= refusalOf(reader.problem, 'a link of the span')
  return link
}
