// Finds records that hold many items, binary or text, and has them read item by item.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { DecodeContext, Decoder, DecoderSettings, EnvelopeFacts, ItemDecoder, Refusal } from './decoder.ts'
import { noEnvelope } from './decoder.ts'
import type { InnerRecord } from './envelopes/envelope.ts'
import { quoted } from './hidden-characters.ts'
import { ItemReader } from './item-reader.ts'
import type { RowWriter } from './row-writer.ts'

const openBrace = 0x7b
/** How every protobuf message of many items begins: field 1, of bytes. As text it is a line break. */
const protobufFirst = 0x0a
/** A record of many items may be longer than a line. */
const leastMaxBytes = 4 * 1024 * 1024

export interface Itemised {
  readonly format: string
  readonly items: ItemDecoder
}

/** What is asked of the reader of lines. */
export interface LineReading {
  contextOf(facts: EnvelopeFacts): DecodeContext
  formatOf(inner: InnerRecord): string
  readInner(inner: InnerRecord, layer: number, facts: EnvelopeFacts): void
}

export class ItemisedRecords {
  readonly maxBytes: number
  private readonly itemised: readonly Itemised[]
  private readonly rows: RowWriter
  private readonly lines: LineReading

  constructor(decoders: readonly Decoder[], settings: DecoderSettings, rows: RowWriter, lines: LineReading) {
    this.itemised = decoders.flatMap(({ id, openItems }) =>
      openItems === undefined ? [] : [{ format: id, items: openItems(settings) }],
    )
    this.maxBytes = Math.max(leastMaxBytes, settings.limits.lineBytes)
    this.rows = rows
    this.lines = lines
  }

  /** Reads a value that is no text but one binary record, by its header or by its shape; false for all others. */
  readBinary(value: Uint8Array, encoding: string, forced: string | undefined, batch: EventBatch): boolean {
    const isSaid = encoding === 'protobuf'
    if (!isSaid && (encoding !== '' || value[0] !== protobufFirst)) return false
    const isLong = value.length > this.maxBytes
    const found = this.itemised.find(({ format, items }) =>
      isSaid && forced !== undefined
        ? format === forced
        : (forced === undefined || format === forced) && !isLong && items.recognisesBinary(value),
    )
    if (found === undefined && !isSaid) return false
    const refusal = isLong
      ? tooLong(value.length, this.maxBytes)
      : found === undefined
        ? notBinary(forced)
        : this.read(found, 0, noEnvelope, batch, (sink) => found.items.readBinary(value, sink))
    if (refusal !== undefined) this.rows.refuse(batch, this.rows.parts, batch.length, refusal, forced ?? '', value)
    return true
  }

  /** Who reads a text that is many items in one, unless the sender says that it is something else. */
  recognise({ bytes, start, end }: InnerRecord, forced: string | undefined): Itemised | undefined {
    if (bytes[start] !== openBrace) return undefined
    for (const one of this.itemised)
      if ((forced === undefined || forced === one.format) && one.items.recognisesText(bytes, start, end)) return one
    return undefined
  }

  /** What it holds is accounted for item by item; only what cannot be read to its end is refused here. */
  readText(itemised: Itemised, range: InnerRecord, layer: number, facts: EnvelopeFacts, batch: EventBatch): undefined {
    const { bytes, start, end } = range
    const refusal = this.read(itemised, layer, facts, batch, (sink) => itemised.items.readText(bytes, start, end, sink))
    if (refusal !== undefined)
      this.rows.refuse(batch, this.rows.parts, batch.length, refusal, itemised.format, bytes.subarray(start, end))
    return undefined
  }

  private read(
    { format }: Itemised,
    layer: number,
    outer: EnvelopeFacts,
    batch: EventBatch,
    readAll: (sink: ItemReader) => Refusal | undefined,
  ): Refusal | undefined {
    const { rows, lines } = this
    const { parts } = rows
    const around = {
      rows,
      contextOf: (facts: EnvelopeFacts) => lines.contextOf(facts),
      formatOf: (inner: InnerRecord) => lines.formatOf(inner),
      read: (inner: InnerRecord, facts: EnvelopeFacts) => lines.readInner(inner, layer + 1, facts),
    }
    const sink = new ItemReader(around, batch, format, outer)
    return readAll(sink) ?? (rows.parts === parts ? noItem : undefined)
  }
}

const noItem: Refusal = { reason: 'empty', detail: 'the record is of this format and holds no item' }

export function tooLong(bytes: number, most: number): Refusal {
  return { reason: 'too-long', detail: `${bytes} bytes, more than ${most}` }
}

function notBinary(forced: string | undefined): Refusal {
  const detail =
    forced === undefined ? 'no decoder recognises the message' : `no decoder reads ${quoted(forced)} in protobuf`
  return { reason: 'unknown-format', detail }
}
