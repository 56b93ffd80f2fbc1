// Makes records for the log of what a source topic holds: lines that go together, scrubbed, and what cannot be read by name.

import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import type { DamagedRange, LogRecord, NewRecord, ReadResult, RecordHeaders } from '../../log/log.ts'
import type { MessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { RefusedRequest } from '../http/refusal.ts'
import { splitRecords } from '../http/split-records.ts'
import { logChunks } from '../log-chunks.ts'
import type { ExportLimits } from '../otlp/limits.ts'
import { readProtobuf } from '../otlp/read-protobuf.ts'

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
const lineBreak = Buffer.of(newline)
const openBrace = 0x7b
const emptyBody = 'empty-body'
/** Of one log record: it is decoded without a pause. */
const chunk = { bytes: 256 * 1024, records: 256 } as const

/** Records of the log for a stretch of a partition, in its order. */
export function sourceRecords(
  { records, damaged }: ReadResult,
  facts: SourceFacts,
  options: SourceRecordsOptions,
): Steps<readonly NewRecord[]> {
  return new Taking(facts, options).all(records, damaged)
}

class Taking {
  private readonly facts: SourceFacts
  private readonly options: SourceRecordsOptions
  private readonly taken: NewRecord[] = []
  // Records that go together, not yet scrubbed.
  private lines: Uint8Array[] = []
  private count = 0
  private bytes = 0
  private format = ''
  private from = 0
  private to = 0

  constructor(facts: SourceFacts, options: SourceRecordsOptions) {
    this.facts = facts
    this.options = options
  }

  *all(records: readonly LogRecord[], damaged: readonly DamagedRange[]): Steps<readonly NewRecord[]> {
    const ranges = [...damaged]
    for (const record of records) {
      const { offset } = record.coordinate
      for (let [first] = ranges; first !== undefined && first.toOffset < offset; [first] = ranges) {
        ranges.shift()
        yield* this.putAside(first)
      }
      yield* this.take(record)
    }
    for (const range of ranges) yield* this.putAside(range)
    yield* this.flush()
    return this.taken
  }

  private *take({ coordinate, value, headers }: LogRecord): Steps {
    // Of a compacted topic: the key is gone, and nothing happened.
    if (value === null) return
    const format = this.options.formats.has(headers.format ?? '') ? (headers.format ?? '') : this.facts.format
    const isFull = this.count >= chunk.records || this.bytes + value.length > chunk.bytes
    if (this.count > 0 && (format !== this.format || isFull)) yield* this.flush()
    const { offset } = coordinate
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
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
    if (this.count === 0) this.from = offset
    this.format = format
    this.to = offset + 1
    this.lines.push(lines)
    if (lines[lines.length - 1] !== newline) this.lines.push(lineBreak)
    this.count += 1
    this.bytes += lines.length
  }

  /** Of broken JSON one line that holds it. A text: why there is none. */
  private *linesOf(bytes: Buffer): Steps<Uint8Array | string> {
    const { lineBytes, depth, records } = this.options.limits
    if (bytes[0] === openBrace && bytes.length <= lineBytes && !bytes.includes(newline)) return bytes
    try {
      const split = yield* splitRecords(bytes, false, { lineBytes, depth, records }, 'set-aside')
      return split.bytes
    } catch (cause) {
      if (!(cause instanceof RefusedRequest)) throw cause
      if (cause.refusal.code === emptyBody) return 'the record holds no text'
      if (bytes.length > lineBytes) return `${cause.refusal.message}, of the ${bytes.length} bytes there`
      return bytes.map((byte) => (byte === newline ? 0x20 : byte))
    }
  }

  private *takeProtobuf(bytes: Buffer, signal: Signal, offset: number): Steps {
    const { messages, limits } = this.options
    const headers = this.headers(signal.format, offset + 1)
    try {
      const { values, rejections } = yield* readProtobuf(bytes, signal, messages, limits)
      for (const value of values) this.taken.push({ value, headers: { ...headers, encoding: 'protobuf' } })
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
    this.taken.push({ value: null, headers: { ...this.headers('', toOffset + 1), unreadable } })
  }

  private *flush(): Steps {
    if (this.count === 0) return
    const scrubbed = yield* this.options.scrubber.steps(Buffer.concat(this.lines))
    const records = logChunks(scrubbed, {})
    // Only the last of them has all: before it nothing of the chunk counts as taken.
    for (const [at, { value }] of records.entries())
      this.taken.push({
        value,
        headers: this.headers(this.format, at === records.length - 1 ? this.to : this.from),
      })
    this.lines = []
    this.count = 0
    this.bytes = 0
  }

  private headers(format: string, upTo: number): RecordHeaders {
    const { source, tenant, headersUpTo } = this.facts
    return { format, source, ...(tenant === undefined ? {} : { tenant }), ...headersUpTo(upTo) }
  }
}

/** Formats whose records may be protobuf messages, as the OpenTelemetry Collector writes them by default. */
function signalOf(format: string): Signal | undefined {
  return [logs, traces].find((signal) => signal.format === format)
}
