// What a detector is: a card, settings, and stages, each one pure reducer per key.

import type { z } from 'zod'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'
import type { Keyspace, SlotVerdict } from '../../schemas/findings.ts'
import type { Examination } from './examination.ts'

/** JSON-safe values: what a state is made of, so that a snapshot is its JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface Technique {
  readonly technique: string
  readonly name: string
  readonly tactic: string
}

/** What people read about a detector; `detectors show` prints it and the reference page is made of it. */
export interface DetectorCard {
  readonly title: string
  /** Begins with "Detects". */
  readonly detects: string
  readonly attack: readonly Technique[]
  /** OWASP API Security Top 10 (2023) ids. */
  readonly owaspApi: readonly string[]
  readonly falsePositives: readonly string[]
  /** What to do, in order. */
  readonly runbook: readonly string[]
  /** What it cannot see, said plainly. */
  readonly blindSpots: readonly string[]
  readonly references: readonly string[]
}

/** What every `observe` is told beside the event. */
export interface ObserveContext<Settings> {
  readonly settings: Settings
  /** Epoch ms: append time of the record the event came in. */
  readonly appendedAt: number
  /**
   * Epoch ms of append time: the newest append time this key group has seen, less the lateness; −Infinity at first. An
   * event stamped before another one of its key that was appended before this instant does not come any more, or is late.
   */
  readonly watermarkAt: number
  /** Everything the detector's lateness allows to come still, in ms. */
  readonly latenessMs: number
}

/** A fact for a later stage of the same detector, which reads it under its own key. JSON-safe. */
export interface Signal {
  /** Id of the reading stage it is for; every stage that reads this one's signals where it is not said. */
  readonly to?: string
  /** Key under which the later stage keeps state. */
  readonly key: string
  readonly eventId: string
  /** Epoch ms, event time. */
  readonly at: number
  readonly facts: { readonly [name: string]: Json }
  /** True: the condition that gave this signal no longer holds for this event; the later stage forgets it. */
  readonly withdrawn: boolean
  /** False: it opens no key. To one that is not held it says nothing. */
  readonly opens?: false
}

export interface Observation<State> {
  readonly state: State
  /** Slots whose verdict changed by this event, each whole. */
  readonly verdicts?: readonly SlotVerdict[]
  readonly signals?: readonly Signal[]
  /** The key no longer held what this event should have been judged with. */
  readonly late?: boolean
  /** Entries dropped because of a bound, by this event. */
  readonly evicted?: number
  /** How many entries the state holds now, where it holds a list of them; the engine bounds their sum. 1 unless said. */
  readonly weight?: number
  /** True: `judge` is to be called for this key once the rows handed over together have been folded. */
  readonly due?: boolean
  /**
   * Epoch ms of append time: `judge` is to be called for this key once the watermark has passed it, though no event comes
   * for the key. Replaces what was asked before; null: not any more; absent: as before. Survives restarts. A stage that
   * asks tells verdicts in `judge` only, lest one row gives two of a slot, of which the second counts as a repeat.
   */
  readonly wakeAt?: number | null
}

/**
 * A state as the least that says it, and back: `unpack(pack(state))` equals the state, also when what is packed has gone
 * through JSON. Equal states are packed alike, since snapshots do not tell who rests. Both change nothing they are given.
 */
export interface Packing<State> {
  pack(state: State): Json
  unpack(packed: Json): State
}

interface StageBase<State, Settings> {
  /** Unique within the detector: `by-beneficiary`. */
  readonly id: string
  readonly keyspace: Keyspace
  /** A key that holds nothing yet. */
  open(key: string, settings: Settings): State
  /**
   * Epoch ms of append time: once the watermark has passed it, the state says nothing any more and is forgotten, sooner or
   * later; Infinity: never. It changes with the state only. A verdict never depends on when a state is forgotten.
   */
  spentAfter(state: State, settings: Settings): number
  /** How a state is written where it rests and in snapshots; as its own JSON where nothing is said. */
  readonly packing?: Packing<State>
  /**
   * For verdicts that would be dear to make anew at every event of a flood: `observe` only keeps the event and says
   * `due`, and this judges the state as it then stands. Where rows are cut into batches may decide how often it is called.
   * Also for conditions about absence, which `wakeAt` asks to have judged when the watermark gets there.
   */
  judge?(state: State, context: ObserveContext<Settings>): Observation<State>
  /**
   * Says what the state, as it stands, makes of an event that was observed before: for people who ask why nothing was
   * raised. Reads the state and changes nothing. A detector without it is asked for its needs and keys only.
   */
  examine?(state: State, event: SecurityEvent, context: ExamineContext<Settings>): Examination
}

/** What `examine` is told beside the event. */
export interface ExamineContext<Settings> {
  readonly settings: Settings
  readonly latenessMs: number
  /** Epoch ms of append time: of the key's group, now. */
  readonly watermarkAt: number
}

export interface EventStage<State, Settings> extends StageBase<State, Settings> {
  readonly reads: 'events'
  readonly kinds: readonly EventKind[]
  /** True: also sees events stamped ahead of their append (`skew`), and keeps them out of every time window itself. */
  readonly readsSkewed?: true
  /**
   * Key of the event in this stage's keyspace, or `''` when it is not for this stage. Reads cheap columns first: on the
   * hot path it is called for every event of its kinds.
   */
  keyOf(event: SecurityEvent, settings: Settings): string
  /** Folds one event. May change and return the state it was given; keeps nothing of `event` but primitives. Idempotent per event id. */
  observe(state: State, event: SecurityEvent, context: ObserveContext<Settings>): Observation<State>
  /** Ids of stages declared before this one whose signals it reads as well: what they make of an event comes before the event. */
  readonly from?: readonly string[]
  /** False: only signals open keys. An event whose key is not held says nothing to this stage. */
  readonly eventsOpen?: false
  /** Needed with `from`. */
  observeSignal?(state: State, signal: Signal, context: ObserveContext<Settings>): Observation<State>
}

export interface SignalStage<State, Settings> extends StageBase<State, Settings> {
  readonly reads: 'signals'
  /** Id of the stage, or stages, declared before this one in the same detector, whose signals it reads. */
  readonly from: string | readonly string[]
  /** Key under which a signal of the event would be kept, or `''`: only needed where the stage can examine. */
  examinedKeyOf?(event: SecurityEvent, settings: Settings): string
  observe(state: State, signal: Signal, context: ObserveContext<Settings>): Observation<State>
}

/** What a detector needs to see on events to be able to fire: the answer to "why is it silent", by format and source. */
export interface Readiness<Settings> {
  readonly kinds: readonly EventKind[]
  /** True when the event, of one of the kinds, is one this detector would judge if nothing were missing. Pure, cheap, called on a sample. */
  concerns(event: SecurityEvent, settings: Settings): boolean
  readonly needs: readonly Need<Settings>[]
  /** That nothing concerns it is how it should be, and no reason to say that it cannot fire. */
  readonly isQuiet?: true
}

/** One thing without which the detector, or a part of it, cannot fire. A source where it is never met is told. */
export interface Need<Settings> {
  /** Short name: `verified caller`. */
  readonly name: string
  /** Without it the detector cannot fire at all; without the others a part of it. */
  readonly essential?: true
  met(event: SecurityEvent, settings: Settings): boolean
  /** What cannot fire without it and what to add to the source, in one sentence; `''`: nothing can be added to that format. */
  hint(format: string): string
}

export interface DetectorDeclaration<Settings> {
  /** Equals folder and export name (kebab and camel case). */
  readonly id: string
  /** Raise it when the same events would give another verdict. */
  readonly version: number
  readonly card: DetectorCard
  /** Every field with default, description and unit; `parse({})` succeeds. */
  readonly settings: z.ZodType<Settings>
  /** Settings that are documents with a version of their own, which alerts name: the digest on alerts leaves them out. */
  readonly lookUps?: readonly string[]
  readonly stages: readonly SealedStage<Settings>[]
  readonly readiness: Readiness<Settings>
}

declare const sealed: unique symbol

/** A stage whose state type only it knows: made by `defineStage`. */
export interface SealedStage<Settings> {
  readonly [sealed]: true
  readonly stage: EventStage<Json, Settings> | SignalStage<Json, Settings>
}

/** Seals a stage's own state type, so that stages of one detector stand in one list. */
export function defineStage<State, Settings>(
  stage: EventStage<State, Settings> | SignalStage<State, Settings>,
): SealedStage<Settings> {
  // The engine hands a stage only states that this very stage made or that were read back from its own JSON.
  return { stage } as unknown as SealedStage<Settings>
}
