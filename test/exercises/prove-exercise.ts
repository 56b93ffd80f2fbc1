// Runs one exercise in every way in which it must hold: as it is, mutated, on default formats, replayed and posted.

import type { LoadedStory } from '../../collector/exercises/story-folder.ts'
import { ephemeralScrubKey } from '../../collector/wiring/data-folder.ts'
import { findStory } from '../../collector/wiring/exercises/find-stories.ts'
import { quietLogger } from '../../collector/wiring/exercises/quiet-logger.ts'
import { type ExerciseOptions, runExercise } from '../../collector/wiring/exercises/run-exercise.ts'
import { openTemporaryStore, type TemporaryStore } from '../../collector/wiring/replay/temporary-store.ts'
import { defaultSettings } from '../../collector/wiring/settings/load-settings.ts'
import type { ExerciseScore } from '../../schemas/exercises/score.ts'
import { asDefault } from './default-formats.ts'
import { mutationsOf } from './mutations.ts'
import { type ThreeWays, tellThreeWays } from './three-ways.ts'

export interface MutationResult {
  readonly mutation: string
  /** Steps told, in time or late. */
  readonly told: number
  readonly steps: number
  readonly falseAlerts: number
}

export interface ProvedExercise {
  readonly id: string
  readonly results: readonly MutationResult[]
  readonly problems: readonly string[]
}

export async function withStore<Result>(work: (store: TemporaryStore) => Promise<Result>): Promise<Result> {
  const settings = defaultSettings()
  const store = await openTemporaryStore(settings.store, quietLogger(settings))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const key = ephemeralScrubKey()
/** Lateness, the time for which a kill is held, and what a busy machine adds. */
const liveMs = 180_000

/** A run of it at the time that it was recorded at. */
export async function runAsRecorded(
  loaded: LoadedStory,
  store: TemporaryStore,
  how: Pick<ExerciseOptions, 'twin' | 'change'>,
): ReturnType<typeof runExercise> {
  const startsAt = Date.parse(loaded.story.startsAt)
  return runExercise({ loaded, store, run: loaded.id, startsAt, key, onProgress: () => undefined, ...how })
}

/** @param posting also replayed and posted to a running collector, which takes longest */
export async function proveExercise(id: string, store: TemporaryStore, posting: boolean): Promise<ProvedExercise> {
  const loaded = findStory(id)
  const plain = await runAsRecorded(loaded, store, { twin: true })
  const results: MutationResult[] = [resultOf('none', plain.score)]
  for (const { name, apply } of mutationsOf(loaded.story.sources.map((source) => source.name))) {
    const { score } = await runAsRecorded(loaded, store, { twin: true, change: apply })
    results.push(resultOf(name, score))
  }
  const blind = await runBlind(loaded, store)
  return {
    id,
    results,
    problems: [
      ...plain.refused.map((line) => `line ${line}`),
      ...plain.score.steps.flatMap(({ name, holds, outcome, why }) => (holds ? [] : [`${name}: ${outcome}, ${why}`])),
      ...(plain.score.twin?.problems ?? []),
      ...(plain.score.twin?.falseAlerts ?? []).map(({ title }) => `false on the twin: ${title}`),
      ...(plain.score.twin?.missing ?? []).map(
        ({ detector, entity }) => `missing on the twin: ${detector} on ${entity}`,
      ),
      ...blindProblems(loaded, blind),
      ...(posting ? sameProblems(await tellThreeWays(loaded, liveMs)) : []),
    ],
  }
}

export async function runBlind(loaded: LoadedStory, store: TemporaryStore): Promise<ExerciseScore> {
  const { score } = await runAsRecorded(loaded, store, {
    twin: false,
    change: (sources) => asDefault(sources, loaded.story.blind),
  })
  return score
}

/**
 * On default formats no step is detected, and what to add is said. A lesser alert may stand: Keycloak's own word that a token
 * was reused is in its default log, and who used it is not.
 */
export function blindProblems({ story }: LoadedStory, { steps, blind }: ExerciseScore): readonly string[] {
  const said = blind.map(({ need, hint }) => `${need} ${hint}`).join('\n')
  return [
    ...steps.flatMap(({ name, outcome }) =>
      outcome === 'missed-blind' || outcome === 'wrong-class' ? [] : [`on default formats "${name}" is ${outcome}`],
    ),
    ...story.blind.fields.flatMap((field) =>
      said.includes(field) ? [] : [`on default formats nothing says "${field}"`],
    ),
  ]
}

function sameProblems({ byExercise, byReplay, byPosting }: ThreeWays): readonly string[] {
  const differ = (told: readonly string[]): boolean => told.join('\n') !== byExercise.join('\n')
  return [
    ...(differ(byReplay) ? ['replay says something else'] : []),
    ...(differ(byPosting) ? ['a running collector says something else'] : []),
  ]
}

function resultOf(mutation: string, { steps, twin }: ExerciseScore): MutationResult {
  const wanted = steps.filter(({ outcome, holds }) => !holds || outcome !== 'missed-blind')
  return {
    mutation,
    told: wanted.filter(({ outcome }) => outcome === 'detected' || outcome === 'late').length,
    steps: wanted.length,
    falseAlerts: (twin?.falseAlerts.length ?? 0) + (twin?.missing.length ?? 0),
  }
}
