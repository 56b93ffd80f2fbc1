// What the records of one keyed partition bring: each stretch once, though whoever sent it may have sent it again.

import type { Come } from '../../../detectors/engine/shared-folding.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { LogRecord } from '../../log/log.ts'
import { type HandedFrame, type RowsFrame, readFrame, readRows, type Stretch } from './frame.ts'

/** Stretches are missing: the topic lost records, or did not keep them long enough. */
export class FramesMissing extends Error {
  readonly code = 'ERR_FRAMES_MISSING'
  readonly retryable = false
}

/** Batches that wait to be filled again. */
const mostPooled = 16

export class KeyedInput {
  private readonly through: Map<string, number>
  private readonly pool: EventBatch[] = []

  /** @param through offset up to which each partition has come, by its name */
  constructor(through: Readonly<Record<string, number>> = {}) {
    this.through = new Map(Object.entries(through))
  }

  /** Nothing where all of it has come before. @throws MalformedFrame, FramesMissing */
  take(record: LogRecord): readonly Come[] {
    const frame = readFrame(record)
    const { from, previous, to } = frame
    const known = this.through.get(from)
    if (known !== undefined && previous > known) throw missing(frame, known, record)
    if (known !== undefined && to <= known) return []
    this.through.set(from, to)
    return this.read(frame, known ?? previous)
  }

  /** As `take` gave it, of a record that was taken before the place that was noted. */
  again(record: LogRecord): readonly Come[] {
    const frame = readFrame(record)
    return this.read(frame, frame.previous)
  }

  state(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.through)
  }

  private read(frame: RowsFrame | HandedFrame, known: number): readonly Come[] {
    return frame.kind === 'rows' ? [this.rows(frame, known)] : handedBy(frame, known)
  }

  private rows(frame: RowsFrame, known: number): Come {
    const { from, through } = frame
    const rows = this.pool.pop() ?? new EventBatch(256)
    readRows(frame, rows)
    let firstRow = 0
    while (firstRow < rows.length && rows.columns.offset.value(firstRow) <= known) firstRow += 1
    const release = (): void => {
      rows.clear()
      if (this.pool.length < mostPooled) this.pool.push(rows)
    }
    return { hops: 0, from, through, newestAt: through, rows, firstRow, release }
  }
}

/** By hand-over: what took another is folded with what took as many. */
function handedBy({ from, levels, handed }: HandedFrame, known: number): readonly Come[] {
  return levels.map((level, at): Come => {
    const signals = handed
      .filter(({ hops, at: offset }) => hops === at + 1 && offset > known)
      .map(({ signal }) => signal)
    const through = level ?? Number.NEGATIVE_INFINITY
    const newestAt = signals.reduce((newest, { appendedAt }) => Math.max(newest, appendedAt), through)
    return { hops: at + 1, from, through, newestAt, handed: signals }
  })
}

function missing({ from, previous }: Stretch, known: number, { coordinate }: LogRecord): FramesMissing {
  return new FramesMissing(
    `keyed partition ${coordinate.partition}: of ${from} the offsets ${known + 1} to ${previous} have not come before offset ${coordinate.offset}`,
  )
}
