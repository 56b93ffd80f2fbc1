// The log on one machine: LMDB files in one directory, one writer, the same port as every other log.

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TopicName, topics, topicsOfOne } from '../../../schemas/topics.ts'
import { AppendListeners } from '../append-listeners.ts'
import { CommitQueue } from '../commit-queue.ts'
import {
  type DamagedRange,
  type Log,
  LogError,
  type LogRecord,
  type LogRecordReceipt,
  type NewRecord,
  type ReadOptions,
  type ReadResult,
  type RetentionPolicy,
  type TopicBounds,
  type Trimmed,
} from '../log.ts'
import { readCursor } from './cursors.ts'
import { settleFormat } from './format.ts'
import { largestValueBytes } from './lmdb-file.ts'
import { outageOf } from './outage.ts'
import { recordBytes } from './record-codec.ts'
import { StateFile } from './state-file.ts'
import type { Repair } from './state-rewrite.ts'
import { StateWriter } from './state-writer.ts'
import { TimeTopic } from './time-topic.ts'
import {
  type Append,
  busy,
  type LogStep,
  mostGroupBytes,
  mostWaitingBytes,
  type TopicSettings,
} from './topic-settings.ts'
import { takeWriterLock, type WriterLock } from './writer-lock.ts'

export interface EmbeddedLogOptions {
  /** Made when it does not exist. Nothing else may keep files in it. */
  readonly directory: string
  /** Epoch ms. */
  readonly now: () => number
  /** A random id: 1 to 64 printable ASCII characters without spaces. */
  readonly newIncarnation: () => string
  /** Largest value, key and headers of one record together. Default 4 MiB, at most 15 MiB. */
  readonly maxRecordBytes?: number
  /** Size at which a segment is closed: what retention drops at a time. Default 64 MiB. */
  readonly segmentBytes?: number
  /** Newest records kept in memory for readers close behind. Default 16 MiB. */
  readonly recentBytes?: number
  /** Called with each file that is unlikely to be read soon, so that it need not take memory. Must not throw. */
  readonly releaseCache?: (path: string) => void
  /** Called at each step of each group of appends, for crash tests. Must not throw. */
  readonly onStep?: (step: LogStep) => void
  /** Called when a damaged file was repaired at start; the damaged one is kept beside it. */
  readonly onRepair?: (repair: Repair) => void
}

/** Opens the log in a directory, or makes it. Rejects with a LogError that says what to do. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  const { directory } = options
  const maxRecordBytes = options.maxRecordBytes ?? 4 * 1024 * 1024
  if (maxRecordBytes > largestValueBytes) {
    throw new RangeError(`maxRecordBytes is ${maxRecordBytes} and may be at most ${largestValueBytes}`)
  }
  let lock: WriterLock | undefined
  let state: StateFile | undefined
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    settleFormat(directory)
    lock = await takeWriterLock(directory)
    state = await StateFile.open(directory, options.onRepair ?? (() => undefined))
    const log = new EmbeddedLog(directory, maxRecordBytes, settingsOf(options), state, lock)
    await log.start()
    return log
  } catch (error) {
    await state?.close()
    await lock?.release()
    throw outageOf(error, directory, 0)
  }
}

function settingsOf(options: EmbeddedLogOptions): TopicSettings {
  return {
    now: options.now,
    newIncarnation: options.newIncarnation,
    segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024,
    recentBytes: options.recentBytes ?? 16 * 1024 * 1024,
    releaseCache: options.releaseCache ?? (() => undefined),
    onStep: options.onStep ?? (() => undefined),
  }
}

interface TimeLane {
  readonly topic: TimeTopic
  readonly queue: CommitQueue<Append>
}

/** Read at a time while looking back. */
const scanBytes = 4 * 1024 * 1024

class EmbeddedLog implements Log {
  readonly #directory: string
  readonly #maxRecordBytes: number
  readonly #settings: TopicSettings
  readonly #state: StateFile
  readonly #writer: StateWriter
  readonly #lock: WriterLock
  readonly #listeners = new AppendListeners()
  readonly #lanes = new Map<string, TimeLane>()
  #closing: Promise<void> | undefined
  #isClosed = false

  constructor(directory: string, maxRecordBytes: number, settings: TopicSettings, state: StateFile, lock: WriterLock) {
    this.#directory = directory
    this.#maxRecordBytes = maxRecordBytes
    this.#settings = settings
    this.#state = state
    this.#lock = lock
    this.#writer = new StateWriter(state, directory, settings, (topic) => this.#listeners.notify(topic))
  }

  /** Opens what is stored and partition 0 of every topic, so that trouble shows at start and retention finds all. */
  async start(): Promise<void> {
    const folders = readdirSync(this.#directory)
    for (const { name, keeps } of topicsOfOne) {
      if (keeps === 'time') for (const partition of storedPartitions(name, folders)) this.#lane(name, partition)
      else this.#writer.topic(name, 0)
    }
    await this.#writer.keepStandings()
  }

  async append(topic: TopicName, records: readonly NewRecord[], partition = 0): Promise<readonly LogRecordReceipt[]> {
    if (this.#closing !== undefined) throw closed(this.#directory)
    if (records.length === 0) return []
    const append: Append = { records: [...records], bytes: this.#measure(topic, records), receipts: [] }
    if (isTimed(topic)) await this.#lane(topic, partition).queue.add(append, append.bytes)
    else await this.#writer.append(this.#writer.topic(topic, checked(partition)), append)
    return append.receipts
  }

  read(topic: TopicName, offset: number, options: ReadOptions, partition = 0): ReadResult {
    return this.#reader(topic, partition).read(offset, options)
  }

  async *scan(topic: TopicName, offset: number, partition = 0): AsyncIterable<ReadResult> {
    const { nextOffset } = this.bounds(topic, partition)
    for (let at = offset; at < nextOffset; ) {
      const result = this.read(topic, at, { maxBytes: scanBytes }, partition)
      yield result
      at = result.nextOffset
    }
  }

  onAppended(topic: TopicName, listener: () => void): () => void {
    return this.#listeners.add(topic, listener)
  }

  bounds(topic: TopicName, partition = 0): TopicBounds {
    return this.#reader(topic, partition).bounds()
  }

  readCompacted(
    topic: TopicName,
    partition = 0,
    onDamaged: (damaged: DamagedRange) => void = () => undefined,
  ): Iterable<LogRecord> {
    if (isTimed(topic)) throw new TypeError(`topic "${topic}" is not compacted; read it by offset`)
    this.#ensureOpen()
    return this.#writer.topic(topic, checked(partition)).readCompacted(onDamaged)
  }

  cursor(name: string): number | undefined {
    this.#ensureOpen()
    return readCursor(this.#state, name)
  }

  async setCursor(name: string, offset: number): Promise<void> {
    if (this.#closing !== undefined) throw closed(this.#directory)
    await this.#writer.move({ name, offset })
  }

  async trim(policy: RetentionPolicy): Promise<readonly Trimmed[]> {
    if (this.#closing !== undefined) throw closed(this.#directory)
    const trimmed: Trimmed[] = []
    for (const { topic, queue } of this.#lanes.values()) trimmed.push(await queue.exclusive(() => topic.trim(policy)))
    await this.#writer.trim(policy.now)
    return trimmed
  }

  close(): Promise<void> {
    this.#closing ??= this.#drainAndClose()
    return this.#closing
  }

  async #drainAndClose(): Promise<void> {
    for (const { topic, queue } of this.#lanes.values()) {
      await queue.drain()
      await topic.close()
    }
    await this.#writer.close()
    this.#isClosed = true
    await this.#lock.release()
  }

  #reader(topic: TopicName, partition: number) {
    this.#ensureOpen()
    return isTimed(topic) ? this.#lane(topic, partition).topic : this.#writer.topic(topic, checked(partition))
  }

  #lane(name: TopicName, partition: number): TimeLane {
    const key = `${name}-${checked(partition)}`
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const topic = new TimeTopic(name, partition, join(this.#directory, key), this.#settings)
    const queue = new CommitQueue<Append>({
      commit: async (group) => {
        await topic.commit(group)
        this.#listeners.notify(name)
      },
      maxGroupBytes: mostGroupBytes,
      maxWaitingBytes: mostWaitingBytes,
      busy: () => busy(this.#directory),
    })
    const lane = { topic, queue }
    this.#lanes.set(key, lane)
    return lane
  }

  /** The size of an append; throws when a record is impossible or they are larger than the log takes. */
  #measure(topic: TopicName, records: readonly NewRecord[]): number {
    let total = 0
    for (const record of records) {
      if (record.appendAt !== undefined && !Number.isSafeInteger(record.appendAt)) {
        throw new RangeError(`append time ${record.appendAt} is not a whole number of milliseconds`)
      }
      if (record.key === undefined && !isTimed(topic)) {
        throw new TypeError(`a record for the compacted topic "${topic}" has no key`)
      }
      const bytes = recordBytes(record)
      if (bytes > this.#maxRecordBytes) throw tooLarge(`a record for topic "${topic}"`, bytes, this.#maxRecordBytes)
      total += bytes
    }
    if (total > mostGroupBytes) throw tooLarge(`one append to topic "${topic}"`, total, mostGroupBytes)
    return total
  }

  #ensureOpen(): void {
    if (this.#isClosed) throw closed(this.#directory)
  }
}

function storedPartitions(topic: TopicName, folders: readonly string[]): ReadonlySet<number> {
  const stored = folders
    .filter((folder) => folder.startsWith(`${topic}-`))
    .map((folder) => Number(folder.slice(topic.length + 1)))
  return new Set([0, ...stored.filter((partition) => Number.isInteger(partition) && partition >= 0)])
}

function isTimed(topic: TopicName): boolean {
  return topics[topic].keeps === 'time'
}

function checked(partition: number): number {
  if (Number.isInteger(partition) && partition >= 0 && partition <= 0xffff) return partition
  throw new RangeError(`partition ${partition} is not a whole number from 0 to 65535`)
}

function closed(directory: string): LogError {
  return new LogError('ERR_LOG_CLOSED', `the log in "${directory}" is closed`, false)
}

function tooLarge(what: string, bytes: number, limitBytes: number): LogError {
  return new LogError(
    'ERR_LOG_RECORD_TOO_LARGE',
    `${what} has ${bytes} bytes and may have ${limitBytes}; send less at a time or raise the limit`,
    false,
  )
}
