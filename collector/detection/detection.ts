// Runs the engine over decoded rows, and keeps snapshots of what it holds.

import type { Engine } from '../../detectors/engine/engine.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import type { DetectionLog } from './detection-log.ts'
import { type Restored, restoreEngine } from './restore.ts'
import { SnapshotCycle, type SnapshotCycleOptions } from './snapshot-cycle.ts'
import { type Manifest, smallest } from './snapshot-keys.ts'

export interface DetectionOptions {
  readonly engine: Engine
  readonly log: DetectionLog
  /** Every changed group is written again this often, in ms. */
  readonly snapshotEveryMs: number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly verdictsDurable: () => Promise<void>
  readonly onSnapshot: (manifest: Manifest) => void
  /** The log refused a snapshot: it is tried again with the next cycle. */
  readonly onSnapshotFailure: (error: unknown) => void
  readonly onStep?: SnapshotCycleOptions['onStep']
  readonly place?: SnapshotCycleOptions['place']
}

/** Longest time one turn spends on snapshots, in ms. */
const turnMs = 4

export class Detection {
  private readonly options: DetectionOptions
  private readonly incarnation: string
  private manifest: Manifest | undefined
  private needed = 0
  private cycle: SnapshotCycle | undefined
  private finishing: Promise<void> | undefined
  private cycledAt: number

  constructor(options: DetectionOptions) {
    this.options = options
    this.incarnation = options.log.bounds('ingest').incarnation
    this.cycledAt = options.clock()
  }

  /** Before the first row. Returns the ingest offset to read on from, and what had to be given up. */
  restore(): Pick<Restored, 'resumeOffset' | 'rebuilt'> & Pick<Manifest, 'place'> {
    const { engine, log } = this.options
    const { manifest, resumeOffset, rebuilt } = restoreEngine(engine, log, this.incarnation)
    this.hold(manifest)
    return { resumeOffset, rebuilt, place: manifest?.place }
  }

  /** Lowest ingest offset that a restart would read again; the log keeps records from there on. */
  get neededFrom(): number {
    return this.needed
  }

  observe(batch: EventBatch, from: number, to: number): VerdictRecord[] {
    const verdicts: VerdictRecord[] = []
    this.options.engine.observe(batch, from, to, verdicts)
    return verdicts
  }

  tick(appendedAt: number): void {
    this.options.engine.tick(appendedAt)
  }

  /** Gives snapshots a few milliseconds; called between chunks. */
  turn(): void {
    if (this.finishing !== undefined) return
    const { clock, snapshotEveryMs } = this.options
    const startedAt = clock()
    if (this.cycle === undefined) {
      if (startedAt - this.cycledAt < snapshotEveryMs) return
      this.cycle = new SnapshotCycle({ ...this.options, incarnation: this.incarnation }, this.manifest)
    }
    while (this.cycle.step()) if (clock() - startedAt >= turnMs) return
    this.finish(this.cycle)
  }

  /** Writes a last snapshot, so that the next start has nothing to fold again. */
  async close(): Promise<void> {
    await this.finishing
    const cycle = this.cycle ?? new SnapshotCycle({ ...this.options, incarnation: this.incarnation }, this.manifest)
    while (cycle.step());
    this.finish(cycle)
    await this.finishing
  }

  private hold(manifest: Manifest | undefined): void {
    this.manifest = manifest
    const positions = (manifest?.stages ?? []).flatMap(({ groups }) => groups.map(({ position }) => position))
    this.needed = positions.length === 0 ? 0 : Math.max(0, positions.reduce(smallest).offset)
  }

  private finish(cycle: SnapshotCycle): void {
    this.cycle = undefined
    this.finishing = cycle
      .finish()
      .then(
        (manifest) => {
          this.hold(manifest)
          this.options.onSnapshot(manifest)
        },
        (cause: unknown) => {
          for (const { stage, group } of this.options.engine.groups()) this.options.engine.markDirty(stage, group)
          this.options.onSnapshotFailure(cause)
        },
      )
      .finally(() => {
        this.cycledAt = this.options.clock()
        this.finishing = undefined
      })
  }
}
