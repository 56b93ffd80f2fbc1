// Goes through the key groups as append time goes by: forgets what is spent, and puts to rest what nobody touches.

import type { FoldPosition } from '../../schemas/findings.ts'
import type { Folding } from './folding.ts'
import type { KeyState } from './key-state.ts'
import type { Realms } from './realms.ts'
import { beforeEverything, comparePositions, type RunningStage } from './running-stage.ts'
import { keyGroups } from './stable-hash.ts'

/** Groups for each second of append time that went by: all of them within about a quarter of a minute. */
const defaultSweptPerSecond = 16

/** A state of more entries stays awake: few are, and it would be dear to wake. */
const heaviestAtRest = 16

export interface SweepingOptions {
  readonly stages: readonly RunningStage[]
  readonly realms: Realms
  readonly folding: Pick<Folding, 'wakes'>
  readonly sweptPerSecond: number | undefined
}

export class Sweeping {
  private readonly options: SweepingOptions
  private readonly sweptPerSecond: number
  private sweptAt = Number.NEGATIVE_INFINITY
  private next = 0
  /** By group: the newest row at its last sweep. */
  private readonly swept: FoldPosition[] = Array.from({ length: keyGroups }, () => beforeEverything)

  constructor(options: SweepingOptions) {
    this.options = options
    this.sweptPerSecond = options.sweptPerSecond ?? defaultSweptPerSecond
  }

  /**
   * `appendedThrough`, `observedThrough`: how far the log has been read; `throughOf`: append time up to which everything
   * has come to a stage. Between calls of `Folding.judge`: nothing is due.
   */
  sweep(
    appendedThrough: number,
    observedThrough: FoldPosition,
    throughOf: (running: RunningStage) => number = () => appendedThrough,
  ): void {
    const gone = Math.floor((appendedThrough - this.sweptAt) / 1_000) || 0
    if (gone < 1) return
    // Whole seconds: what is left over counts towards the next ones, however often this is called.
    this.sweptAt = Number.isFinite(this.sweptAt) ? this.sweptAt + gone * 1_000 : appendedThrough
    for (let left = Math.min(keyGroups, gone * this.sweptPerSecond); left > 0; left--) {
      this.sweepGroup(this.next, throughOf)
      this.swept[this.next] = observedThrough
      this.next = (this.next + 1) % keyGroups
    }
  }

  private sweepGroup(group: number, throughOf: (running: RunningStage) => number): void {
    const { stages, realms, folding } = this.options
    const swept = this.swept[group] ?? beforeEverything
    for (const [stage, running] of stages.entries()) {
      const wakes = folding.wakes[stage]
      const sweep = {
        watermarkAt: running.watermark(group, throughOf(running)),
        spentAfter: running.stage.spentAfter,
        // Wakes know a key by its object.
        mayRest: (entry: KeyState) =>
          entry.weight <= heaviestAtRest && wasIdle(entry, swept) && (wakes?.askedAt(entry) ?? null) === null,
      }
      for (const { stages: keys } of realms.all())
        if (keys[stage]?.sweep(group, sweep) === true) running.dirty[group] = 1
    }
  }
}

function wasIdle({ touchedOffset, touchedIndex }: KeyState, since: FoldPosition): boolean {
  return comparePositions({ offset: touchedOffset, index: touchedIndex }, since) <= 0
}
