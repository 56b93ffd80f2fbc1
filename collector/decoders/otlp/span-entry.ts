// One span as places in its bytes: its own fields, its attributes, and where its events and links stand.

import { spanFields, statusFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, fixed64Type, ProtobufReader, varintType } from '../../../schemas/otlp/protobuf-reader.ts'
import type { Refusal } from '../decoder.ts'
import { AttributeList } from './attribute-list.ts'
import { refusalOf } from './containers.ts'
import { slot, spanSlots } from './span-slots.ts'
import { instantMsOf, isZero } from './wire.ts'

export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
export const statusCodes = { unset: 0, ok: 1, error: 2 } as const

/** Events and links of a span that are looked at; others are counted. */
export const maxParts = 128

/** Where the parts of one kind stand. */
export class PartRanges {
  readonly starts = new Int32Array(maxParts)
  readonly ends = new Int32Array(maxParts)
  count = 0
  omitted = 0

  clear(): void {
    this.count = 0
    this.omitted = 0
  }

  add(start: number, end: number): void {
    if (this.count === maxParts) {
      this.omitted += 1
      return
    }
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.count += 1
  }
}

export class SpanEntry {
  readonly attributes: AttributeList
  bytes: Uint8Array = new Uint8Array(0)
  // Places of texts and ids; −1 where there is none.
  traceId = -1
  spanId = -1
  parentSpanId = -1
  nameStart = 0
  nameEnd = 0
  stateStart = 0
  stateEnd = 0
  messageStart = 0
  messageEnd = 0
  kind = 0
  status = 0
  droppedAttributes = 0
  /** Epoch ms; −1 where the span does not say. */
  startedAt = -1
  /** How long it took in ms; −1 where that cannot be. */
  tookMs = -1
  readonly events = new PartRanges()
  readonly links = new PartRanges()
  private readonly reader = new ProtobufReader()
  private readonly inner = new ProtobufReader()
  private traceIdBytes = 0
  private spanIdBytes = 0
  private parentBytes = 0
  private broken: Refusal | undefined
  private startLow = 0
  private startHigh = 0
  private endLow = 0
  private endHigh = 0

  constructor(maxAttributes: number) {
    this.attributes = new AttributeList(spanSlots, Object.keys(slot).length, maxAttributes)
  }

  /** Reads the span `[start, end)`; gives why it is no good. Of fields that come twice the last counts. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): Refusal | undefined {
    this.clear(bytes, view)
    const { reader, attributes } = this
    reader.open(bytes, start, end)
    while (reader.next()) {
      if (reader.field === spanFields.attributes && reader.type === bytesType)
        attributes.add(reader.start, reader.limit)
      else this.take()
    }
    if (reader.problem !== undefined) return refusalOf(reader.problem, 'the span')
    return this.broken ?? this.judgeIds() ?? attributes.refusal ?? this.readTimes()
  }

  private clear(bytes: Uint8Array, view: DataView): void {
    this.bytes = bytes
    this.attributes.begin(bytes, view)
    this.traceId = -1
    this.spanId = -1
    this.parentSpanId = -1
    this.nameStart = 0
    this.nameEnd = 0
    this.stateStart = 0
    this.stateEnd = 0
    this.messageStart = 0
    this.messageEnd = 0
    this.kind = 0
    this.status = 0
    this.droppedAttributes = 0
    this.startLow = 0
    this.startHigh = 0
    this.endLow = 0
    this.endHigh = 0
    this.events.clear()
    this.links.clear()
    this.broken = undefined
  }

  /** Takes the field under the reader, unless it is of another wire type than it should be. */
  private take(): void {
    const { reader } = this
    const { start, limit, type } = reader
    if (type === bytesType) this.takeBytes(reader.field, start, limit)
    else if (type === varintType) {
      if (reader.field === spanFields.kind) this.kind = reader.low
      else if (reader.field === spanFields.droppedAttributesCount) this.droppedAttributes = reader.low
    } else if (type === fixed64Type) {
      if (reader.field === spanFields.startTimeUnixNano) {
        this.startLow = reader.low
        this.startHigh = reader.high
      } else if (reader.field === spanFields.endTimeUnixNano) {
        this.endLow = reader.low
        this.endHigh = reader.high
      }
    }
  }

  private takeBytes(field: number, start: number, limit: number): void {
    switch (field) {
      case spanFields.traceId:
        this.traceId = start
        this.traceIdBytes = limit - start
        break
      case spanFields.spanId:
        this.spanId = start
        this.spanIdBytes = limit - start
        break
      case spanFields.parentSpanId:
        this.parentSpanId = start
        this.parentBytes = limit - start
        break
      case spanFields.name:
        this.nameStart = start
        this.nameEnd = limit
        break
      case spanFields.traceState:
        this.stateStart = start
        this.stateEnd = limit
        break
      case spanFields.events:
        this.events.add(start, limit)
        break
      case spanFields.links:
        this.links.add(start, limit)
        break
      case spanFields.status:
        this.readStatus(start, limit)
        break
      default:
    }
  }

  /** A parent of zeros is none; a trace or a span of zeros is not allowed. */
  private judgeIds(): Refusal | undefined {
    const { bytes, traceId, spanId, parentSpanId } = this
    if (traceId === -1 || spanId === -1) return { reason: 'missing-field', detail: 'it has no trace id or no span id' }
    if (this.traceIdBytes !== 16) return wrongLength('trace id', this.traceIdBytes, 16)
    if (this.spanIdBytes !== 8) return wrongLength('span id', this.spanIdBytes, 8)
    if (isZero(bytes, traceId, traceId + 16) || isZero(bytes, spanId, spanId + 8))
      return { reason: 'invalid-field', detail: 'its trace id or its span id is zero' }
    if (parentSpanId === -1) return undefined
    if (this.parentBytes !== 0 && this.parentBytes !== 8) return wrongLength('parent span id', this.parentBytes, 8)
    if (isZero(bytes, parentSpanId, parentSpanId + this.parentBytes)) this.parentSpanId = -1
    return undefined
  }

  private readStatus(start: number, end: number): void {
    const { inner } = this
    inner.open(this.bytes, start, end)
    while (inner.next()) {
      if (inner.field === statusFields.message && inner.type === bytesType) {
        this.messageStart = inner.start
        this.messageEnd = inner.limit
      } else if (inner.field === statusFields.code && inner.type === varintType) this.status = inner.low
    }
    if (inner.problem !== undefined) this.broken ??= refusalOf(inner.problem, 'the status')
  }

  /** A span without a start has the time of its end; one that ends before it starts has no length. */
  private readTimes(): undefined {
    const { startLow, startHigh, endLow, endHigh } = this
    const hasStart = startLow !== 0 || startHigh !== 0
    const hasEnd = endLow !== 0 || endHigh !== 0
    this.startedAt = hasStart ? instantMsOf(startLow, startHigh) : hasEnd ? instantMsOf(endLow, endHigh) : -1
    const tookNs = (endHigh - startHigh) * 0x1_0000_0000 + (endLow - startLow)
    this.tookMs = hasStart && hasEnd && tookNs >= 0 ? Math.floor(tookNs / 1_000_000) : -1
    return undefined
  }
}

function wrongLength(what: string, length: number, right: number): Refusal {
  return { reason: 'invalid-field', detail: `its ${what} has ${length} bytes instead of ${right}` }
}
