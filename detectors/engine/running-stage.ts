// One stage at work: what the engine keeps beside its states for each of the 256 key groups.

import type { FoldPosition } from '../../schemas/findings.ts'
import { canonicalJson } from './canonical-json.ts'
import type { OpenDetector, OpenStage } from './entry.ts'
import { keyGroups } from './stable-hash.ts'

export const beforeEverything: FoldPosition = { offset: -1, index: -1 }

/** Positive when `a` stands after `b`. */
export function comparePositions(a: FoldPosition, b: FoldPosition): number {
  return a.offset - b.offset || a.index - b.index
}

interface SettingsDigests {
  readonly whole: string
  /** Without look-ups. */
  readonly alone: string
}

/** Raise it when what a snapshot's body means changes. */
const layout = 3

export class RunningStage {
  /** `refund-burst/by-beneficiary`. */
  readonly name: string
  readonly detector: OpenDetector
  readonly stage: OpenStage
  readonly latenessMs: number
  readonly settingsDigest: string
  /** Says which states can be read back: the same detector version, settings and lateness. */
  readonly stateVersion: string
  /** Stages that read its signals, by index in the engine. */
  readonly readers: number[] = []
  /** Its keys are not spread over shares. */
  isAtHome = false
  /** Over how many hand-overs between shares its signals come at most. */
  hops = 0
  /** 1: changed since its last snapshot. */
  readonly dirty = new Uint8Array(keyGroups)
  private readonly offsets = new Float64Array(keyGroups).fill(-1)
  private readonly indexes = new Float64Array(keyGroups).fill(-1)
  private readonly appended = new Float64Array(keyGroups).fill(Number.NEGATIVE_INFINITY)

  constructor(detector: OpenDetector, stage: OpenStage, latenessMs: number, digests: SettingsDigests) {
    this.name = `${detector.id}/${stage.id}`
    this.detector = detector
    this.stage = stage
    this.latenessMs = latenessMs
    this.settingsDigest = digests.alone
    this.stateVersion = `${detector.id}@${detector.version}:${digests.whole}:${latenessMs}:${layout}`
  }

  /** Position up to which a restored group has folded everything. */
  foldedThrough(group: number): FoldPosition {
    return { offset: this.offsets[group] as number, index: this.indexes[group] as number } // group < 256
  }

  hasFolded(group: number, { offset, index }: FoldPosition): boolean {
    const through = this.offsets[group] as number // group < 256
    return offset < through || (offset === through && index <= (this.indexes[group] as number)) // group < 256
  }

  setFolded(group: number, position: FoldPosition, appendedThrough: number): void {
    this.offsets[group] = position.offset
    this.indexes[group] = position.index
    this.appended[group] = appendedThrough
    this.dirty[group] = 0
  }

  /** Newest append time the group has seen, here or before it was restored. */
  appendedThrough(group: number, appendedThrough: number): number {
    const restored = this.appended[group] as number // group < 256
    return Math.max(restored, appendedThrough)
  }

  watermark(group: number, appendedThrough: number): number {
    return this.appendedThrough(group, appendedThrough) - this.latenessMs
  }
}

export interface RunningStagesOptions {
  readonly detectors: readonly OpenDetector[]
  readonly digest: (text: string) => string
  /** By detector id. */
  readonly latenessMs?: Readonly<Record<string, number>>
}

const defaultLatenessMs = 30_000

/** All stages of all detectors, readers of signals after those they read from. */
export function runningStages({ detectors, digest, latenessMs = {} }: RunningStagesOptions): readonly RunningStage[] {
  const stages = detectors.flatMap((detector) => {
    const short = (settings: unknown): string => digest(canonicalJson(settings)).slice(0, 16)
    const digests = { whole: short(detector.settings), alone: short(detector.settingsAlone) }
    const lateness = latenessMs[detector.id] ?? defaultLatenessMs
    return detector.stages.map((stage) => new RunningStage(detector, stage, lateness, digests))
  })
  stages.sort((a, b) => a.stage.depth - b.stage.depth) // stable: catalogue order within a depth
  for (const [index, { detector, stage }] of stages.entries())
    for (const from of stage.from)
      stages.find((each) => each.detector === detector && each.stage.id === from)?.readers.push(index)
  settleHomes(stages)
  return stages
}

/** An event that finds its key not held says nothing: what opens the key may not be on its way from another share then. */
function settleHomes(stages: readonly RunningStage[]): void {
  const readersOf = ({ readers }: RunningStage) => readers.flatMap((index) => stages[index] ?? [])
  for (const running of stages.toReversed()) {
    const { kinds, eventsOpen } = running.stage
    running.isAtHome = (kinds.length > 0 && !eventsOpen) || readersOf(running).some(({ isAtHome }) => isAtHome)
  }
  for (const running of stages)
    for (const reader of readersOf(running))
      reader.hops = Math.max(reader.hops, running.hops + (running.isAtHome && reader.isAtHome ? 0 : 1))
}
