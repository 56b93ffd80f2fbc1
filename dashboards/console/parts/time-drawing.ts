// Draws when things happened: a line of time with a mark each, numbered like the list beside it.

import { drawn, element } from '../elements.ts'
import { instantText, spanText } from '../wording.ts'

export interface TimeMark {
  /** Epoch ms. */
  readonly at: number
  readonly label: string
  readonly title: string
}

const width = 680
const height = 92
const margin = 40
const axisY = 58
/** Marks nearer than this stand above each other. */
const nearX = 20
const mostLevels = 3

/** `from` and `to`: the window that was judged, epoch ms, shaded. */
export function timeDrawing(marks: readonly TimeMark[], from: number, to: number, caption: string): HTMLElement {
  const first = Math.min(from, ...marks.map(({ at }) => at))
  const last = Math.max(to, ...marks.map(({ at }) => at), first + 1)
  const xOf = (at: number): number => margin + ((at - first) / (last - first)) * (width - 2 * margin)
  const levels = levelsOf(marks.map(({ at }) => xOf(at)))
  return element(
    'figure',
    { class: 'time-drawing' },
    drawn(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': caption },
      drawn('rect', {
        class: 'window',
        x: xOf(from),
        y: 6,
        width: Math.max(2, xOf(to) - xOf(from)),
        height: axisY - 6,
        rx: 4,
      }),
      drawn('line', { class: 'axis', x1: margin / 2, x2: width - margin / 2, y1: axisY, y2: axisY }),
      marks.map((each, index) => {
        const x = xOf(each.at)
        const y = axisY - 14 - (levels[index] ?? 0) * 15
        return drawn(
          'g',
          {},
          drawn('title', {}, each.title),
          drawn('line', { class: 'stem', x1: x, x2: x, y1: y, y2: axisY }),
          drawn('circle', { class: 'point', cx: x, cy: y, r: 9 }),
          drawn('text', { class: 'point-label', x, y: y + 4, 'text-anchor': 'middle' }, each.label),
        )
      }),
      drawn('text', { class: 'tick', x: margin / 2, y: height - 14 }, `${instantText(first)} UTC`),
      drawn('text', { class: 'tick', x: width / 2, y: height - 14, 'text-anchor': 'middle' }, spanText(last - first)),
      drawn(
        'text',
        { class: 'tick', x: width - margin / 2, y: height - 14, 'text-anchor': 'end' },
        `${instantText(last)} UTC`,
      ),
    ),
    element('figcaption', { class: 'muted' }, caption),
  )
}

function levelsOf(positions: readonly number[]): readonly number[] {
  const levels: number[] = []
  positions.forEach((x, index) => {
    const before = positions[index - 1]
    const level = before !== undefined && x - before < nearX ? (levels[index - 1] ?? 0) + 1 : 0
    levels.push(level % mostLevels)
  })
  return levels
}
