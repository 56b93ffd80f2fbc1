// Folds one event into the states it is for, hands signals on to later stages, and tells verdicts with their position.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { FoldPosition, SlotVerdict, VerdictRecord } from '../../schemas/findings.ts'
import { boundedText } from './bounded-text.ts'
import type { Json, Observation, Signal } from './detector.ts'
import type { KeyState } from './key-state.ts'
import type { KeyStates } from './key-states.ts'
import type { RealmStates, Realms } from './realms.ts'
import type { RunningStage } from './running-stage.ts'
import { type HandedSignal, type Share, shareOf, throughOf } from './share.ts'
import { groupOf } from './stable-hash.ts'
import { Wakes } from './wakes.ts'

/** Longer keys are shortened: what is held under them goes by this form. */
export const maxKeyLength = 256

/** What is the same for everything that one event causes. */
export interface Cause {
  readonly position: FoldPosition
  readonly appendedAt: number
  /** Newest append time of the log so far. */
  readonly appendedThrough: number
}

/** One state that one event or signal touched. */
interface Touched {
  readonly states: RealmStates
  readonly keys: KeyStates
  readonly stage: number
  readonly running: RunningStage
  readonly entry: KeyState
  readonly cause: Cause
}

/** A judgement to make: for the newest cause, late if any was. */
interface Due {
  readonly touched: Touched
  readonly source: { readonly eventId: string }
  readonly late: boolean
}

export class Folding {
  readonly evictedEntries: number[]
  readonly lateEvents: number[]
  /** By stage: keys to be judged when the watermark gets there. */
  readonly wakes: readonly Wakes[]
  private readonly stages: readonly RunningStage[]
  private readonly when = { appendedAt: 0, watermarkAt: 0, latenessMs: 0 }
  private readonly due = new Map<KeyState, Due>()
  private readonly share: Share | undefined

  /** @param share all keys are its own where it is left out */
  constructor(stages: readonly RunningStage[], realms: Realms, share?: Share) {
    this.stages = stages
    this.share = share
    this.wakes = stages.map(
      (_, stage) =>
        new Wakes(({ states, entry }) => realms.holds(states) && states.stages[stage]?.awake(entry.key) === entry),
    )
    this.evictedEntries = stages.map(() => 0)
    this.lateEvents = stages.map(() => 0)
  }

  event(
    states: RealmStates,
    stage: number,
    key: string,
    event: SecurityEvent,
    cause: Cause,
    out: VerdictRecord[],
  ): void {
    const touched = this.touch(states, stage, key, cause, this.stages[stage]?.stage.eventsOpen)
    if (touched === undefined) return
    const { running, entry } = touched
    this.lookAt(running, entry, cause)
    this.settle(touched, running.stage.observeEvent(entry.state, event, this.when), event, false, out)
  }

  /** What asked for an instant that the watermark has passed becomes due, as if the row of `cause` had touched it. False: nothing did. */
  wake(cause: Cause, eventIdOf: () => string): boolean {
    let woke = false
    for (const [stage, running] of this.stages.entries()) {
      const wakes = this.wakes[stage] as Wakes // one for each stage
      for (const { states, entry } of wakes.takeDue(this.through(running, cause) - running.latenessMs)) {
        const keys = states.stages[stage]
        if (keys === undefined) continue
        // A restored group that has folded this row was woken then, or asked for something after it.
        const group = groupOf(entry.hash)
        if (running.hasFolded(group, cause.position)) wakes.ask(states, entry, this.through(running, cause))
        else {
          running.dirty[group] = 1
          const touched = { states, keys, stage, running, entry, cause }
          // What was due by a row before this one is judged as of this one: the watermark is further.
          const late = this.due.get(entry)?.late === true
          this.due.set(entry, { touched, source: { eventId: eventIdOf() }, late })
          woke = true
        }
      }
    }
    return woke
  }

  /** Judges what is due: to be called after the rows handed over together. */
  judge(out: VerdictRecord[]): void {
    // A judgement's signals may make keys of later stages due: a Map's loop visits what is added meanwhile.
    for (const [entry, { touched, source, late }] of this.due) {
      this.due.delete(entry)
      this.lookAt(touched.running, entry, touched.cause)
      this.settle(touched, touched.running.stage.judge(entry.state, this.when), source, late, out)
    }
  }

  /** A signal that came by way of `Share.hand`. */
  handed(states: RealmStates, { stage, signal }: HandedSignal, cause: Cause, out: VerdictRecord[]): void {
    const reader = this.stages.findIndex(({ name }) => name === stage)
    if (reader >= 0) this.signal(states, reader, signal, cause, out)
  }

  private signal(states: RealmStates, stage: number, signal: Signal, cause: Cause, out: VerdictRecord[]): void {
    const touched = this.touch(states, stage, signal.key, cause, signal.opens)
    if (touched === undefined) return
    const { running, entry } = touched
    this.lookAt(running, entry, cause)
    this.settle(touched, running.stage.observeSignal(entry.state, signal, this.when), signal, false, out)
  }

  /**
   * The key's state, opened if need be and marked as changed; undefined when its group has folded this position before, and
   * when it is not held and is not to be opened.
   */
  private touch(states: RealmStates, stage: number, wholeKey: string, cause: Cause, opens = true): Touched | undefined {
    const running = this.stages[stage]
    const keys = states.stages[stage]
    if (running === undefined || keys === undefined) throw new RangeError(`engine has no stage ${stage}`)
    const key = heldKey(wholeKey)
    const { position } = cause
    if (!opens && keys.isEmpty) return undefined
    const awake = keys.awake(key)
    const hash = awake === undefined ? keys.hashOf(key) : awake.hash
    const group = groupOf(hash)
    if (running.hasFolded(group, position)) return undefined
    if (this.share !== undefined && shareOf(running, states.tenant, hash, this.share.of) !== this.share.own)
      return undefined
    const held = awake ?? keys.wake(key, hash)
    if (held === undefined && !opens) return undefined
    running.dirty[group] = 1
    const entry = held ?? keys.add(key, hash, running.stage.open(key), position)
    entry.touchedOffset = position.offset
    entry.touchedIndex = position.index
    return { states, keys, stage, running, entry, cause }
  }

  private lookAt(running: RunningStage, { hash }: KeyState, cause: Cause): void {
    const { when } = this
    when.appendedAt = cause.appendedAt
    when.latenessMs = running.latenessMs
    when.watermarkAt = running.watermark(groupOf(hash), this.through(running, cause))
  }

  /** Append time up to which everything has come to the stage. */
  private through(running: RunningStage, { appendedThrough }: Cause): number {
    return throughOf(this.share, running, appendedThrough)
  }

  /** To the state that holds its key; between shares each goes the way that all go, so that none comes before its time. */
  private pass(states: RealmStates, reader: number, signal: Signal, cause: Cause, out: VerdictRecord[]): void {
    const running = this.stages[reader]
    const keys = states.stages[reader]
    if (this.share === undefined || running === undefined || keys === undefined || running.isAtHome) {
      this.signal(states, reader, signal, cause, out)
      return
    }
    const { tenant, realm } = states
    const to = shareOf(running, tenant, keys.hashOf(heldKey(signal.key)), this.share.of)
    this.share.hand(to, running.hops, { stage: running.name, tenant, realm, signal, appendedAt: cause.appendedAt })
  }

  /** Keeps the new state, counts, tells verdicts, hands signals on and notes what is due. */
  private settle(
    touched: Touched,
    observation: Observation<Json>,
    source: { readonly eventId: string },
    lateBefore: boolean,
    out: VerdictRecord[],
  ): void {
    const { states, keys, stage, running, entry, cause } = touched
    const { evicted = 0, late: isLate = false, weight, verdicts, signals, due, wakeAt } = observation
    const late = lateBefore || isLate
    entry.state = observation.state
    if (evicted > 0) {
      entry.evictions += evicted
      this.evictedEntries[stage] = (this.evictedEntries[stage] ?? 0) + evicted
    }
    if (isLate) this.lateEvents[stage] = (this.lateEvents[stage] ?? 0) + 1
    if (weight !== undefined && weight !== entry.weight) keys.weigh(entry, weight)
    if (wakeAt === null) this.wakes[stage]?.cancel(entry)
    else if (wakeAt !== undefined) this.wakes[stage]?.ask(states, entry, wakeAt)
    if (verdicts !== undefined)
      for (const verdict of verdicts) out.push(recordOf(touched, verdict, source.eventId, late))
    if (signals !== undefined)
      for (const signal of signals)
        for (const reader of running.readers)
          if (signal.to === undefined || signal.to === this.stages[reader]?.stage.id)
            this.pass(states, reader, signal, cause, out)
    if (due === true) {
      // `source` may be the cursor, which moves on: what is kept of it is its id.
      const kept = { touched, source: { eventId: source.eventId }, late: late || this.due.get(entry)?.late === true }
      this.due.set(entry, kept)
    }
  }
}

export function heldKey(key: string): string {
  return key.length > maxKeyLength ? boundedText(key, maxKeyLength) : key
}

function recordOf(touched: Touched, verdict: SlotVerdict, causedBy: string, late: boolean): VerdictRecord {
  const { states, running, entry, cause } = touched
  return {
    tenant: states.tenant,
    realm: states.realm,
    detector: running.detector.id,
    version: running.detector.version,
    settingsDigest: running.settingsDigest,
    teller: `${running.stage.id} ${entry.hash >>> 0}`,
    verdict,
    causedBy,
    position: cause.position,
    appendedAt: cause.appendedAt,
    late,
    evictions: entry.evictions,
  }
}
