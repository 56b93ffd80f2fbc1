// Draws the timeline of an exercise with letters, for Markdown and terminals.

import { type ExerciseScore, timelineColumns } from '../../schemas/exercises/score.ts'
import { columnOf } from './timeline.ts'

const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const nameWidth = 18

/** A line for each source, then one for each step: `●` it happened, `▶` it was told, `✕` it never was. */
export function timelineText({ timeline, steps }: ExerciseScore): string {
  const from = Date.parse(timeline.from)
  const to = Date.parse(timeline.to)
  const lanes = timeline.sources.map(({ source, counts }) => {
    const most = counts.reduce((least, each) => Math.max(least, each), 1)
    return row(source, counts.map((count) => bars[Math.ceil((count / most) * (bars.length - 1))] ?? ' ').join(''))
  })
  const told = steps.map(({ at, timeToDetectMs }, index) => {
    const cells = Array.from({ length: timelineColumns + 2 }, () => '·')
    const happened = columnOf(Date.parse(at), from, to)
    const toldAt = timeToDetectMs === null ? happened + 1 : columnOf(Date.parse(at) + timeToDetectMs, from, to)
    cells[Math.max(happened + 1, toldAt)] = timeToDetectMs === null ? '✕' : '▶'
    cells[happened] = '●'
    return row(`step ${index + 1}`, cells.join(''))
  })
  const first = timeline.from.slice(11, 19)
  const last = timeline.to.slice(11, 19)
  return [...lanes, ...told, row('', `${first}${last.padStart(timelineColumns - first.length)}`)].join('\n')
}

function row(name: string, cells: string): string {
  return `${name.slice(0, nameWidth).padEnd(nameWidth)} ${cells}`.trimEnd()
}
