// One log record: its times, its place in a trace, and its body and attributes as plain values.

import { anyValueFields, logRecordFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, ProtobufReader, varintType } from '../../../schemas/otlp/protobuf-reader.ts'
import type { Refusal } from '../decoder.ts'
import { latestInstantMs } from '../instant.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { AnyValueReader } from './any-value.ts'
import { refusalOf } from './containers.ts'
import { instantMsOf, isZero } from './wire.ts'

export interface LogEntry {
  /** Epoch ms: when it happened, else when it was first seen; −1 where neither is said. */
  readonly at: number
  /** Lower-case hex; `''` where it belongs to no trace. */
  readonly traceId: string
  readonly spanId: string
  readonly severity: string
  readonly eventName: string
  /** `null` where there is none. Bytes are the text that they hold. */
  readonly body: JsonValue
  /** Without a prototype. */
  readonly attributes: JsonObject
}

export class LogEntryReader {
  private readonly values: AnyValueReader
  private readonly reader = new ProtobufReader()

  constructor(maxValues: number) {
    this.values = new AnyValueReader(maxValues)
  }

  /** Reads the log record `[start, end)`, or says why it is no good. Of fields that come twice the last counts. */
  read(bytes: Uint8Array, start: number, end: number): LogEntry | Refusal {
    const { values } = this
    const reader = this.reader.open(bytes, start, end)
    const attributes: Record<string, JsonValue> = Object.create(null)
    let [at, observedAt, severity, eventName] = [0, 0, '', '']
    let body: JsonValue = null
    let traceId: Uint8Array = noId
    let spanId: Uint8Array = noId
    values.begin()
    while (reader.next()) {
      const { field, type, limit } = reader
      if (type === bytesType) {
        if (field === logRecordFields.attributes) values.addMember(attributes, bytes, reader.start, limit)
        else if (field === logRecordFields.body) body = this.body(bytes, reader.start, limit)
        else if (field === logRecordFields.traceId) traceId = bytes.subarray(reader.start, limit)
        else if (field === logRecordFields.spanId) spanId = bytes.subarray(reader.start, limit)
        else if (field === logRecordFields.severityText) severity = this.text(bytes, reader.start, limit)
        else if (field === logRecordFields.eventName) eventName = this.text(bytes, reader.start, limit)
      } else if (type === fixed64Type) {
        if (field === logRecordFields.timeUnixNano) at = instantMsOf(reader.low, reader.high)
        else if (field === logRecordFields.observedTimeUnixNano) observedAt = instantMsOf(reader.low, reader.high)
      } else if (type === varintType && field === logRecordFields.severityNumber && severity === '')
        severity = levelOf(reader.low)
    }
    if (reader.problem !== undefined) return refusalOf(reader.problem, 'the log record')
    const when = at || observedAt
    const refusal = values.refusal ?? wrongId(traceId, 16) ?? wrongId(spanId, 8) ?? wrongTime(when)
    if (refusal !== undefined) return refusal
    const isTraced = !isNone(traceId)
    return {
      at: when === 0 ? -1 : when,
      traceId: isTraced ? hex(traceId) : '',
      spanId: isTraced && !isNone(spanId) ? hex(spanId) : '',
      severity,
      eventName,
      body,
      attributes,
    }
  }

  private body(bytes: Uint8Array, start: number, end: number): JsonValue {
    const value = new ProtobufReader().open(bytes, start, end)
    const isBytes = value.next() && value.field === anyValueFields.bytes && value.type === bytesType
    if (!isBytes || value.limit !== end) return this.values.read(bytes, start, end)
    return this.values.ofBytes(anyValueFields.string, bytes, value.start, end, 0)
  }

  private text(bytes: Uint8Array, start: number, end: number): string {
    return String(this.values.ofBytes(anyValueFields.string, bytes, start, end, 0))
  }
}

const noId = new Uint8Array(0)
const levels = ['', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/** Four numbers each (OpenTelemetry, log data model, SeverityNumber). */
function levelOf(number: number): string {
  return levels[Math.ceil(number / 4)] ?? ''
}

function isNone(id: Uint8Array): boolean {
  return isZero(id, 0, id.length)
}

function wrongId(id: Uint8Array, right: number): Refusal | undefined {
  if (id.length === 0 || id.length === right) return undefined
  return { reason: 'invalid-field', detail: `its trace or span id has ${id.length} bytes instead of ${right}` }
}

function wrongTime(at: number): Refusal | undefined {
  return at > latestInstantMs ? { reason: 'invalid-time', detail: 'it happened after the year 2299' } : undefined
}

function hex(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex')
}
