// The score of an exercise: each step of the attack, and what was told of its benign twin.

import type { ExerciseScore, TwinScore } from '../../schemas/exercises/score.ts'
import { isExpected } from './expected-alert.ts'
import { type Observed, seenAlert, standingAlerts } from './observed.ts'
import { scoreStep } from './score-step.ts'
import type { LoadedStory } from './story-folder.ts'
import { timelineOf } from './timeline.ts'
import { compareTwin } from './twin.ts'

export interface ScoreInput {
  /** As it was run: its instants moved. */
  readonly loaded: LoadedStory
  readonly run: string
  readonly realm: string
  readonly attack: Observed
  /** When each line of the attack happened, epoch ms, by source; of lines that say no time none. */
  readonly times: ReadonlyMap<string, readonly number[]>
  /** Undefined: the twin was not run. */
  readonly twin: Observed | undefined
}

export function scoreExercise(input: ScoreInput): ExerciseScore {
  const { loaded, run, realm, attack, times } = input
  const { id, story } = loaded
  const startsAt = Date.parse(story.startsAt)
  const standing = standingAlerts(attack)
  const isDark = (source: string, fromMs: number, untilMs: number): boolean =>
    !(times.get(source) ?? []).some((at) => at >= fromMs && at <= untilMs)
  const needed = story.blind.fields
  const steps = story.steps.map((step) => scoreStep({ step, startsAt, needed, observed: attack, standing, isDark }))
  const told = new Set(steps.map(({ alert }) => alert?.id))
  const detectors = new Set(story.steps.map(({ expect }) => expect.detector))
  const twin = input.twin === undefined ? null : scoreTwin(loaded, input.twin)
  return {
    story: id,
    title: story.title,
    run,
    realm,
    startsAt: new Date(startsAt).toISOString(),
    timeline: timelineOf(steps, times, startsAt),
    steps,
    others: standing.filter(({ alert }) => !told.has(alert.id)).map(({ alert }) => seenAlert(alert)),
    twin,
    blind: attack.readiness
      .filter(({ detector }) => detectors.has(detector))
      .flatMap(({ detector, source, missing }) => missing.map(({ need, hint }) => ({ detector, source, need, hint }))),
    holds:
      steps.every(({ holds }) => holds) &&
      (twin === null || (twin.problems.length === 0 && twin.falseAlerts.length === 0 && twin.missing.length === 0)),
  }
}

/** What was told of a twin: every alert that does not belong there is false. */
export function scoreTwin(loaded: LoadedStory, observed: Observed): TwinScore {
  const expected = loaded.story.twin.alerts
  let left = standingAlerts(observed)
  const missing = expected.filter((each) => {
    const found = left.find(({ alert }) => isExpected(each, alert))
    // Each accounts for one alert: a second one of its kind is false.
    left = left.filter((standing) => standing !== found)
    return found === undefined
  })
  return { ...compareTwin(loaded), falseAlerts: left.map(({ alert }) => seenAlert(alert)), missing }
}
