// Stores sealed batches one after the other, for ever if need be, and proves by coordinates what is already there.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { endEarlierInserts, insertIdPrefix } from './earlier-inserts.ts'
import { insertEvents } from './insert-events.ts'
import { insertEach } from './insert-rows.ts'
import { quarantineRow } from './quarantine-row.ts'
import type { Shards } from './shards.ts'
import { StoreError } from './store-error.ts'
import { highestStored, type LogRange, storedCoordinates } from './stored-coordinates.ts'

/** Rows of one gapless stretch of the log. */
export interface SealedBatch {
  readonly events: EventBatch
  readonly quarantine: readonly QuarantineRow[]
  readonly range: LogRange
}

export interface EventWriterOptions {
  readonly shards: Shards
  /** Resolves once the schema is there. */
  readonly ready: () => Promise<unknown>
  /** Batches waiting or under way before `submit` makes its caller wait. */
  readonly maxBatches: number
  /** First and longest wait between tries, ms. */
  readonly retryMs: { readonly first: number; readonly longest: number }
  readonly now: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onStored: (batch: SealedBatch, tookMs: number) => void
  readonly onOutage: (error: StoreError | undefined) => void
  /** A failure that no retry mends. */
  readonly onFailure: (error: unknown) => void
  readonly onStep?: (step: 'writer:before-insert' | 'writer:after-insert') => void
}

export class EventWriter {
  private readonly options: EventWriterOptions
  private readonly queue: SealedBatch[] = []
  private readonly stopping = new AbortController()
  /** Batches that begin above it hold nothing that is stored; undefined after a start or an unclear outcome. */
  private storedThrough: number | undefined
  private inserts = 0
  private running: Promise<void> | undefined
  private room: (() => void)[] = []

  constructor(options: EventWriterOptions) {
    this.options = options
  }

  get depth(): number {
    return this.queue.length
  }

  /** Hands a batch over; resolves when there is room for another. The batch belongs to the writer until `onStored`. */
  async submit(batch: SealedBatch): Promise<void> {
    this.queue.push(batch)
    this.running ??= this.run()
    while (this.queue.length >= this.options.maxBatches && !this.stopping.signal.aborted) {
      await new Promise<void>((resolve) => this.room.push(resolve))
    }
  }

  /** Resolves when everything submitted is stored, or when `close` gave up. */
  async drained(): Promise<void> {
    while (this.running !== undefined) await this.running
  }

  /** Gives up what is not stored; it is read from the log again. */
  async close(): Promise<void> {
    this.stopping.abort()
    this.wake()
    await this.running
  }

  private async run(): Promise<void> {
    try {
      for (let batch = this.queue[0]; batch !== undefined && !this.stopping.signal.aborted; batch = this.queue[0]) {
        const startedAt = this.options.now()
        if (!(await this.store(batch))) break
        this.queue.shift()
        this.options.onStored(batch, this.options.now() - startedAt)
        this.wake()
      }
    } catch (cause) {
      this.options.onFailure(cause)
    } finally {
      this.running = undefined
      this.wake()
    }
  }

  private wake(): void {
    const waiting = this.room
    this.room = []
    for (const resume of waiting) resume()
  }

  /** Tries until it is stored; false when closed before that. */
  private async store(batch: SealedBatch): Promise<boolean> {
    let waitMs = this.options.retryMs.first
    let failed = false
    while (!this.stopping.signal.aborted) {
      try {
        await this.attempt(batch)
        if (failed) this.options.onOutage(undefined)
        return true
      } catch (cause) {
        if (!(cause instanceof StoreError) || !cause.retryable) throw cause
        failed = true
        this.storedThrough = undefined
        this.options.onOutage(cause)
        await this.options.wait(waitMs, this.stopping.signal)
        waitMs = Math.min(waitMs * 2, this.options.retryMs.longest)
      }
    }
    return false
  }

  private async attempt(batch: SealedBatch): Promise<void> {
    const { ready } = this.options
    await ready()
    this.options.onStep?.('writer:before-insert')
    this.storedThrough ??= await this.findStored(batch.range)
    if (batch.range.fromOffset <= this.storedThrough) await this.insertMissing(batch)
    else await this.insert(batch, undefined, batch.quarantine)
    this.options.onStep?.('writer:after-insert')
  }

  private async findStored(range: LogRange): Promise<number> {
    const { shards } = this.options
    await endEarlierInserts(shards, range)
    return highestStored(shards, range, range.fromOffset)
  }

  private async insertMissing(batch: SealedBatch): Promise<void> {
    const { shards } = this.options
    const events = await storedCoordinates(shards, 'event_rows', batch.range)
    const quarantined = await storedCoordinates(shards, 'quarantine', batch.range)
    const missing = batch.quarantine.filter((row) => !quarantined.has(`${row.offset}:${row.index}`))
    await this.insert(batch, events.size === 0 ? undefined : missingRows(batch.events, events), missing)
  }

  private async insert(
    { events, range }: SealedBatch,
    rows: Uint32Array | undefined,
    quarantine: readonly QuarantineRow[],
  ): Promise<void> {
    const { shards } = this.options
    const client = shards.of(range.partition)
    const { cluster } = shards
    const queryId = `${insertIdPrefix(range)}${range.fromOffset}-${this.inserts++}`
    await insertEvents(client, events, { queryId, cluster, rows })
    await insertEach(client, 'quarantine', quarantine, quarantineRow, { queryId, cluster })
  }
}

function missingRows(events: EventBatch, stored: ReadonlySet<string>): Uint32Array {
  const rows: number[] = []
  const { offset, index } = events.columns
  for (let row = 0; row < events.length; row++) {
    if (!stored.has(`${offset.value(row)}:${index.value(row)}`)) rows.push(row)
  }
  return Uint32Array.from(rows)
}
