// Runs every stage of every detector over rows in log order: the one way that live, replay and exercises are judged.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { DictionaryColumn } from '../../schemas/events/dictionary-column.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor } from '../../schemas/events/event-cursor.ts'
import type { FoldPosition, VerdictRecord } from '../../schemas/findings.ts'
import type { EngineOptions } from './engine-options.ts'
import { examineEvent, type StageExamination } from './examining.ts'
import { type Cause, Folding } from './folding.ts'
import { type HeldState, heldStates } from './held-states.ts'
import { boundsOf } from './key-states.ts'
import type { ReadinessRow, ReadinessTally, SourceCount } from './readiness-tally.ts'
import { RealmTallies } from './realm-tallies.ts'
import { type RealmStates, Realms } from './realms.ts'
import { beforeEverything, comparePositions, type RunningStage, runningStages } from './running-stage.ts'
import { type HandedSignal, throughOf } from './share.ts'
import { type GroupSnapshot, type RestoreResult, readGroup, writeGroup } from './snapshot.ts'
import { keyGroups } from './stable-hash.ts'
import { countStages, type StageCounts } from './stage-counts.ts'
import { Sweeping } from './sweeping.ts'

export interface GroupReference {
  /** Index in `stages`. */
  readonly stage: number
  readonly group: number
  /** Changed since its last snapshot. */
  readonly dirty: boolean
}

/** How often one key is judged over for the rows of one call: stages that ask for what has passed do not stall it. */
const maxRounds = 8

/** Reads on in one log; whoever feeds it keeps positions, append times and snapshots durable. */
export class Engine {
  /** Names of the stages, in the order in which a snapshot cycle must take them: readers of signals last. */
  readonly stageNames: readonly string[]
  private readonly stages: readonly RunningStage[]
  private readonly digest: (text: string) => string
  private readonly realms: Realms
  private readonly folding: Folding
  private readonly sweeping: Sweeping
  private readonly tallies: RealmTallies
  private readonly byKind = new Map<string, number[]>()
  private readonly cursor = openEventCursor()
  private observedThrough = beforeEverything
  private appendedThrough = Number.NEGATIVE_INFINITY
  private readonly share: EngineOptions['share']

  constructor(options: EngineOptions) {
    this.digest = options.digest
    this.stages = runningStages(options)
    this.stageNames = this.stages.map(({ name }) => name)
    this.realms = new Realms({
      stages: this.stages.map(({ stage }) => stage),
      ...boundsOf(options),
      maxRealms: options.maxRealms ?? 256,
    })
    this.share = options.share
    this.folding = new Folding(this.stages, this.realms, options.share)
    const { stages, realms, folding } = this
    this.sweeping = new Sweeping({ stages, realms, folding, sweptPerSecond: options.sweptPerSecond })
    this.tallies = new RealmTallies(options.detectors)
    for (const [index, { stage }] of this.stages.entries())
      for (const kind of stage.kinds) this.byKind.set(kind, [...(this.byKind.get(kind) ?? []), index])
  }

  /** Position of the last row observed. */
  get position(): FoldPosition {
    return this.observedThrough
  }

  /**
   * Folds the rows `[from, to)`, which follow in the log on those observed before, and pushes the verdicts that changed.
   * Rows that a restored group has folded already change nothing in it.
   */
  observe(batch: EventBatch, from: number, to: number, out: VerdictRecord[]): void {
    if (this.share !== undefined) this.appendedThrough = this.share.levels.at(0)
    const { kind, format, source, tenant, realm, skew, offset, index, appendedAt } = batch.columns
    // Codes are good until the batch is cleared: for this call.
    const stagesOf = kind.dictionary.texts.map((text) => this.byKind.get(text))
    let states: RealmStates | undefined
    let counts: SourceCount | undefined
    let tally: ReadinessTally | undefined
    let tenantCode = 0
    let realmCode = 0
    let kindCode = 0
    let formatCode = 0
    let sourceCode = 0
    for (let row = from; row < to; row++) {
      const appended = appendedAt.value(row)
      if (appended > this.appendedThrough && this.share === undefined) this.appendedThrough = appended
      const rowKind = codeAt(kind, row)
      const rowFormat = codeAt(format, row)
      const rowSource = codeAt(source, row)
      const rowRealm = codeAt(realm, row)
      if (tally === undefined || rowRealm !== realmCode) {
        tally = this.tallies.of(realm.text(row))
        counts = undefined
      }
      if (counts === undefined || rowSource !== sourceCode || rowFormat !== formatCode || rowKind !== kindCode) {
        kindCode = rowKind
        formatCode = rowFormat
        sourceCode = rowSource
        counts = tally.countsOf(format.text(row), source.text(row), kind.text(row))
      }
      const stages = stagesOf[rowKind]
      const due = tally.isDue(counts)
      if (rowRealm !== realmCode) {
        realmCode = rowRealm
        states = undefined
      }
      if (stages === undefined && !due) continue
      this.cursor.at(batch, row)
      if (due) tally.sample(counts, this.cursor)
      if (stages === undefined) continue
      const rowTenant = codeAt(tenant, row)
      if (rowTenant !== tenantCode) {
        tenantCode = rowTenant
        states = undefined
      }
      const skewed = skew.value(row) === 1
      let cause: Cause | undefined
      for (const stageIndex of stages) {
        const { stage } = this.stages[stageIndex] as RunningStage // `byKind` holds indexes of stages
        if (skewed && !stage.readsSkewed) continue
        if (!stage.eventsOpen && states?.stages[stageIndex]?.isEmpty === true) continue
        const key = stage.keyOf(this.cursor)
        if (key === '') continue
        cause ??= {
          position: { offset: offset.value(row), index: index.value(row) },
          appendedAt: appended,
          appendedThrough: this.appendedThrough,
        }
        states ??= this.realms.of(tenant.text(row), realm.text(row), cause.position)
        this.folding.event(states, stageIndex, key, this.cursor, cause, out)
      }
    }
    if (to > from) {
      const at = { offset: offset.value(to - 1), index: index.value(to - 1) }
      this.judge(at, appendedAt.value(to - 1), () => batch.columns.eventId.text(to - 1), out)
    }
    this.sweep()
  }

  /**
   * Folds what was handed over, each behind the one before from `first` on, and judges what is due by now. Nothing handed
   * over: time has gone by.
   */
  observeHanded(handed: readonly HandedSignal[], first: FoldPosition, out: VerdictRecord[]): void {
    if (this.share !== undefined) this.appendedThrough = this.share.levels.at(0)
    const { appendedThrough } = this
    const at = (index: number): FoldPosition => ({ offset: first.offset, index: first.index + index })
    for (const [index, each] of handed.entries()) {
      const cause = { position: at(index), appendedAt: each.appendedAt, appendedThrough }
      this.folding.handed(this.realms.of(each.tenant, each.realm, cause.position), each, cause, out)
    }
    const appendedAt = handed.reduce((newest, each) => Math.max(newest, each.appendedAt), appendedThrough)
    this.judge(at(handed.length), appendedAt, () => `at ${first.offset}.${first.index}`, out)
    this.sweep()
  }

  /**
   * The log has been read up to this append time (epoch ms) without a row: watermarks move on. Who asked to be judged
   * then is judged with the next row, which gives the verdict its position.
   */
  tick(appendedAt: number): void {
    if (appendedAt > this.appendedThrough) this.appendedThrough = appendedAt
    this.sweep()
  }

  /**
   * Every group of every stage, in the order in which a snapshot cycle must visit them. A cycle may spread over as many
   * turns as it likes, with rows observed in between: it notes `positionAt` of each group when it visits it and takes a
   * snapshot of the dirty ones; a clean one's last snapshot, or emptiness, holds at that position too. Reading then
   * resumes after the smallest position noted.
   */
  *groups(): Iterable<GroupReference> {
    for (const [stage, { dirty, isAtHome }] of this.stages.entries())
      for (let group = 0; group < keyGroups; group++)
        if (isAtHome || this.share === undefined || group % this.share.of === this.share.own)
          yield { stage, group, dirty: dirty[group] === 1 }
  }

  /** Position up to which the group has folded everything. */
  positionAt(stage: number, group: number): FoldPosition {
    const restored = this.stageAt(stage).foldedThrough(group)
    return comparePositions(restored, this.observedThrough) > 0 ? restored : this.observedThrough
  }

  takeSnapshot(stage: number, group: number): GroupSnapshot {
    const running = this.stageAt(stage)
    const { body, keys } = writeGroup(this.realms, this.folding.wakes[stage], stage, running.stage, group)
    running.dirty[group] = 0
    const appendedThrough = running.appendedThrough(group, throughOf(this.share, running, this.appendedThrough))
    return {
      stage: running.name,
      group,
      stateVersion: running.stateVersion,
      position: this.positionAt(stage, group),
      appendedThrough: Number.isFinite(appendedThrough) ? appendedThrough : null,
      keys,
      body,
      digest: this.digest(body),
    }
  }

  /** For a snapshot that was taken and could not be written. */
  markDirty(stage: number, group: number): void {
    this.stageAt(stage).dirty[group] = 1
  }

  /** Before the first row. `position`: what the manifest noted for the group, at or after the snapshot's own. */
  restore(snapshot: GroupSnapshot, position: FoldPosition = snapshot.position): RestoreResult {
    const stage = this.stageNames.indexOf(snapshot.stage)
    const running = this.stages[stage]
    if (running === undefined) return 'unknown-stage'
    if (running.stateVersion !== snapshot.stateVersion) return 'other-version'
    if (this.digest(snapshot.body) !== snapshot.digest) return 'damaged'
    readGroup(this.realms, this.folding.wakes[stage], stage, running.stage, snapshot)
    running.setFolded(snapshot.group, position, snapshot.appendedThrough ?? Number.NEGATIVE_INFINITY)
    return 'restored'
  }

  /** Before the first row: the manifest says that the group held nothing at `position`. False when it cannot be known here. */
  restoreEmpty(stageName: string, stateVersion: string, group: number, position: FoldPosition): boolean {
    const running = this.stages.find(({ name }) => name === stageName)
    if (running?.stateVersion !== stateVersion) return false
    running.setFolded(group, position, Number.NEGATIVE_INFINITY)
    return true
  }

  /** What a manifest notes of a stage beside its groups. */
  stateVersionOf(stage: number): string {
    return this.stageAt(stage).stateVersion
  }

  /** Indexes of the stages that read this one's signals; all are higher than its own. */
  readersOf(stage: number): readonly number[] {
    return this.stageAt(stage).readers
  }

  /** After all groups are restored: reading resumes after this position, the smallest of any group. */
  resumeAfter(): FoldPosition {
    let smallest: FoldPosition | undefined
    for (const { stage, group } of this.groups()) {
      const folded = this.stageAt(stage).foldedThrough(group)
      if (smallest === undefined || comparePositions(folded, smallest) < 0) smallest = folded
    }
    return smallest ?? beforeEverything
  }

  /** Which detectors cannot fire on what arrives in a realm, by format and source, and what to add. */
  readiness(realm = 'live'): readonly ReadinessRow[] {
    return this.tallies.rows(realm)
  }

  /** What a stage holds, of every tenant and realm; nothing for a name that no stage has. */
  statesOf(stageName: string): Iterable<HeldState> {
    return heldStates(this.realms, this.stageNames.indexOf(stageName))
  }

  /** What every stage makes of an event that was observed before, for those who ask why it raised nothing. */
  examine(event: SecurityEvent): readonly StageExamination[] {
    return examineEvent(this.stages, this.realms, event, this.appendedThrough)
  }

  stageCounts(): readonly StageCounts[] {
    return countStages(this.stages, this.realms, this.folding)
  }

  /** Judges what is due at this place of the log. */
  private judge(position: FoldPosition, appendedAt: number, eventId: () => string, out: VerdictRecord[]): void {
    this.observedThrough = position
    const cause = { position, appendedAt, appendedThrough: this.appendedThrough }
    this.folding.wake(cause, eventId)
    this.folding.judge(out)
    // What was judged as of an early row may have asked for an instant that a later one has passed.
    for (let round = 0; round < maxRounds && this.folding.wake(cause, eventId); round++) this.folding.judge(out)
  }

  private sweep(): void {
    const { share, appendedThrough, observedThrough } = this
    this.sweeping.sweep(appendedThrough, observedThrough, (running) => throughOf(share, running, appendedThrough))
  }

  private stageAt(stage: number): RunningStage {
    const running = this.stages[stage]
    if (running === undefined) throw new RangeError(`engine has no stage ${stage}`)
    return running
  }
}

export function openEngine(options: EngineOptions): Engine {
  return new Engine(options)
}

function codeAt(column: DictionaryColumn, row: number): number {
  return row < column.length ? (column.codes[row] as number) : 0 // row < length of codes
}
