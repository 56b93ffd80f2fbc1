// What a run appends and when: the story moved to now, each line with the instant before which it is not to be appended.

import { exerciseRealm, type RunRequest, twinRealm } from '../../../schemas/exercises/run.ts'
import { shiftStory } from '../../exercises/shift.ts'
import type { LoadedStory } from '../../exercises/story-folder.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Settings } from '../settings/settings.ts'
import { type TimedLine, timedLines } from './timed-lines.ts'

export interface PlannedLine extends TimedLine {
  readonly realm: string
  /** Epoch ms. */
  readonly dueAt: number
}

export interface RunPlan {
  /** As it is run: its instants moved. */
  readonly loaded: LoadedStory
  /** In order of appending, the twin's among them. */
  readonly lines: readonly PlannedLine[]
  readonly firstAt: number
}

export interface PlanOptions extends Pick<RunRequest, 'speed' | 'twin'> {
  readonly loaded: LoadedStory
  readonly run: string
  readonly settings: Settings
  readonly scrubber: Scrubber
  /** Epoch ms. */
  readonly now: number
}

/**
 * At real speed, and slower, the first event is now; faster, the last one is when it is appended: so no event is later than
 * its append. Instants move by whole seconds, and lines keep their distances.
 */
export function planRun({ loaded, run, settings, scrubber, now, speed, twin }: PlanOptions): RunPlan {
  const partsOf = (story: LoadedStory) => [
    { sources: story.attack, realm: exerciseRealm(run) },
    ...(twin ? [{ sources: story.twin, realm: twinRealm(run) }] : []),
  ]
  const linesOf = (story: LoadedStory) =>
    partsOf(story)
      .flatMap(({ sources, realm }) => timedLines(sources, settings, scrubber).map((line) => ({ ...line, realm })))
      .sort((a, b) => a.at - b.at) // stable
  const recorded = linesOf(loaded)
  const first = recorded[0]?.at ?? 0
  const lastsMs = (recorded.at(-1)?.at ?? first) - first
  const appendingMs = speed === 0 ? 0 : lastsMs / speed
  // The first event lies as far back as appending is quicker than the story.
  const firstAt = now - Math.max(0, lastsMs - appendingMs)
  const movedMs = Math.floor((firstAt - first) / 1_000) * 1_000
  const moved = shiftStory(loaded, Date.parse(loaded.story.startsAt) + movedMs)
  const lines = linesOf(moved).map((line) => {
    const sinceFirst = line.at - (first + movedMs)
    return { ...line, dueAt: Math.max(line.at, now + (speed === 0 ? 0 : sinceFirst / speed)) }
  })
  return { loaded: moved, lines, firstAt: first + movedMs }
}
