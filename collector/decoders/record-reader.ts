// Reads one line: takes its envelopes off, finds whose format it is, and lets that decoder write its rows.

import { isUtf8 } from 'node:buffer'
import { decisionReceiver } from '../../schemas/decision.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { DecodeContext, Decoder, DecoderSettings, EnvelopeFacts, FastLane, Refusal } from './decoder.ts'
import { noEnvelope } from './decoder.ts'
import { envelopes } from './envelopes/catalog.ts'
import { type InnerRecord, mergeFacts, type Unwrapped } from './envelopes/envelope.ts'
import { objectIn, podFacts } from './envelopes/kubernetes.ts'
import { quoted } from './hidden-characters.ts'
import { ItemisedRecords, tooLong } from './itemised-records.ts'
import { OpenedRecord } from './record.ts'
import type { RowWriter } from './row-writer.ts'

const openBrace = 0x7b
/** An envelope in an envelope in an envelope is the most that shippers make. */
const maxLayers = 3
const maxKeysTold = 6

/** The bytes that lines stand in, ended by a line break, and what is known of all of them. */
export interface LineFacts {
  readonly bytes: Uint8Array
  /** Spans `bytes`. */
  readonly view: DataView
  readonly isAscii: boolean
}

export class RecordReader {
  private readonly decoders: readonly Decoder[]
  private readonly byId: ReadonlyMap<string, Decoder>
  private readonly lanes: readonly FastLane[]
  private readonly itemised: ItemisedRecords
  private readonly settings: DecoderSettings
  private readonly rows: RowWriter
  // Of the log record under way.
  private batch = new EventBatch(1)
  private source = ''
  private isFromPeople = false
  /** Format that the sender named. */
  private forced: string | undefined
  private lineContext: DecodeContext
  /** Format of the record under way, as far as it is known. */
  private format = ''
  /** What the envelope says happened, where the decoder had to ask. */
  private askedEvent = ''

  constructor(decoders: readonly Decoder[], settings: DecoderSettings, rows: RowWriter) {
    this.decoders = decoders
    this.byId = new Map(decoders.map((decoder) => [decoder.id, decoder]))
    this.lanes = decoders.flatMap((decoder) => decoder.openFastLane?.(settings) ?? [])
    this.itemised = new ItemisedRecords(decoders, settings, rows, {
      contextOf: (facts) => this.contextOf(facts, ''),
      formatOf: (inner) => this.formatOf(inner),
      readInner: (inner, layer, facts) => this.readInner(inner, layer, facts),
    })
    this.settings = settings
    this.rows = rows
    this.lineContext = this.contextOf(noEnvelope, '')
  }

  begin(headers: Readonly<Record<string, string>>, batch: EventBatch): void {
    const { format, source = '', receiver } = headers
    const isFromPeople = receiver === decisionReceiver
    this.batch = batch
    this.forced = format === undefined || format === '' || format === 'auto' ? undefined : format
    if (source !== this.source || isFromPeople !== this.isFromPeople) {
      this.source = source
      this.isFromPeople = isFromPeople
      this.lineContext = this.contextOf(noEnvelope, '')
    }
  }

  /** Takes the bytes whose lines are then read. */
  open(bytes: Uint8Array): void {
    this.rows.keep(bytes)
    for (const lane of this.lanes) lane.open(bytes)
  }

  /** Reads a value that is no text but one binary record, by its header or by its shape; false for all others. */
  readBinary(value: Uint8Array, encoding: string): boolean {
    return this.itemised.readBinary(value, encoding, this.forced, this.batch)
  }

  readLine(lines: LineFacts, start: number, end: number, isKnownUtf8: boolean): void {
    const range = { bytes: lines.bytes, start, end }
    const refusal = this.refusalOfLine(range, isKnownUtf8)
    if (refusal === undefined) this.readRecord(range, lines.view, lines.isAscii, 0, noEnvelope, '')
    else this.rows.refuse(this.batch, this.rows.parts, this.batch.length, refusal, this.forced ?? '', bytesOf(range))
  }

  private refusalOfLine(range: InnerRecord, isKnownUtf8: boolean): Refusal | undefined {
    const { bytes, start, end } = range
    const { lineBytes } = this.settings.limits
    if (end - start > lineBytes) {
      const isItemised = this.itemised.recognise(range, this.forced) !== undefined
      const most = isItemised ? this.itemised.maxBytes : lineBytes
      if (end - start > most) return tooLong(end - start, most)
    }
    if (bytes[start] === 0) return framed
    return isKnownUtf8 || isUtf8(bytesOf(range)) ? undefined : notUtf8
  }

  /** A record that may carry others; `layer` counts the envelopes around it. Gives rows for each part of it. */
  private readRecord(
    range: InnerRecord,
    view: DataView,
    isAscii: boolean,
    layer: number,
    facts: EnvelopeFacts,
    event: string,
  ): void {
    const { rows, batch } = this
    const { parts } = rows
    const firstRow = batch.length
    this.format = this.forced ?? ''
    const refusal = this.tryRecord(range, view, isAscii, layer, facts, event)
    if (refusal !== undefined) rows.refuse(batch, parts, firstRow, refusal, this.format, bytesOf(range))
  }

  private tryRecord(
    range: InnerRecord,
    view: DataView,
    isAscii: boolean,
    layer: number,
    facts: EnvelopeFacts,
    event: string,
  ): Refusal | undefined {
    if (range.start === range.end) return noRecord
    const context = layer === 0 ? this.lineContext : this.contextOf(facts, event)
    if (range.bytes[range.start] === openBrace) {
      const itemised = layer < maxLayers ? this.itemised.recognise(range, this.forced) : undefined
      if (itemised !== undefined) return this.itemised.readText(itemised, range, layer, facts, this.batch)
      const taken = this.tryLanes(range, view, isAscii, context)
      if (taken !== undefined) return taken === 'written' ? undefined : taken
    }
    const record = new OpenedRecord(range.bytes, range.start, range.end, this.settings.limits)
    const unwrapped = layer < maxLayers ? unwrap(record) : undefined
    if (unwrapped === undefined) return this.tryBare(record, layer === 0 ? this.liftedContext(record) : context)
    if ('reason' in unwrapped) return unwrapped
    const merged = mergeFacts(unwrapped.facts, facts)
    for (const inner of unwrapped.records) {
      this.readRecord(inner, viewOf(inner), false, layer + 1, merged, unwrapped.event || event)
    }
    return unwrapped.records.length === 0 ? noRecord : undefined
  }

  /** A record in an item: the format that the sender named was that of the items around it. */
  private readInner(inner: InnerRecord, layer: number, facts: EnvelopeFacts): void {
    const { forced } = this
    this.forced = undefined
    this.readRecord(inner, viewOf(inner), false, layer, facts, '')
    this.forced = forced
  }

  private formatOf(inner: InnerRecord): string {
    const itemised = this.itemised.recognise(inner, undefined)
    if (itemised !== undefined) return itemised.format
    const { bytes, start, end } = inner
    const record = new OpenedRecord(bytes, start, end, this.settings.limits)
    const envelope = envelopes.find((one) => one.unwrap(record) !== undefined)
    return envelope?.id ?? this.decoders.find((one) => one.recognises(record, this.settings))?.id ?? ''
  }

  private tryLanes(
    range: InnerRecord,
    view: DataView,
    isAscii: boolean,
    context: DecodeContext,
  ): Refusal | 'written' | undefined {
    const { batch } = this
    for (const lane of this.lanes) {
      const format = lane.read(range.bytes, view, range.start, range.end, isAscii, batch, context)
      if (format === undefined) continue
      if (this.forced !== undefined && format !== this.forced) {
        batch.abandon()
        continue
      }
      this.format = format
      return lane.refusal ?? this.rows.finish(batch, 'access', 0, format, range, context.envelope, '') ?? 'written'
    }
    return undefined
  }

  /** The innermost record: by the decoder that the sender named, or the first that recognises it. */
  private tryBare(record: OpenedRecord, context: DecodeContext): Refusal | undefined {
    const named = this.forced === undefined ? undefined : this.byId.get(this.forced)
    if (this.forced !== undefined && named === undefined)
      return { reason: 'unknown-format', detail: `no decoder is called ${quoted(this.forced)}` }
    const problem = record.problem()
    const broken = problem && judgeBroken(named === undefined ? this.decoders : [named], record, problem)
    if (broken !== undefined) return broken
    const decoder = named ?? this.decoders.find((one) => one.recognises(record, this.settings))
    if (decoder === undefined) return problem ?? unknown(record)
    return this.runDecoder(decoder, record, context)
  }

  private runDecoder(decoder: Decoder, record: OpenedRecord, context: DecodeContext): Refusal | undefined {
    const { batch, rows } = this
    const firstRow = batch.length
    this.format = decoder.id
    this.askedEvent = ''
    let refusal: Refusal | undefined
    const named = record.nameBytes()
    const refused = decoder.decode(record, batch, context, (kind, part) => {
      refusal ??= rows.finish(batch, kind, part, decoder.id, named, context.envelope, this.askedEvent)
      if (refusal !== undefined) batch.abandon()
    })
    return refused ?? refusal ?? (batch.length === firstRow ? noEvent : undefined)
  }

  private contextOf(envelope: EnvelopeFacts, event: string): DecodeContext {
    const envelopeEvent = (): string => {
      this.askedEvent = event
      return event
    }
    const { settings, source, isFromPeople } = this
    return { settings, source, isFromPeople, envelope, envelopeEvent }
  }

  /** A shipper that lifted the record's own keys to the top leaves what it knows of the pod beside them. */
  private liftedContext(record: OpenedRecord): DecodeContext {
    const object = record.json()
    if (object === undefined || objectIn(object.kubernetes) === undefined) return this.lineContext
    return this.contextOf(podFacts(object, -1), '')
  }
}

const notUtf8: Refusal = { reason: 'invalid-utf8', detail: 'the bytes are not UTF-8 text' }
const framed: Refusal = {
  reason: 'schema-registry-framing',
  detail: 'it begins with a NUL byte, as records framed for a schema registry do',
}
const noRecord: Refusal = { reason: 'empty', detail: 'an envelope without a record in it' }
const noEvent: Refusal = { reason: 'empty', detail: 'the record is of this format and holds no event' }

function viewOf({ bytes }: InnerRecord): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unwrap(record: OpenedRecord): Unwrapped | Refusal | undefined {
  for (const envelope of envelopes) {
    const unwrapped = envelope.unwrap(record)
    if (unwrapped !== undefined) return unwrapped
  }
  return undefined
}

/** What is no JSON may still be a text that begins with a brace; what is dangerous JSON may not. */
function judgeBroken(decoders: readonly Decoder[], record: OpenedRecord, problem: Refusal): Refusal | undefined {
  if (problem.reason !== 'invalid-json' && problem.reason !== 'duplicate-keys') return problem
  for (const decoder of decoders) {
    const refusal = decoder.judgesBroken?.(record)
    if (refusal !== undefined) return refusal
  }
  return problem.reason === 'invalid-json' ? undefined : problem
}

function unknown(record: OpenedRecord): Refusal {
  const object = record.json()
  if (object === undefined) return { reason: 'unknown-format', detail: 'no decoder recognises the line' }
  const keys = Object.keys(object)
  const told = keys.slice(0, maxKeysTold).map(quoted).join(', ')
  const more = keys.length > maxKeysTold ? ' …' : ''
  return { reason: 'unknown-format', detail: `no decoder recognises JSON with the keys ${told}${more}` }
}

function bytesOf({ bytes, start, end }: InnerRecord): Uint8Array {
  return bytes.subarray(start, end)
}
