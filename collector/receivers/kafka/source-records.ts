// Makes records for the log of what a source topic holds: lines that go together, scrubbed, and what cannot be read by name.

import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import type { DamagedRange, LogRecord, NewRecord, RecordHeaders } from '../../log/log.ts'
import type { MessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { RefusedRequest } from '../http/refusal.ts'
import { type SplitBody, splitRecords } from '../http/split-records.ts'
import { logChunks } from '../log-chunks.ts'
import type { ExportLimits } from '../otlp/limits.ts'
import { readProtobuf } from '../otlp/read-protobuf.ts'
import { GatheredLines } from './gathered-lines.ts'
import { LineFeeds } from './line-feeds.ts'
import type { SourceStretch } from './source-topics.ts'

export interface SourceRecordsOptions {
  readonly scrubber: Scrubber
  readonly messages: MessageScrubber
  /** `lineBytes` bounds one record too. */
  readonly limits: ExportLimits
  /** Ids that a record's header `format` may name. */
  readonly formats: ReadonlySet<string>
}

/** Of the partition that is read. */
export interface SourceFacts {
  readonly source: string
  readonly format: string
  readonly tenant: string | undefined
  /** Headers of a record that holds all of the partition below `offset` that was not taken before. */
  readonly headersUpTo: (offset: number) => RecordHeaders
}

const newline = 0x0a
const openBrace = 0x7b
/** Says what a record is, where it is there. */
const formatHeader = 'format'
const formatName = Buffer.from(formatHeader)
const emptyBody = 'empty-body'
/** Of one log record: it is decoded without a pause. */
const chunk = { bytes: 256 * 1024, records: 256 } as const

/** Taken at a time, of a stretch that is longer. Unit: bytes. */
const mostBytes = 1024 * 1024

export interface SourceTaking {
  /** For the log, in the order of the partition. */
  readonly records: readonly NewRecord[]
  /** Where to go on. */
  readonly nextOffset: number
  /** What the source's records were. */
  readonly taken: { readonly records: number; readonly bytes: number }
}

/** Takes a stretch of a partition from an offset on, or the first part of it. */
export function sourceRecords(
  stretch: SourceStretch,
  fromOffset: number,
  facts: SourceFacts,
  options: SourceRecordsOptions,
): Steps<SourceTaking> {
  return new Taking(facts, options).all(stretch, fromOffset)
}

class Taking {
  private readonly facts: SourceFacts
  private readonly options: SourceRecordsOptions
  private readonly made: NewRecord[] = []
  private readonly taken = { records: 0, bytes: 0 }
  /** Not yet scrubbed. */
  private lines = new GatheredLines()
  private format = ''
  private from = 0
  private to = 0
  /** One past the last record that was taken. */
  private next = 0
  /** Where what could not be read ends, which goes before what follows it. */
  private unreadableTo = 0
  private readonly lineFeeds = new LineFeeds()

  constructor(facts: SourceFacts, options: SourceRecordsOptions) {
    this.facts = facts
    this.options = options
  }

  *all({ records, damaged, nextOffset }: SourceStretch, fromOffset: number): Steps<SourceTaking> {
    const ranges = damaged.filter(({ toOffset }) => toOffset >= fromOffset)
    const cursor = records.from(fromOffset)
    this.next = fromOffset
    for (;;) {
      this.unreadableTo = ranges[0]?.toOffset ?? Number.POSITIVE_INFINITY
      cursor.passValues(this.takeValue, formatName)
      const record = cursor.next()
      if (record === undefined) break
      if (this.taken.bytes >= mostBytes) return yield* this.upTo(this.next)
      const { offset } = record.coordinate
      for (let [first] = ranges; first !== undefined && first.toOffset < offset; [first] = ranges) {
        ranges.shift()
        yield* this.putAside(first)
      }
      this.note(offset, record.value?.length ?? 0)
      if (!this.takesAtOnce(record)) yield* this.take(record)
    }
    for (const range of ranges) yield* this.putAside(range)
    return yield* this.upTo(nextOffset)
  }

  private note(offset: number, length: number): void {
    this.taken.records += 1
    this.taken.bytes += length
    this.next = offset + 1
  }

  /** As `take`, of a value that is a line of JSON and goes with those before it, as most do: no record is made of it. */
  private readonly takeValue = (bytes: Buffer, from: number, to: number, offset: number): boolean => {
    const { format } = this.facts
    const length = to - from
    if (offset > this.unreadableTo || this.taken.bytes >= mostBytes || !this.goesWith(format, length)) return false
    if (!this.mayBeLine(bytes, from, to) || this.lineFeeds.isWithin(bytes, from, to)) return false
    this.note(offset, length)
    this.gather(format, offset, bytes, from, to, 1)
    return true
  }

  private *upTo(nextOffset: number): Steps<SourceTaking> {
    yield* this.flush()
    return { records: this.made, nextOffset, taken: this.taken }
  }

  /** As `take`, of a line of JSON that goes with those before it: steps of its own would cost more than it. */
  private takesAtOnce({ coordinate, value, headers }: LogRecord): boolean {
    const format = this.formatOf(headers)
    if (value === null || !this.goesWith(format, value.length)) return false
    const bytes = bufferOf(value)
    if (!this.isLine(bytes)) return false
    this.gather(format, coordinate.offset, bytes, 0, bytes.length, 1)
    return true
  }

  private *take({ coordinate, value, headers }: LogRecord): Steps {
    // Of a compacted topic: the key is gone, and nothing happened.
    if (value === null) return
    const format = this.formatOf(headers)
    if (!this.goesWith(format, value.length)) yield* this.flush()
    const { offset } = coordinate
    const bytes = bufferOf(value)
    const signal = signalOf(format)
    if (signal !== undefined && bytes.length > 0 && bytes[0] !== openBrace) {
      yield* this.flush()
      yield* this.takeProtobuf(bytes, signal, offset)
      return
    }
    const lines = yield* this.linesOf(bytes)
    if (typeof lines === 'string') {
      yield* this.flush()
      this.refuse(offset, offset, lines)
      return
    }
    this.gather(format, offset, lines.bytes, 0, lines.bytes.length, lines.count)
  }

  /** So many lines of the record at the offset, which stand within `source`. */
  private gather(format: string, offset: number, source: Uint8Array, from: number, to: number, count: number): void {
    if (this.lines.records === 0) this.from = offset
    this.format = format
    this.to = offset + 1
    this.lines.add(source, from, to, count)
  }

  private formatOf({ [formatHeader]: format }: RecordHeaders): string {
    return format !== undefined && this.options.formats.has(format) ? format : this.facts.format
  }

  /** With the lines gathered so far, if there are any. */
  private goesWith(format: string, length: number): boolean {
    const { lines } = this
    if (lines.records === 0) return true
    return format === this.format && lines.records < chunk.records && lines.bytes + length <= chunk.bytes
  }

  private isLine(bytes: Buffer): boolean {
    return this.mayBeLine(bytes, 0, bytes.length) && !bytes.includes(newline)
  }

  /** A line of JSON, where no line feed stands within. */
  private mayBeLine(bytes: Buffer, from: number, to: number): boolean {
    return to > from && bytes[from] === openBrace && to - from <= this.options.limits.lineBytes
  }

  /** Of broken JSON one line that holds it. A text: why there is none. */
  private *linesOf(bytes: Buffer): Steps<SplitBody | string> {
    const { lineBytes, depth, records } = this.options.limits
    if (this.isLine(bytes)) return { bytes, count: 1 }
    try {
      return yield* splitRecords(bytes, false, { lineBytes, depth, records }, 'set-aside')
    } catch (cause) {
      if (!(cause instanceof RefusedRequest)) throw cause
      if (cause.refusal.code === emptyBody) return 'the record holds no text'
      if (bytes.length > lineBytes) return `${cause.refusal.message}, of the ${bytes.length} bytes there`
      return { bytes: bytes.map((byte) => (byte === newline ? 0x20 : byte)), count: 1 }
    }
  }

  private *takeProtobuf(bytes: Buffer, signal: Signal, offset: number): Steps {
    const { messages, limits } = this.options
    const headers = this.headers(signal.format, offset + 1)
    try {
      const { values, rejections } = yield* readProtobuf(bytes, signal, messages, limits)
      for (const value of values) this.made.push({ value, headers: { ...headers, encoding: 'protobuf' } })
      if (rejections.total > 0) this.refuse(offset, offset, rejections.message(signal))
    } catch (cause) {
      if (!(cause instanceof RefusedRequest)) throw cause
      this.refuse(offset, offset, cause.refusal.message)
    }
  }

  private *putAside({ fromOffset, toOffset, reason, detail }: DamagedRange): Steps {
    yield* this.flush()
    this.refuse(fromOffset, toOffset, `${reason}: ${detail}`)
  }

  private refuse(fromOffset: number, toOffset: number, why: string): void {
    const offsets = fromOffset === toOffset ? `offset ${fromOffset}` : `offsets ${fromOffset} to ${toOffset}`
    const unreadable = this.options.scrubber.scrubText(`${offsets}: ${why}`)
    this.made.push({ value: null, headers: { ...this.headers('', toOffset + 1), unreadable } })
  }

  private *flush(): Steps {
    const { lines } = this
    if (lines.records === 0) return
    this.lines = new GatheredLines()
    const scrubbed = yield* this.options.scrubber.steps(lines.joined())
    const records = logChunks(scrubbed, {}, lines.count)
    // Only the last of them has all: before it nothing of the chunk counts as taken.
    for (const [at, { value }] of records.entries())
      this.made.push({
        value,
        headers: this.headers(this.format, at === records.length - 1 ? this.to : this.from),
      })
  }

  private headers(format: string, upTo: number): RecordHeaders {
    const { source, tenant, headersUpTo } = this.facts
    return { format, source, ...(tenant === undefined ? {} : { tenant }), ...headersUpTo(upTo) }
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Formats whose records may be protobuf messages, as the OpenTelemetry Collector writes them by default. */
function signalOf(format: string): Signal | undefined {
  return [logs, traces].find((signal) => signal.format === format)
}
