// Makes frames of what one ingest partition gives: for each share the events that are its own, and how far all has come.

import type { Routing } from '../../../detectors/engine/routing.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import { rowsFrame } from './frame.ts'
import type { Outgoing } from './outgoing.ts'

export interface FramingOptions {
  readonly routing: Routing
  readonly shares: number
  readonly outgoing: Pick<Outgoing, 'send'>
  /** `ingest/2`. */
  readonly from: string
  /** Offset before the first that is taken. */
  readonly previous: number
}

const none = new EventBatch(1)

interface Taken {
  readonly batch: EventBatch
  readonly from: number
  to: number
}

export class Framing {
  private readonly options: FramingOptions
  private previous: number
  private reached: number
  private through = Number.NEGATIVE_INFINITY
  private taken: Taken | undefined

  constructor(options: FramingOptions) {
    this.options = options
    this.previous = options.previous
    this.reached = options.previous
  }

  /** Rows `[from, to)` are those of the record at the offset, or none; until the next `flush` the batch stays as it is. */
  take(batch: EventBatch, from: number, to: number, offset: number, appendedAt: number): void {
    if (this.taken !== undefined && (this.taken.batch !== batch || this.taken.to !== from)) this.flush()
    if (to > from) {
      if (this.taken === undefined) this.taken = { batch, from, to }
      else this.taken.to = to
    }
    this.reached = offset
    this.through = Math.max(this.through, appendedAt)
  }

  /** Sends a frame to every share: one without events says how far all has come. */
  flush(): void {
    const { routing, shares, outgoing, from } = this.options
    if (this.reached === this.previous) return
    const { taken, through } = this
    const routed = taken === undefined ? undefined : routing.route(taken.batch, taken.from, taken.to)
    const stretch = { from, previous: this.previous, to: this.reached }
    for (let share = 0; share < shares; share++) {
      const rows = routed?.get(share) ?? []
      outgoing.send('keyed', share, rowsFrame(stretch, through, taken?.batch ?? none, rows))
    }
    this.previous = this.reached
    this.taken = undefined
  }
}
