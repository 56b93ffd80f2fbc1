// Reads the log in order: decode, judge, store, commit. The one loop that every record passes, live and on replay.

import { decisionReceiver } from '../../../schemas/decision.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { JudgedRecord, VerdictRecord } from '../../../schemas/findings.ts'
import type { QuarantineRow } from '../../../schemas/quarantine.ts'
import type { DamagedRange, Log, LogRecord, ReadResult } from '../../log/log.ts'
import type { SealedBatch } from '../../store/event-writer.ts'
import { withClosings } from './closings.ts'
import { damagedRows } from './damaged-rows.ts'
import type { LossNoting } from './loss-noting.ts'

export interface PipelineParts {
  readonly log: Pick<Log, 'read' | 'onAppended' | 'bounds'>
  readonly decode: (record: LogRecord, batch: EventBatch, quarantine: QuarantineRow[]) => void
  readonly detection: {
    observe(batch: EventBatch, from: number, to: number): VerdictRecord[]
    tick(appendedAt: number): void
    turn(): void
  }
  /** Takes verdicts in order; they are durable some time later. Resolves when there is room for more. */
  readonly tell: (verdicts: readonly JudgedRecord[]) => Promise<void>
  readonly submit: (batch: SealedBatch) => Promise<void>
  readonly losses: LossNoting
  readonly onDecoded: (facts: DecodedFacts) => void
  /** Monotonic milliseconds. */
  readonly clock: () => number
  /** Epoch ms. */
  readonly now: () => number
  readonly tenant: string
}

export interface DecodedFacts {
  readonly events: number
  readonly quarantine: readonly QuarantineRow[]
  readonly decodeMs: number
  readonly detectMs: number
  /** Append time of the record. */
  readonly appendedAt: number
}

export interface PipelineLimits {
  readonly batchRows: number
  readonly batchMs: number
}

const readBytes = 1024 * 1024
/** Longest time between two looks at the rest of the thread, ms. */
const turnMs = 10
const longestRestMs = 250
/** Room that a batch begins with: one of many partitions may never need more. */
const firstRows = 4_096
/** Rows worth an insert of their own wait for more only while there are more, as parts of what a batch may hold and wait. */
const worthwhile = { ofRows: 1 / 64, ofMs: 1 / 8 }

export class Pipeline {
  private readonly parts: PipelineParts
  private readonly limits: PipelineLimits
  private readonly pool: EventBatch[] = []
  private readonly scratch = new EventBatch(1024)
  private next: number
  /** Offsets below are stored already: judged again, not stored again. */
  private readonly storedBelow: number
  private readonly partition: number
  private open: EventBatch
  private quarantine: QuarantineRow[] = []
  /** Put aside since the last batch. */
  private readonly lost: DamagedRange[] = []
  private openFrom: number
  private openedAt = 0
  /** When the newest of the open rows came, monotonic ms. */
  private filledAt = 0
  /** Read and not yet judged, by offset. */
  private found: (LogRecord | DamagedRange)[] = []
  /** Of the newest record judged, or of the first one read. */
  private appendedAt: number | undefined
  private stopped = false
  private wakeUp: (() => void) | undefined
  /** Records came since the last look: there is no rest then. */
  private called = false

  constructor(
    parts: PipelineParts,
    limits: PipelineLimits,
    start: { readonly readFrom: number; readonly storedBelow: number; readonly partition?: number },
  ) {
    this.parts = parts
    this.limits = limits
    this.next = start.readFrom
    this.storedBelow = start.storedBelow
    this.partition = start.partition ?? 0
    this.openFrom = Math.max(start.readFrom, start.storedBelow)
    this.open = this.newBatch()
  }

  /** Next offset to read: everything below has been judged. */
  get position(): number {
    return this.next
  }

  /** Runs until `stop`; rejects with a bug, or with what a part could not mend. */
  async run(): Promise<void> {
    const stopListening = this.parts.log.onAppended('ingest', () => this.wake())
    try {
      while (!this.stopped) {
        const busy = await this.turn()
        if (!busy && !this.stopped) await this.rest()
      }
      await this.seal()
    } finally {
      stopListening()
    }
  }

  /** Stops after the chunk under way; `run` resolves once what was judged has been handed to the store. */
  stop(): void {
    this.stopped = true
    this.parts.losses.stop()
    this.wake()
  }

  /** A batch whose rows are stored comes back to be filled again. */
  recycle(batch: EventBatch): void {
    batch.clear()
    if (this.pool.length < 2) this.pool.push(batch)
  }

  /** Judges for a few milliseconds, and reads when all that was read is judged. False when there was nothing to read. */
  private async turn(): Promise<boolean> {
    const { clock, detection } = this.parts
    const startedAt = clock()
    if (this.found.length === 0) this.read()
    const isBusy = this.found.length > 0
    // One at least: on a slow machine the reading alone may have taken the turn.
    for (let isFirst = true; this.found.length > 0 && (isFirst || clock() < startedAt + turnMs); isFirst = false) {
      const found = this.found.shift()
      if (found === undefined) break
      if ('fromOffset' in found) this.putAside(found)
      else await this.judge(found)
      if (this.open.length + this.quarantine.length >= this.limits.batchRows) await this.seal()
      if (this.stopped) return true
    }
    detection.turn()
    if (this.dueIn() <= 0) await this.seal()
    await new Promise<void>((resolve) => setImmediate(resolve))
    return isBusy
  }

  private read(): void {
    this.called = false
    const result = this.parts.log.read('ingest', this.next, { maxBytes: readBytes })
    this.found = inOrder(result)
    if (this.found.length === 0) this.next = result.nextOffset
    this.appendedAt ??= result.records[0]?.appendedAt
  }

  private async judge(record: LogRecord): Promise<void> {
    const { decode, detection, tell, clock, onDecoded } = this.parts
    const known = record.coordinate.offset < this.storedBelow
    const batch = known ? this.scratch : this.open
    const quarantine: QuarantineRow[] = known ? [] : this.quarantine
    const quarantinedBefore = quarantine.length
    const from = batch.length
    if (!known && from === 0 && quarantinedBefore === 0) this.openedAt = clock()
    const decodeFrom = clock()
    decode(record, batch, quarantine)
    const detectFrom = clock()
    const verdicts = detection.observe(batch, from, batch.length)
    const isDecided = record.headers.receiver === decisionReceiver
    const judged = isDecided ? withClosings(verdicts, batch, from, batch.length) : verdicts
    detection.tick(record.appendedAt)
    const judgedAt = clock()
    if (!known) this.filledAt = judgedAt
    const facts = {
      events: batch.length - from,
      decodeMs: detectFrom - decodeFrom,
      detectMs: judgedAt - detectFrom,
      appendedAt: record.appendedAt,
    }
    onDecoded({ ...facts, quarantine: quarantine.slice(quarantinedBefore) })
    if (known) batch.clear()
    this.next = record.coordinate.offset + 1
    this.appendedAt = record.appendedAt
    if (judged.length > 0) await tell(judged)
  }

  private putAside(range: DamagedRange): void {
    const { clock, now, tenant } = this.parts
    this.next = range.toOffset + 1
    const fromOffset = Math.max(range.fromOffset, this.storedBelow)
    if (range.toOffset < fromOffset) return
    this.filledAt = clock()
    if (this.open.length === 0 && this.quarantine.length === 0) this.openedAt = this.filledAt
    const appendedAt = this.appendedAt ?? now()
    this.quarantine.push(...damagedRows({ ...range, fromOffset }, tenant, appendedAt))
    this.lost.push({ ...range, fromOffset })
  }

  /** Milliseconds until the open rows have waited long enough; none are open: never. */
  private dueIn(): number {
    const rows = this.open.length + this.quarantine.length
    if (rows === 0) return Number.POSITIVE_INFINITY
    const { batchRows, batchMs } = this.limits
    const quietUntil =
      rows < batchRows * worthwhile.ofRows ? Number.POSITIVE_INFINITY : this.filledAt + batchMs * worthwhile.ofMs
    return Math.min(this.openedAt + batchMs, quietUntil) - this.parts.clock()
  }

  /** Hands the open rows to the store, and waits while it is too far behind. */
  private async seal(): Promise<void> {
    if (this.open.length === 0 && this.quarantine.length === 0) return
    const { log, submit, losses } = this.parts
    if (this.lost.length > 0) await losses.note(this.lost.splice(0))
    const events = this.open
    const range = {
      topic: 'ingest',
      incarnation: log.bounds('ingest').incarnation,
      partition: this.partition,
      fromOffset: this.openFrom,
      toOffset: this.next - 1,
    }
    const batch: SealedBatch = { events, quarantine: this.quarantine, range }
    this.open = this.pool.pop() ?? this.newBatch()
    this.quarantine = []
    this.openFrom = this.next
    await submit(batch)
  }

  private newBatch(): EventBatch {
    return new EventBatch(Math.min(this.limits.batchRows, firstRows))
  }

  /** Waits for records, or until the open rows are due. */
  private async rest(): Promise<void> {
    if (this.called) return
    const restMs = Math.min(Math.max(1, this.dueIn()), longestRestMs)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs)
      this.wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wakeUp = undefined
  }

  private wake(): void {
    this.called = true
    this.wakeUp?.()
  }
}

/** Records and damage by offset: what a stretch of the log gives must lie within it. */
function inOrder({ records, damaged }: ReadResult): (LogRecord | DamagedRange)[] {
  return [...records, ...damaged].sort((a, b) => offsetOf(a) - offsetOf(b))
}

function offsetOf(found: LogRecord | DamagedRange): number {
  return 'fromOffset' in found ? found.fromOffset : found.coordinate.offset
}
