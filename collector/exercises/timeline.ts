// When an exercise happened and what came when: the facts that reports draw.

import { type StepScore, type Timeline, timelineColumns } from '../../schemas/exercises/score.ts'

/** From the start to the last event, alert or end of a budget, whichever is latest. */
export function timelineOf(
  steps: readonly StepScore[],
  times: ReadonlyMap<string, readonly number[]>,
  startsAt: number,
): Timeline {
  const ends = steps.flatMap(({ at, budgetMs, timeToDetectMs }) => [
    Date.parse(at) + budgetMs,
    Date.parse(at) + (timeToDetectMs ?? 0),
  ])
  const happened = [...times.values()].flat()
  const earliest = happened.reduce((least, at) => Math.min(least, at), startsAt)
  const latest = [...happened, ...ends].reduce((most, at) => Math.max(most, at), startsAt + 1_000)
  return {
    from: new Date(earliest).toISOString(),
    to: new Date(latest).toISOString(),
    sources: [...times].map(([source, all]) => {
      const counts = Array.from({ length: timelineColumns }, () => 0)
      for (const at of all) {
        const column = columnOf(at, earliest, latest)
        counts[column] = (counts[column] ?? 0) + 1
      }
      return { source, counts }
    }),
  }
}

/** 0 to one less than `timelineColumns`. */
export function columnOf(at: number, from: number, to: number): number {
  const column = Math.floor(((at - from) / Math.max(1, to - from)) * timelineColumns)
  return Math.min(timelineColumns - 1, Math.max(0, column))
}
