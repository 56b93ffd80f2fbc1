// A detector as the catalogue lists it and, once its settings are known, as the engine runs it: settings and state types erased.

import type { z } from 'zod'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'
import type { Keyspace } from '../../schemas/findings.ts'
import type { DetectorCard, DetectorDeclaration, Json, Observation, Packing, SealedStage, Signal } from './detector.ts'
import type { Examination } from './examination.ts'

/** One line of the catalogue. */
export interface DetectorEntry {
  readonly id: string
  readonly version: number
  readonly card: DetectorCard
  /** Accepts `{}`; what it returns is accepted again and returned unchanged. */
  readonly settings: z.ZodType
  /** Throws a `ZodError` when the settings are not what `settings` accepts. */
  open(settings: unknown): OpenDetector
}

export interface OpenDetector {
  readonly id: string
  readonly version: number
  /** As parsed, defaults filled in. */
  readonly settings: unknown
  /** The same, with nothing in place of look-ups: what alerts were judged by beside the versions that they name. */
  readonly settingsAlone: unknown
  /** A stage that reads signals stands after the one it reads from. */
  readonly stages: readonly OpenStage[]
  readonly readiness: OpenReadiness
}

/** When an observation happens, in epoch ms of append time. */
export interface ObservedAt {
  appendedAt: number
  watermarkAt: number
  latenessMs: number
}

export interface OpenStage {
  readonly id: string
  readonly keyspace: Keyspace
  /** Empty for a stage that reads signals only. */
  readonly kinds: readonly EventKind[]
  readonly readsSkewed: boolean
  /** False: an event whose key is not held says nothing. */
  readonly eventsOpen: boolean
  /** Ids of the stages whose signals it reads. */
  readonly from: readonly string[]
  /** 0 for a stage that reads events only; else one more than the deepest stage it reads from. */
  readonly depth: number
  open(key: string): Json
  spentAfter(state: Json): number
  readonly packing: Packing<Json>
  keyOf(event: SecurityEvent): string
  observeEvent(state: Json, event: SecurityEvent, when: ObservedAt): Observation<Json>
  observeSignal(state: Json, signal: Signal, when: ObservedAt): Observation<Json>
  judge(state: Json, when: ObservedAt): Observation<Json>
  /** Key under which the stage would hold what it knows of the event, or `''`; of a stage that reads signals, where it says. */
  examinedKeyOf(event: SecurityEvent): string
  /** Undefined where the stage cannot say. */
  examine(state: Json, event: SecurityEvent, when: Omit<ObservedAt, 'appendedAt'>): Examination | undefined
}

export interface OpenReadiness {
  readonly kinds: readonly EventKind[]
  concerns(event: SecurityEvent): boolean
  readonly needs: readonly OpenNeed[]
  readonly isQuiet: boolean
}

export interface OpenNeed {
  readonly name: string
  readonly essential: boolean
  met(event: SecurityEvent): boolean
  hint(format: string): string
}

export function detectorEntry<Settings>(declaration: DetectorDeclaration<Settings>): DetectorEntry {
  const { id, version, card, settings: schema, lookUps = [] } = declaration
  return {
    id,
    version,
    card,
    settings: schema,
    open(input) {
      const settings = schema.parse(input)
      const stages: OpenStage[] = []
      for (const sealed of declaration.stages) stages.push(openStage(sealed, settings, stages))
      const settingsAlone = { ...settings, ...Object.fromEntries(lookUps.map((name) => [name, null])) }
      return { id, version, settings, settingsAlone, stages, readiness: openReadiness(declaration, settings) }
    },
  }
}

const asItIs: Packing<Json> = { pack: (state) => state, unpack: (packed) => packed }

function openStage<Settings>(
  { stage }: SealedStage<Settings>,
  settings: Settings,
  earlier: readonly OpenStage[],
): OpenStage {
  const context = { settings, appendedAt: 0, watermarkAt: 0, latenessMs: 0 }
  const at = (when: ObservedAt): typeof context => {
    context.appendedAt = when.appendedAt
    context.watermarkAt = when.watermarkAt
    context.latenessMs = when.latenessMs
    return context
  }
  const shared = {
    id: stage.id,
    keyspace: stage.keyspace,
    open: (key: string) => stage.open(key, settings),
    spentAfter: (state: Json) => stage.spentAfter(state, settings),
    packing: stage.packing ?? asItIs,
    judge: (state: Json, when: ObservedAt) => stage.judge?.(state, at(when)) ?? { state },
    examine: (state: Json, event: SecurityEvent, when: Omit<ObservedAt, 'appendedAt'>) =>
      stage.examine?.(state, event, { settings, ...when }),
  }
  if (stage.reads === 'events') {
    const from = stage.from ?? []
    return {
      ...shared,
      kinds: stage.kinds,
      readsSkewed: stage.readsSkewed === true,
      eventsOpen: stage.eventsOpen !== false,
      from,
      depth: depthOf(stage.id, from, earlier),
      keyOf: (event) => stage.keyOf(event, settings),
      examinedKeyOf: (event) => stage.keyOf(event, settings),
      observeEvent: (state, event, when) => stage.observe(state, event, at(when)),
      observeSignal: (state, signal, when) => {
        if (stage.observeSignal === undefined) throw new Error(`stage "${stage.id}" reads events, not signals`)
        return stage.observeSignal(state, signal, at(when))
      },
    }
  }
  const from = typeof stage.from === 'string' ? [stage.from] : stage.from
  return {
    ...shared,
    kinds: [],
    readsSkewed: false,
    eventsOpen: false,
    from,
    depth: depthOf(stage.id, from, earlier),
    keyOf: () => '',
    examinedKeyOf: (event) => stage.examinedKeyOf?.(event, settings) ?? '',
    observeEvent: () => {
      throw new Error(`stage "${stage.id}" reads signals, not events`)
    },
    observeSignal: (state, signal, when) => stage.observe(state, signal, at(when)),
  }
}

function depthOf(id: string, from: readonly string[], earlier: readonly OpenStage[]): number {
  const depths = from.map((name) => {
    const read = earlier.find((each) => each.id === name)
    if (read === undefined) throw new Error(`stage "${id}" reads from "${name}", which no earlier stage is`)
    return read.depth + 1
  })
  return Math.max(0, ...depths)
}

function openReadiness<Settings>({ readiness }: DetectorDeclaration<Settings>, settings: Settings): OpenReadiness {
  return {
    kinds: readiness.kinds,
    concerns: (event) => readiness.concerns(event, settings),
    isQuiet: readiness.isQuiet === true,
    needs: readiness.needs.map((need) => ({
      name: need.name,
      essential: need.essential === true,
      met: (event) => need.met(event, settings),
      hint: (format) => need.hint(format),
    })),
  }
}
