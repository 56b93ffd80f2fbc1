// One partition as this process sees it: how far it goes, what of it is at hand, and who wants to hear of more.

import type { Coordinate, LogRecord, NewRecord, ReadOptions, ReadResult, TopicBounds } from '../log.ts'
import { LogError } from '../log.ts'
import type { PartitionBounds, Produced, TopicPartition } from './connection.ts'
import type { Wanting } from './fetching.ts'
import type { NewestRecords } from './newest-records.ts'
import { News } from './news.ts'
import type { ReadAhead } from './read-ahead.ts'
import { appendedRecords, fetchedRecords, type Stretch } from './stretch.ts'
import { type FetchedPartition, offsetOutOfRange } from './wire/fetch.ts'
import { type ReadBatches, readBatches } from './wire/record-batches.ts'

export interface PartitionOptions {
  /** Name in Kafka. */
  readonly of: TopicPartition
  /** Topic name of the port, and incarnation. */
  readonly place: Omit<Coordinate, 'offset'>
  readonly firstOffset: number
  readonly nextOffset: number
  readonly held: ReadAhead | NewestRecords
  readonly maxInflatedBytes: number
  /** Something came, or the partition goes further than was known. */
  readonly onNews: () => void
  /** The offset wanted is not there: tells the bounds as the broker knows them. */
  readonly findBounds: () => Promise<PartitionBounds>
  /** The partition cannot be read on. */
  readonly onFailure: (cause: unknown) => void
}

export class Partition implements Wanting {
  readonly of: TopicPartition
  readonly place: Omit<Coordinate, 'offset'>
  readonly held: ReadAhead | NewestRecords
  private readonly options: PartitionOptions
  private firstOffset: number
  private nextOffset: number
  private seen = { records: 0, bytes: 0 }
  private finding: Promise<void> | undefined
  private readonly news = new News()
  private isClosed = false

  constructor(options: PartitionOptions) {
    this.options = options
    this.of = options.of
    this.place = options.place
    this.held = options.held
    this.firstOffset = options.firstOffset
    this.nextOffset = options.nextOffset
  }

  get wantedFrom(): number | undefined {
    if (this.finding !== undefined) return undefined
    return this.held.wantedFrom
  }

  /** Everything that was there when the log was opened is at hand. */
  get isCaughtUp(): boolean {
    return (this.held.wantedFrom ?? 0) >= this.options.nextOffset
  }

  /** Resolves once the record at the offset, and all before it, is at hand. */
  async reaches(offset: number): Promise<void> {
    while (!this.isClosed && (this.held.wantedFrom ?? Number.POSITIVE_INFINITY) <= offset) await this.news.next()
  }

  /** Nothing comes any more, and nobody waits for it. */
  close(): void {
    this.isClosed = true
    this.news.tell()
  }

  read(offset: number, options: ReadOptions): ReadResult {
    return this.held.read(offset, options)
  }

  /** `bytes`: by the records that passed here, for the broker keeps the files. */
  bounds(): TopicBounds {
    const { firstOffset, nextOffset, seen } = this
    const bytes = Math.round((seen.bytes / Math.max(1, seen.records)) * (nextOffset - firstOffset))
    return { incarnation: this.place.incarnation, firstOffset, nextOffset, bytes }
  }

  /** What was appended here need not be fetched, unless others have written in between. */
  keep(records: readonly NewRecord[], { baseOffset, appendedAt }: Produced): void {
    const { place } = this
    const kept = records.map(
      ({ key, value, headers = {} }, index): LogRecord => ({
        coordinate: { ...place, offset: baseOffset + index },
        key,
        value,
        headers: { ...headers },
        appendedAt,
      }),
    )
    this.note({
      fromOffset: baseOffset,
      nextOffset: baseOffset + kept.length,
      records: appendedRecords(kept),
      damaged: [],
    })
  }

  take(fetched: FetchedPartition, fromOffset: number): void {
    if (fetched.error === offsetOutOfRange) this.findAnew(fromOffset)
    else {
      this.firstOffset = Math.max(this.firstOffset, fetched.logStart)
      this.nextOffset = Math.max(this.nextOffset, fetched.highWatermark)
      const reading = this.readBatches(fetched, fromOffset)
      if (reading.isBeyondEnd) this.askForEnd(fetched, fromOffset)
      else if (reading.nextOffset > fromOffset) this.note(this.stretchOf(fromOffset, reading))
    }
  }

  private readBatches({ batches, aborted }: FetchedPartition, fromOffset: number): ReadBatches {
    const { maxInflatedBytes } = this.options
    return readBatches(batches, { fromOffset, endOffset: this.nextOffset, aborted, maxInflatedBytes })
  }

  private note(stretch: Stretch): void {
    this.seen.records += stretch.records.count
    this.seen.bytes += stretch.records.bytes
    this.nextOffset = Math.max(this.nextOffset, stretch.nextOffset)
    if (!this.held.add(stretch)) return
    this.news.tell()
    this.options.onNews()
  }

  private stretchOf(fromOffset: number, { batches, unreadable, nextOffset }: ReadBatches): Stretch {
    const { place } = this
    return {
      fromOffset,
      nextOffset,
      records: fetchedRecords(place, batches),
      damaged: unreadable.map((range) => ({ ...place, ...range })),
    }
  }

  /** Brokers note the high watermark before they read: what was appended in between is handed out and lies beyond it. */
  private askForEnd(fetched: FetchedPartition, fromOffset: number): void {
    this.askBounds(({ nextOffset }) => {
      this.nextOffset = Math.max(this.nextOffset, nextOffset)
      this.note(this.stretchOf(fromOffset, this.readBatches(fetched, fromOffset)))
    })
  }

  /** Retention went past the offset wanted, or the log ends before it: records that were there are not any more. */
  private findAnew(fromOffset: number): void {
    this.askBounds(({ firstOffset, nextOffset }) => {
      this.firstOffset = firstOffset
      if (fromOffset > nextOffset) throw cutBack(this.of, fromOffset, nextOffset)
      if (fromOffset < firstOffset) this.note(this.missing(fromOffset, firstOffset))
    })
  }

  /** Nothing is fetched until the bounds are known. */
  private askBounds(judge: (bounds: PartitionBounds) => void): void {
    this.finding ??= this.options
      .findBounds()
      .then((bounds) => {
        this.finding = undefined
        judge(bounds)
        this.options.onNews()
      })
      .catch((cause: unknown) => {
        this.finding = undefined
        this.options.onFailure(cause)
      })
  }

  private missing(fromOffset: number, firstOffset: number): Stretch {
    const detail = 'retention dropped them before they were read'
    const range = { ...this.place, fromOffset, toOffset: firstOffset - 1, reason: 'missing', detail } as const
    return { fromOffset, nextOffset: firstOffset, records: appendedRecords([]), damaged: [range] }
  }
}

function cutBack({ topic, partition }: TopicPartition, fromOffset: number, nextOffset: number): LogError {
  const message =
    `partition ${partition} of topic "${topic}" ends at offset ${nextOffset}, and ${fromOffset} was read from it before: ` +
    'records were lost, or the topic was made anew'
  return new LogError('ERR_LOG_IO', message, false)
}
