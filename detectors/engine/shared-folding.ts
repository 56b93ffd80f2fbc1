// Folds what comes to one share of the keys in order of append time, though some who send it may be behind others.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import type { Engine } from './engine.ts'
import { Levels, type LevelsState } from './levels.ts'
import type { HandedSignal } from './share.ts'

/** Rows of one source, or signals of one share that took as many hand-overs, and how far all such have come with it. */
export interface Come {
  /** Of rows 0. */
  readonly hops: number
  /** Name of the source, or number of the share. */
  readonly from: string
  /** Epoch ms: everything that `from` sends this way has come up to then, this included. */
  readonly through: number
  /** Newest append time in it, epoch ms; `through` where it holds nothing. */
  readonly newestAt: number
  readonly rows?: EventBatch
  /** Rows before it have come before. */
  readonly firstRow?: number
  /** The rows are not needed any more. */
  readonly release?: () => void
  readonly handed?: readonly HandedSignal[]
}

/** JSON-safe: what a share has to know to read on behind `offset`. */
export interface SharedPlace {
  readonly offset: number
  readonly arrived: LevelsState
  readonly folded: LevelsState
  /** Offset and hand-overs of what was read and waits to be folded, by offset. */
  readonly waiting: readonly (readonly [offset: number, hops: number])[]
}

export interface SharedFoldingOptions {
  readonly engine: Engine
  /** Of the engine's share. */
  readonly folded: Levels
  /** As those of `folded`. */
  readonly expected: readonly number[]
  readonly place: SharedPlace | undefined
}

/**
 * How far what is folded may be ahead of the slowest, ms of append time. It is taken from the lateness that detectors grant,
 * and nobody waits for whoever is behind by less.
 */
export const alignedMs = 5_000

interface Waiting extends Come {
  readonly offset: number
}

export class SharedFolding {
  private readonly engine: Engine
  private readonly folded: Levels
  private readonly arrived: Levels
  /** What waited when the place was taken. */
  private readonly awaited: SharedPlace['waiting']
  private waiting: Waiting[] = []
  private offset: number
  private index = 0

  constructor({ engine, folded, expected, place }: SharedFoldingOptions) {
    this.engine = engine
    this.folded = folded
    this.arrived = new Levels(expected, place?.arrived)
    this.awaited = place?.waiting ?? []
    this.offset = place?.offset ?? -1
  }

  /** Puts back what waited when the place was taken, of what came at an offset before it; before anything is folded. */
  putBack(offset: number, come: readonly Come[]): void {
    for (const each of come)
      if (this.awaited.some(([at, hops]) => at === offset && hops === each.hops)) this.waiting.push({ ...each, offset })
  }

  /** Takes what stands at an offset of the share's log, and folds all that may be folded by now. */
  fold(offset: number, come: readonly Come[], out: VerdictRecord[]): void {
    this.offset = offset
    this.index = 0
    for (const each of come) {
      this.arrived.heard(each.hops, each.from, each.through)
      this.waiting.push({ ...each, offset })
    }
    for (let ready = this.takeReady(); ready.length > 0; ready = this.takeReady())
      for (const each of ready) this.foldOne(each, out)
  }

  place(): SharedPlace {
    const waiting = this.waiting.map(({ offset, hops }) => [offset, hops] as const).sort(([a], [b]) => a - b)
    return { offset: this.offset, arrived: this.arrived.state(), folded: this.folded.state(), waiting }
  }

  /** In order of append time; of the same one's in the order in which they came. */
  private takeReady(): readonly Waiting[] {
    const isReady = ({ hops, newestAt }: Waiting): boolean => this.arrived.at(hops) >= newestAt - alignedMs
    const ready = this.waiting.filter(isReady)
    if (ready.length > 0) this.waiting = this.waiting.filter((each) => !isReady(each))
    return ready.sort((a, b) => a.newestAt - b.newestAt || a.offset - b.offset || a.hops - b.hops)
  }

  private foldOne(
    { hops, from, through, rows, firstRow = 0, handed = [], release }: Waiting,
    out: VerdictRecord[],
  ): void {
    this.folded.heard(hops, from, through)
    if (rows !== undefined && rows.length > firstRow) {
      const { offset, index } = rows.columns
      offset.fill(0, rows.length, this.offset)
      for (let row = firstRow; row < rows.length; row++) index.set(row, this.index++)
      this.engine.observe(rows, firstRow, rows.length, out)
    } else {
      this.engine.observeHanded(handed, { offset: this.offset, index: this.index }, out)
      this.index += handed.length + 1
    }
    release?.()
  }
}
