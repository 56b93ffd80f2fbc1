// The durable log on Kafka: the same port as on one machine, over topics of a cluster.

import { type TopicName, topics } from '../../../schemas/topics.ts'
import { AppendListeners } from '../append-listeners.ts'
import {
  type Coordinate,
  type DamagedRange,
  type Log,
  LogError,
  type LogRecord,
  type LogRecordReceipt,
  type NewRecord,
  type ReadOptions,
  type ReadResult,
  type TopicBounds,
} from '../log.ts'
import { Appender, type AppenderOptions } from './appender.ts'
import type { ClientConfig } from './client-config.ts'
import { KafkaConnection } from './connection.ts'
import { cursorKey, cursorOf, cursorRecord, isCursor } from './cursors.ts'
import { Fetching } from './fetching.ts'
import { openCluster } from './kafkajs-internals.ts'
import { NewestRecords } from './newest-records.ts'
import { Partition } from './partition.ts'
import { ReadAhead } from './read-ahead.ts'
import { Reading } from './reading.ts'
import { messageBytes } from './record-form.ts'
import { allShown, type Shown, type Shows } from './shown.ts'
import { allOf } from './stretch.ts'
import { type Patience, trying } from './trying.ts'

export interface KafkaLogOptions extends Patience, Pick<AppenderOptions, 'onStep'> {
  readonly client: ClientConfig
  /** Before the names of all topics. */
  readonly topicPrefix: string
  /** Largest record: value, key and headers. Unit: bytes. */
  readonly maxRecordBytes: number
  /** Largest batch that the topics take, all of one append. Unit: bytes. */
  readonly maxBatchBytes: number
  readonly maxInflatedBytes: number
  /** Fetched ahead of what was read, a partition. Unit: bytes. */
  readonly aheadBytes: number
  /** A broker does not answer as it should; the log goes on trying. */
  readonly onOutage: (cause: unknown) => void
  /** A partition cannot be read on. */
  readonly onFailure: (cause: unknown) => void
  /** What of the topics there is to be seen; all that one collector needs where it is left out. */
  readonly shows?: Shows
}

interface Held {
  readonly partition: Partition
  readonly appender: Appender
  readonly isRead: boolean
}

export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const log = new KafkaLog(options, new KafkaConnection(openCluster(options.client, options.wait)))
  try {
    await log.open()
    return log
  } catch (cause) {
    await log.close()
    if (cause instanceof LogError) throw cause
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new LogError('ERR_LOG_IO', `Kafka cannot be read: ${detail}`, true, { cause })
  }
}

class KafkaLog implements Log {
  private readonly options: KafkaLogOptions
  private readonly connection: KafkaConnection
  private readonly shows: Shows
  private readonly held = new Map<TopicName, readonly Held[]>()
  private readonly listeners = new AppendListeners()
  private fetching: Fetching | undefined
  private closing: Promise<void> | undefined
  /** While it is opened. */
  private opening: { look(): void; reject(cause: unknown): void } | undefined

  constructor(options: KafkaLogOptions, connection: KafkaConnection) {
    this.options = options
    this.connection = connection
    this.shows = options.shows ?? allShown
  }

  /** Resolves once compacted topics are at hand as a whole. */
  async open(): Promise<void> {
    const shown = Object.entries(this.shows) as readonly [TopicName, Shown][] // of a record by topic name
    const facts = await this.trying(() => this.connection.open([...new Set(shown.map(([name]) => this.nameOf(name)))]))
    for (const [name, seen] of shown) {
      const found = facts.find(({ topic }) => topic === this.nameOf(name))
      const places = Array.from({ length: found?.partitions ?? 0 }, (_, partition) => ({
        topic: name,
        partition,
        incarnation: found?.id ?? '',
      })).filter(({ partition }) => seen.partition === undefined || partition === seen.partition)
      this.held.set(name, await Promise.all(places.map((place) => this.openPartition(place, seen))))
    }
    const partitions = [...this.held.values()].flat().flatMap(({ partition, isRead }) => (isRead ? [partition] : []))
    const { wait, onOutage } = this.options
    this.fetching = new Fetching({ connection: this.connection, partitions, wait, onOutage })
    const compacted = partitions.filter(({ held }) => held instanceof NewestRecords)
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (compacted.every(({ isCaughtUp }) => isCaughtUp)) resolve()
      }
      this.opening = { look, reject }
      this.fetching?.nudge()
      look()
    })
    this.opening = undefined
  }

  async append(topic: TopicName, records: readonly NewRecord[], partition = 0): Promise<readonly LogRecordReceipt[]> {
    if (this.closing !== undefined) throw closed()
    if (records.length === 0) return []
    for (const record of records) this.check(topic, record)
    const { appender, partition: appended, isRead } = this.at(topic, partition)
    const { place } = appended
    const kept = await Promise.all(
      batchesOf(records, this.options.maxBatchBytes).map(async (batch) => {
        const { baseOffset, appendedAt } = await appender.append(batch)
        return batch.map((_, index) => ({ coordinate: { ...place, offset: baseOffset + index }, appendedAt }))
      }),
    )
    const receipts = kept.flat()
    // Another may have written in between: an owner that slept, or all who share the topic.
    if (isRead && appended.held instanceof NewestRecords)
      await appended.reaches(receipts.at(-1)?.coordinate.offset ?? -1)
    return receipts
  }

  read(topic: TopicName, offset: number, options: ReadOptions, partition = 0): ReadResult {
    if (this.closing !== undefined) throw closed()
    const result = this.at(topic, partition).partition.read(offset, options)
    this.fetching?.nudge()
    return topic === 'control' ? { ...result, records: result.records.filter((record) => !isCursor(record)) } : result
  }

  async *scan(topic: TopicName, offset: number, partition = 0): AsyncIterable<ReadResult> {
    if (this.closing !== undefined) throw closed()
    const { of, place } = this.at(topic, partition).partition
    const end = this.bounds(topic, partition).nextOffset
    const reading = new Reading(this.options)
    try {
      await reading.facts(of.topic)
      const apart = reading.add(of, place, offset)
      for (let at = offset; at < end; ) {
        const { records, damaged, nextOffset } = await apart.readOn(at)
        yield { records: allOf(records.from(at)), damaged, nextOffset }
        at = nextOffset
      }
    } finally {
      await reading.close()
    }
  }

  onAppended(topic: TopicName, listener: () => void): () => void {
    return this.listeners.add(topic, listener)
  }

  bounds(topic: TopicName, partition = 0): TopicBounds {
    return this.at(topic, partition).partition.bounds()
  }

  *readCompacted(topic: TopicName, partition = 0, onDamaged?: (damaged: DamagedRange) => void): Iterable<LogRecord> {
    const { held } = this.at(topic, partition).partition
    if (!(held instanceof NewestRecords))
      throw new RangeError(`topic "${topic}" is not held: it is not compacted, or shown from its end on`)
    for (const range of held.damaged) onDamaged?.(range)
    for (const record of held.standing()) if (!isCursor(record)) yield record
  }

  cursor(name: string): number | undefined {
    const { held } = this.at('control', 0).partition
    return held instanceof NewestRecords ? cursorOf(held.newest(cursorKey(name))) : undefined
  }

  async setCursor(name: string, offset: number): Promise<void> {
    await this.append('control', [cursorRecord(name, offset)])
  }

  /** What stays is the broker's to decide. */
  async trim(): Promise<readonly []> {
    return []
  }

  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    const held = [...this.held.values()].flat()
    await Promise.all(held.map(({ appender }) => appender.settled()))
    for (const { partition } of held) partition.close()
    await this.fetching?.close()
    await this.connection.close()
  }

  private async openPartition(
    place: Omit<Coordinate, 'offset'> & { readonly topic: TopicName },
    { isRead, isTail }: Pick<Shown, 'isRead' | 'isTail'>,
  ): Promise<Held> {
    const { connection, options } = this
    const { topic } = place
    const of = { topic: this.nameOf(topic), partition: place.partition }
    const findBounds = () => this.trying(() => connection.bounds(of))
    const bounds = await findBounds()
    const isHeld = topics[topic].keeps === 'compacted' && isTail !== true
    const partition = new Partition({
      of,
      place,
      ...bounds,
      held: isHeld
        ? new NewestRecords(bounds.firstOffset)
        : new ReadAhead(bounds.nextOffset, isRead ? options.aheadBytes : 0),
      maxInflatedBytes: options.maxInflatedBytes,
      onNews: () => this.tell(topic),
      findBounds,
      onFailure: (cause) => this.fail(cause),
    })
    const appender = new Appender({
      connection,
      of,
      maxBatchBytes: options.maxBatchBytes,
      patience: options,
      onStep: options.onStep,
      onKept: (records, produced) => partition.keep(records, produced),
    })
    return { partition, appender, isRead }
  }

  private trying<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return trying(attempt, this.options, (cause) => this.connection.recover(cause))
  }

  private fail(cause: unknown): void {
    if (this.opening === undefined) this.options.onFailure(cause)
    else this.opening.reject(cause)
  }

  private tell(topic: TopicName): void {
    this.opening?.look()
    this.fetching?.nudge()
    this.listeners.notify(topic)
  }

  private check(topic: TopicName, record: NewRecord): void {
    if (topics[topic].keeps === 'compacted' && record.key === undefined)
      throw new TypeError(`a record of the compacted topic "${topic}" has no key`)
    if (record.appendAt !== undefined) throw new TypeError('Kafka gives records their append time itself')
    const bytes = record.value?.byteLength ?? 0
    if (bytes <= this.options.maxRecordBytes) return
    const message = `a record of ${bytes} bytes is larger than ${this.options.maxRecordBytes}`
    throw new LogError('ERR_LOG_RECORD_TOO_LARGE', message, false)
  }

  private at(topic: TopicName, partition: number): Held {
    const found = this.held.get(topic)?.[partition]
    if (found === undefined) throw new RangeError(`topic "${topic}" has no partition ${partition}`)
    return found
  }

  private nameOf(topic: TopicName): string {
    return `${this.options.topicPrefix}${this.shows[topic]?.of ?? topic}`
  }
}

/** Records of one call, in order, as many together as a batch holds. */
function batchesOf(records: readonly NewRecord[], maxBytes: number): readonly (readonly NewRecord[])[] {
  const batches: NewRecord[][] = []
  let room = 0
  for (const record of records) {
    const bytes = messageBytes(record)
    if (bytes > room) {
      batches.push([])
      room = maxBytes
    }
    batches.at(-1)?.push(record)
    room -= bytes
  }
  return batches
}

function closed(): LogError {
  return new LogError('ERR_LOG_CLOSED', 'the log is closed', false)
}
