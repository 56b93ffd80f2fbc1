// The port of the durable, ordered log: what every room may ask of it, whether LMDB or Kafka stands behind.

import type { TopicName } from '../../schemas/topics.ts'

/** Names one record for ever. `incarnation` changes when a topic is deleted and made again. */
export interface Coordinate {
  readonly topic: string
  readonly incarnation: string
  readonly partition: number
  /** Gapless per partition, from 0. A safe integer. */
  readonly offset: number
}

/** Small facts that travel beside a record's bytes: format, source, tenant, realm, content type … Values are short strings. */
export type RecordHeaders = Readonly<Record<string, string>>

/** Header of a record that says only what one before it said already: no news to whoever follows the topic. */
export const copyHeader = 'copy'

/** Handed over with `append`: neither the value's bytes nor the headers may be changed afterwards. */
export interface NewRecord {
  /** Compacted topics keep the newest record of each key; a record with a key and `value: null` deletes it. */
  readonly key?: string
  readonly value: Uint8Array | null
  readonly headers?: RecordHeaders
  /** Epoch ms to use as append time; only `replay` and exercises model it. Never below the partition's newest append time. */
  readonly appendAt?: number
}

export interface LogRecord {
  readonly coordinate: Coordinate
  readonly key: string | undefined
  /** Own bytes of this record: valid for as long as the caller keeps them. */
  readonly value: Uint8Array | null
  readonly headers: RecordHeaders
  /** Epoch ms, `max(previous, now)` when the record was appended: never runs backwards in a partition. */
  readonly appendedAt: number
}

/** A stretch of offsets that could not be served: damaged bytes or a torn tail. It was put aside, never returned as data. */
export interface DamagedRange {
  readonly topic: string
  readonly incarnation: string
  readonly partition: number
  readonly fromOffset: number
  /** Inclusive. */
  readonly toOffset: number
  readonly reason: 'checksum-mismatch' | 'torn-tail' | 'missing' | 'unreadable-header'
  readonly detail: string
}

export interface ReadResult {
  readonly records: readonly LogRecord[]
  readonly damaged: readonly DamagedRange[]
  /** Where to read on: one past the last record or damaged offset of this result. */
  readonly nextOffset: number
}

export interface ReadOptions {
  /** Stop after the record that reaches this many value bytes; at least one record is returned if there is one. */
  readonly maxBytes: number
  readonly maxRecords?: number
}

export interface TopicBounds {
  readonly incarnation: string
  /** The oldest offset still held (equals `nextOffset` when empty). */
  readonly firstOffset: number
  /** The offset that the next appended record gets. */
  readonly nextOffset: number
  readonly bytes: number
}

/** What each retention pass gave back. */
export interface Trimmed {
  readonly topic: string
  readonly segments: number
  readonly bytes: number
  readonly firstOffset: number
}

/**
 * A durable, ordered log of one writer process.
 *
 * Outages (disk full, environment closed) reject with a `LogError` whose `code` and `retryable` say what to do.
 */
export interface Log {
  /**
   * Appends all records of one call next to each other and in order. Resolves with their coordinates once they are
   * flushed to disk; calls made meanwhile share the next flush (group commit). Either all of a call's records are
   * kept or none; after a rejection it is none, or all where the disk failed while it flushed. Where a broker bounds
   * what is kept at once, a larger call is kept in parts, in order, and after a rejection some of them may have been.
   * Of a compacted topic that is read too, what was appended is at hand when it resolves.
   */
  append(topic: TopicName, records: readonly NewRecord[], partition?: number): Promise<readonly LogRecordReceipt[]>
  /**
   * Reads on from `offset` in order; an empty result means nothing newer is durable yet, or at hand: listeners hear of it. Only flushed records are
   * served. Offsets that retention dropped before they were read come back as a damaged range, `missing`; offsets that
   * compaction removed are passed over. One call may return less than asked for: read on at `nextOffset`.
   */
  read(topic: TopicName, offset: number, options: ReadOptions, partition?: number): ReadResult
  /**
   * All that is durable now, from `offset` on, read apart from whoever reads: for looking back. As `read` in all else.
   * Not for compacted topics.
   */
  scan(topic: TopicName, offset: number, partition?: number): AsyncIterable<ReadResult>
  /** Calls back (possibly coalesced) whenever newer durable records of the topic may be read. Returns the way to stop. */
  onAppended(topic: TopicName, listener: () => void): () => void
  bounds(topic: TopicName, partition?: number): TopicBounds
  /**
   * The newest record of every key of a compacted topic, in order of offset; deleted keys are left out. What cannot be
   * served is left out too and told to `onDamaged`.
   */
  readCompacted(topic: TopicName, partition?: number, onDamaged?: (damaged: DamagedRange) => void): Iterable<LogRecord>
  /** A named cursor: the next offset its owner wants to read. `undefined` when it was never set. */
  cursor(name: string): number | undefined
  /** Durable when it resolves. A cursor holds back neither reads nor retention. */
  setCursor(name: string, offset: number): Promise<void>
  /** Drops whole segments that are past age or size and lie below every offset given in `keepFrom`. Space is really given back. */
  trim(policy: RetentionPolicy): Promise<readonly Trimmed[]>
  /** Stops taking appends, waits for those under way, releases the writer lock. */
  close(): Promise<void>
}

export interface LogRecordReceipt {
  readonly coordinate: Coordinate
  readonly appendedAt: number
}

export interface RetentionPolicy {
  readonly maxAgeMs: number
  readonly maxBytes: number
  /** Epoch ms now, given by the caller. */
  readonly now: number
  /** Segments that hold an offset at or above this one stay, whatever their age. */
  readonly keepFrom: Partial<Record<TopicName, number>>
}

export type LogErrorCode =
  | 'ERR_LOG_LOCKED'
  | 'ERR_LOG_CLOSED'
  | 'ERR_LOG_BUSY'
  | 'ERR_LOG_DISK_FULL'
  | 'ERR_LOG_RECORD_TOO_LARGE'
  | 'ERR_LOG_NEWER_FORMAT'
  | 'ERR_LOG_IO'
  | 'ERR_LOG_ENGINE_MISSING'

/** An outage of the log, or a refusal to open it. */
export class LogError extends Error {
  readonly code: LogErrorCode
  readonly retryable: boolean

  constructor(code: LogErrorCode, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LogError'
    this.code = code
    this.retryable = retryable
  }
}
