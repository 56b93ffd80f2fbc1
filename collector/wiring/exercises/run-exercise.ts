// An exercise in a temporary collector: the baseline learned, the attack and its twin run, and the whole scored.

import type { Alert } from '../../../schemas/alerts.ts'
import { exerciseRealm, twinRealm } from '../../../schemas/exercises/run.ts'
import type { ExerciseScore } from '../../../schemas/exercises/score.ts'
import { scoreExercise } from '../../exercises/score.ts'
import { shiftStory } from '../../exercises/shift.ts'
import type { LoadedStory, SourceLines } from '../../exercises/story-folder.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import type { ReplayProgress } from '../replay/replay.ts'
import type { TemporaryStore } from '../replay/temporary-store.ts'
import type { Settings } from '../settings/settings.ts'
import { givenLines } from './given-lines.ts'
import { eventsOfLines } from './line-events.ts'
import { type ArrivingLines, runLines } from './run-lines.ts'
import { storyBaseline } from './story-baseline.ts'
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
  const settings = storySettings(loaded)
  const realm = exerciseRealm(run)
  const given = givenBefore(loaded, settings, key)
  const told = async (part: readonly SourceLines[], ofRealm: string) =>
    runLines({ sources: change(part), settings, key, store, given, realm: ofRealm, onProgress })
  const attack = await told(loaded.attack, realm)
  const twin = options.twin ? await told(loaded.twin, twinRealm(run)) : undefined
  const { times, refused } = attack.events
  const score = scoreExercise({ loaded, run, realm, attack: attack.observed, times, twin: twin?.observed })
  return { score, alerts: attack.observed.alerts, refused: [...refused, ...(twin?.events.refused ?? [])] }
}

/** What is known before the story begins. */
function givenBefore(loaded: LoadedStory, settings: Settings, key: ScrubKey): readonly string[] {
  const baseline = storyBaseline(loaded, settings, openScrubber(key, settings.scrub))
  const at = Date.parse(loaded.story.startsAt) - leadMs
  return givenLines(baseline, { by: 'eastwest', note: `what exercise ${loaded.id} takes for learned`, at })
}

/** Before anything happens. */
const leadMs = 60_000

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
