// One exercise inside a running collector: its lines appended in their time, what was told of them kept, and scored.

import type { Alert } from '../../../schemas/alerts.ts'
import { type ExerciseRun, exerciseRealm, isOver, type RunRequest, twinRealm } from '../../../schemas/exercises/run.ts'
import type { ExerciseScore } from '../../../schemas/exercises/score.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import type { Observed, Readiness } from '../../exercises/observed.ts'
import { scoreExercise } from '../../exercises/score.ts'
import type { LoadedStory } from '../../exercises/story-folder.ts'
import type { Log } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Settings } from '../settings/settings.ts'
import { AppendedLines } from './appended-lines.ts'
import { differingSettings } from './differing-settings.ts'
import { givenHeaders, givenLines, overLine } from './given-lines.ts'
import { eventsOfLines, type LineEvents } from './line-events.ts'
import { planRun, type RunPlan } from './run-plan.ts'
import { storyBaseline } from './story-baseline.ts'
import { storySettings } from './story-settings.ts'
import { ToldOfRealm } from './told-of-realm.ts'

export interface LiveRunOptions {
  readonly settings: Settings
  readonly log: Pick<Log, 'append'>
  readonly scrubber: Scrubber
  readonly core: {
    progress(): { readonly position: number; readonly storedBelow: number }
    readinessOf(realm: string): Promise<readonly Readiness[]>
  }
  /** Longest that any detector waits for late events. Unit: ms. */
  readonly latenessMs: number
  /** Epoch ms. */
  readonly now: () => number
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Lines in one append, and how many may wait to be judged. */
const appendLines = 256
const maxWaiting = 2_048
const pollMs = 20
/** A log that takes nothing is asked again. */
const retryMs = 1_000
/** An append time that is past what is waited for. */
const marginMs = 250

export class LiveRun {
  readonly run: string
  readonly loaded: LoadedStory
  private readonly request: RunRequest
  private readonly options: LiveRunOptions
  private readonly startedAt: number
  private readonly told: { readonly attack: ToldOfRealm; readonly twin: ToldOfRealm }
  private readonly cancelling = new AbortController()
  private plan: RunPlan | undefined
  private appended: AppendedLines | undefined
  private events: { readonly attack: LineEvents; readonly twin: LineEvents } | undefined
  private warnings: readonly string[] = []
  private state: ExerciseRun['state'] = 'running'
  private note = ''
  private problem = ''
  private score: ExerciseScore | null = null

  constructor(run: string, loaded: LoadedStory, request: RunRequest, options: LiveRunOptions) {
    this.run = run
    this.loaded = loaded
    this.request = request
    this.options = options
    this.startedAt = options.now()
    this.told = { attack: new ToldOfRealm(), twin: new ToldOfRealm() }
  }

  get isOver(): boolean {
    return isOver(this.state)
  }

  /** Resolves when it is over, however it ended; rejects with a bug. */
  async perform(): Promise<void> {
    try {
      await this.appendAll()
      await this.settle()
      this.score = await this.scored()
      this.note = ''
      this.problem = this.told.attack.isFull || this.told.twin.isFull ? 'more was told than a score takes in' : ''
      this.state = 'scored'
    } catch (cause) {
      if (!this.cancelling.signal.aborted) throw cause
    }
  }

  /** `cancelled` by a person, or `interrupted` because the collector stops. */
  end(state: 'cancelled' | 'interrupted', problem: string): void {
    if (this.isOver) return
    this.state = state
    this.note = ''
    this.problem = problem
    this.cancelling.abort()
  }

  judged(records: readonly JudgedRecord[]): void {
    const toldAt = (offset: number, appendedAt: number): number =>
      this.request.speed === 1 ? appendedAt : (this.appended?.storyAt(offset) ?? appendedAt)
    for (const [realm, told] of this.realms())
      told.judged(
        records.filter((record) => record.realm === realm),
        toldAt,
      )
  }

  applied(alert: Alert): void {
    for (const [realm, told] of this.realms()) if (alert.realm === realm) told.applied(alert)
  }

  /** With the score of what was told so far. */
  async shown(): Promise<ExerciseRun> {
    return { ...this.summary(), score: this.score ?? (await this.scored()) }
  }

  summary(): Omit<ExerciseRun, 'score'> {
    const { speed, twin, by } = this.request
    return {
      run: this.run,
      realm: exerciseRealm(this.run),
      story: this.loaded.id,
      by,
      twin,
      speed,
      state: this.state,
      note: this.note,
      problem: this.problem,
      warnings: [...this.warnings],
      startedAt: new Date(this.startedAt).toISOString(),
      storyAt: new Date(this.appended?.storyAt() ?? this.plan?.firstAt ?? this.startedAt).toISOString(),
      appended: this.appended?.count ?? 0,
      lines: this.plan?.lines.length ?? 0,
      alerts: this.told.attack.standing + this.told.twin.standing,
    }
  }

  private realms(): readonly (readonly [string, ToldOfRealm])[] {
    return [
      [exerciseRealm(this.run), this.told.attack],
      [twinRealm(this.run), this.told.twin],
    ]
  }

  private async appendAll(): Promise<void> {
    const { settings, scrubber, now } = this.options
    const { loaded, run } = this
    const { speed, twin, by } = this.request
    this.warnings = differingSettings(loaded, settings).map(
      (name) => `"${name}" is not set as the story has it: steps that lean on it may be missed`,
    )
    const baseline = storyBaseline(loaded, storySettings(loaded), scrubber)
    const given = givenLines(baseline, { by, note: `what run ${run} takes for learned`, at: now() })
    for (const realm of twin ? [exerciseRealm(run), twinRealm(run)] : [exerciseRealm(run)]) {
      const records = given.map((line) => this.decision(line, realm))
      for (let at = 0; at < records.length; at += appendLines) await this.append(records.slice(at, at + appendLines))
    }
    const plan = planRun({ loaded, run, settings, scrubber, now: now(), speed, twin })
    this.plan = plan
    this.events = {
      attack: eventsOfLines(plan.loaded.attack, settings, scrubber),
      twin: eventsOfLines(plan.loaded.twin, settings, scrubber),
    }
    const appended = new AppendedLines(plan.firstAt)
    this.appended = appended
    while (appended.count < plan.lines.length) {
      const due = this.due(plan.lines, appended.count)
      if (due.length === 0) {
        const next = plan.lines[appended.count]
        await this.pause(Math.min(1_000, Math.max(1, (next?.dueAt ?? 0) - now())))
        continue
      }
      const records = due.map(({ value, headers, realm }) => ({ value, headers: { ...headers, ...this.scope(realm) } }))
      appended.add(due, await this.append(records))
      await this.until(() => this.options.core.progress().position > appended.lastOffset - maxWaiting)
    }
  }

  private due(lines: RunPlan['lines'], from: number): RunPlan['lines'] {
    const now = this.options.now()
    const due = lines.slice(from, from + appendLines)
    const first = due.findIndex(({ dueAt }) => dueAt > now)
    return first < 0 ? due : due.slice(0, first)
  }

  /** What waits for events that may come late is judged once the log has a record from after their time. */
  private async settle(): Promise<void> {
    const { latenessMs, now } = this.options
    const from = now()
    for (let left = latenessMs + marginMs; left > 0; left = from + latenessMs + marginMs - now()) {
      this.note = `every line has come; waits ${Math.ceil(left / 1_000)} s for what may still come late`
      await this.pause(Math.min(left, 1_000))
    }
    this.note = 'waits until everything is judged and stored'
    const { by, twin } = this.request
    const line = overLine({ by, note: `run ${this.run} is over`, at: now() })
    const realms = twin ? [exerciseRealm(this.run), twinRealm(this.run)] : [exerciseRealm(this.run)]
    const offsets = await this.append(realms.map((realm) => this.decision(line, realm)))
    // Rows are stored once the alerts that they caused are durable.
    await this.until(() => this.options.core.progress().storedBelow > Math.max(...offsets))
  }

  private async scored(): Promise<ExerciseScore | null> {
    const { plan, events, told, run } = this
    if (plan === undefined || events === undefined) return null
    const realm = exerciseRealm(run)
    const observedOf = async (of: ToldOfRealm, ofRealm: string, { eventIds }: LineEvents): Promise<Observed> => ({
      alerts: of.alerts,
      verdicts: of.verdicts,
      readiness: await this.options.core.readinessOf(ofRealm),
      eventIds,
    })
    return scoreExercise({
      loaded: plan.loaded,
      run,
      realm,
      attack: await observedOf(told.attack, realm, events.attack),
      times: events.attack.times,
      twin: this.request.twin ? await observedOf(told.twin, twinRealm(run), events.twin) : undefined,
    })
  }

  private decision(line: string, realm: string) {
    return {
      value: this.options.scrubber.scrub(Buffer.from(line, 'utf8')),
      headers: { ...givenHeaders, ...this.scope(realm) },
    }
  }

  private scope(realm: string) {
    return { tenant: this.options.settings.tenant, realm }
  }

  /** Offsets of the records. An outage of the log is waited out: lines then come late, never early. */
  private async append(records: Parameters<Log['append']>[1]): Promise<readonly number[]> {
    for (;;) {
      this.cancelling.signal.throwIfAborted()
      try {
        const receipts = await this.options.log.append('ingest', records)
        return receipts.map(({ coordinate }) => coordinate.offset)
      } catch (cause) {
        if (!(cause instanceof Error && 'retryable' in cause && cause.retryable === true)) throw cause
        this.note = `the log takes nothing now: ${cause.message}`
        await this.pause(retryMs)
        this.note = ''
      }
    }
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.pause(pollMs)
  }

  private async pause(ms: number): Promise<void> {
    const { signal } = this.cancelling
    signal.throwIfAborted()
    await this.options.wait(ms, signal)
    signal.throwIfAborted()
  }
}
