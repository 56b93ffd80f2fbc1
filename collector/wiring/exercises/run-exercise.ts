// An exercise in a temporary collector: the baseline learned, the attack and its twin run, and the whole scored.

import type { Alert } from '../../../schemas/alerts.ts'
import { exerciseRealm } from '../../../schemas/exercises/run.ts'
import type { ExerciseScore } from '../../../schemas/exercises/score.ts'
import { scoreExercise } from '../../exercises/score.ts'
import { shiftStory } from '../../exercises/shift.ts'
import type { LoadedStory, SourceLines } from '../../exercises/story-folder.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import type { ReplayProgress } from '../replay/replay.ts'
import type { TemporaryStore } from '../replay/temporary-store.ts'
import type { Settings } from '../settings/settings.ts'
import { eventsOfLines } from './line-events.ts'
import { type ArrivingLines, runLines } from './run-lines.ts'
import { storySettings } from './story-settings.ts'

export interface ExerciseOptions {
  readonly loaded: LoadedStory
  readonly run: string
  /** Epoch ms: where the timeline begins. */
  readonly startsAt: number
  /** Run the benign twin too. */
  readonly twin: boolean
  readonly key: ScrubKey
  readonly store: TemporaryStore
  readonly onProgress: (progress: ReplayProgress) => void
  /** What is done to the lines of attack and twin before they arrive. */
  readonly change?: (sources: readonly SourceLines[]) => readonly ArrivingLines[]
}

export interface RanExercise {
  readonly score: ExerciseScore
  /** Standing alerts of the attack. */
  readonly alerts: readonly Alert[]
  /** Lines that became no event, as `source:line reason`. */
  readonly refused: readonly string[]
}

export async function runExercise(options: ExerciseOptions): Promise<RanExercise> {
  const { run, key, store, onProgress, change = (sources) => sources } = options
  const loaded = shiftStory(options.loaded, options.startsAt)
  const settings = await taughtSettings(loaded, options)
  const realm = exerciseRealm(run)
  const told = async (part: readonly SourceLines[], ofRealm: string) =>
    runLines({ sources: change(part), settings, key, store, realm: ofRealm, onProgress })
  const attack = await told(loaded.attack, realm)
  const twin = options.twin ? await told(loaded.twin, `${realm}-twin`) : undefined
  const { times, refused } = attack.events
  const score = scoreExercise({ loaded, run, realm, attack: attack.observed, times, twin: twin?.observed })
  return { score, alerts: attack.observed.alerts, refused: [...refused, ...(twin?.events.refused ?? [])] }
}

/** What is known before the story begins: its baseline, learned as `learn --from` does. */
export async function taughtSettings(
  loaded: LoadedStory,
  { key, store, onProgress }: Pick<ExerciseOptions, 'key' | 'store' | 'onProgress'>,
): Promise<Settings> {
  const settings = storySettings(loaded)
  if (loaded.baseline.length === 0) return settings
  const { learned } = await runLines({ sources: loaded.baseline, settings, key, store, realm: 'live', onProgress })
  return storySettings(loaded, learned.baseline)
}

const hourMs = 3_600_000

/** The latest start, by whole hours from the recorded one, at which no event of attack or twin is after `now`. */
export function endingBefore(loaded: LoadedStory, key: ScrubKey, now: number): number {
  const startsAt = Date.parse(loaded.story.startsAt)
  const settings = storySettings(loaded)
  const scrubber = openScrubber(key, settings.scrub)
  const happened = [loaded.attack, loaded.twin].flatMap((part) => [
    ...eventsOfLines(part, settings, scrubber).times.values(),
  ])
  const last = happened.flat().reduce((latest, at) => Math.max(latest, at), startsAt)
  return startsAt + Math.floor((now - last) / hourMs) * hourMs
}
