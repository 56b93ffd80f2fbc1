// Takes a snapshot of every changed key group, a few milliseconds at a time, and writes the manifest last.

import type { Engine } from '../../detectors/engine/engine.ts'
import type { NewRecord } from '../log/log.ts'
import type { DetectionLog } from './detection-log.ts'
import { encodeParts, type GroupEntry, type Manifest, manifestKey, otherGeneration, partKey } from './snapshot-keys.ts'

export interface SnapshotCycleOptions {
  readonly engine: Engine
  readonly log: DetectionLog
  readonly incarnation: string
  /** Resolves once every verdict given so far is durable: a manifest may not claim what only memory knows. */
  readonly verdictsDurable: () => Promise<void>
  /** Kept with the manifest: what else there is to know to read on. */
  readonly place?: (() => Manifest['place']) | undefined
  readonly onStep?:
    | ((step: 'snapshot:before-chunk' | 'snapshot:before-manifest' | 'snapshot:after-manifest') => void)
    | undefined
}

/** One pass over all groups. `step` until it says that all were visited, then `finish`. */
export class SnapshotCycle {
  private readonly options: SnapshotCycleOptions
  private readonly groups: Iterator<{ readonly stage: number; readonly group: number; readonly dirty: boolean }>
  private readonly previous: ReadonlyMap<string, GroupEntry>
  private readonly entries = new Map<number, GroupEntry[]>()
  private readonly writes: Promise<unknown>[] = []
  private readonly place: Manifest['place']

  constructor(options: SnapshotCycleOptions, previous: Manifest | undefined) {
    this.options = options
    this.place = options.place?.()
    this.groups = options.engine.groups()[Symbol.iterator]()
    this.previous = new Map(
      (previous?.stages ?? []).flatMap(({ stage, groups }) =>
        groups.map((entry) => [`${stage}/${entry.group}`, entry] as const),
      ),
    )
  }

  /** Visits groups up to and including the next changed one. False when none is left. */
  step(): boolean {
    for (let next = this.groups.next(); !next.done; next = this.groups.next()) {
      const { stage, group, dirty } = next.value
      this.visit(stage, group, dirty)
      if (dirty) return true
    }
    return false
  }

  /** Durable when it resolves; the manifest it wrote. */
  async finish(): Promise<Manifest> {
    const { engine, log, incarnation, verdictsDurable, onStep } = this.options
    await Promise.all([...this.writes, verdictsDurable()])
    const stages = engine.stageNames.map((stage, index) => ({
      stage,
      stateVersion: engine.stateVersionOf(index),
      groups: this.entries.get(index) ?? [],
    }))
    const { place } = this
    const manifest: Manifest = { format: 1, incarnation, ...(place === undefined ? {} : { place }), stages }
    onStep?.('snapshot:before-manifest')
    await log.append('snapshots', [{ key: manifestKey, value: Buffer.from(JSON.stringify(manifest), 'utf8') }])
    onStep?.('snapshot:after-manifest')
    return manifest
  }

  private visit(stage: number, group: number, dirty: boolean): void {
    const { engine } = this.options
    const name = engine.stageNames[stage] ?? ''
    const before = this.previous.get(`${name}/${group}`)
    const position = engine.positionAt(stage, group)
    const entries = this.entries.get(stage) ?? []
    if (entries.length === 0) this.entries.set(stage, entries)
    entries.push(dirty ? this.write(stage, group, name, before) : { ...before, group, position })
  }

  private write(stage: number, group: number, name: string, before: GroupEntry | undefined): GroupEntry {
    const { engine, log, onStep } = this.options
    const snapshot = engine.takeSnapshot(stage, group)
    const { position } = snapshot
    if (snapshot.keys === 0) return { group, position }
    const generation = otherGeneration(before?.chunk?.generation)
    const parts = encodeParts(snapshot)
    onStep?.('snapshot:before-chunk')
    const records: NewRecord[] = parts.map((value, part) => ({ key: partKey(name, group, generation, part), value }))
    const write = log.append('snapshots', records)
    // `finish` hears of it, turns later: until then a refusal is nobody's unhandled rejection.
    write.catch(() => undefined)
    this.writes.push(write)
    const { digest, appendedThrough, keys } = snapshot
    return {
      group,
      position,
      chunk: { generation, parts: parts.length, digest, taken: position, appendedThrough, keys },
    }
  }
}
