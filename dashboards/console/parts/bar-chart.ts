// A chart of counts over time, drawn again when the theme or the width changes, with a sentence for those who do not see it.

import { element, show } from '../elements.ts'
import { colourOf, onThemeChange } from '../theme.ts'
import { loadPlot } from '../vendor.ts'

export interface ChartSeries {
  readonly label: string
  /** Name of a colour of the styles. */
  readonly colour: string
  /** Null: nothing is known of that time. */
  readonly values: readonly (number | null)[]
}

export interface Chart {
  /** `times` are epoch seconds, rising. */
  draw(times: readonly number[], series: readonly ChartSeries[], caption: string): void
}

const height = 150

export async function openBarChart(place: HTMLElement, gone: AbortSignal): Promise<Chart> {
  const Plot = await loadPlot()
  let again = (): void => undefined
  const draw: Chart['draw'] = (times, series, caption) => {
    again = () => {
      const canvas = element('div', { 'aria-hidden': 'true' })
      show(place, element('figure', {}, canvas, element('figcaption', { class: 'muted' }, caption)))
      const axis = {
        stroke: colourOf('muted'),
        grid: { stroke: colourOf('line'), width: 1 },
        ticks: { stroke: colourOf('line'), width: 1 },
      }
      new Plot(
        {
          width: Math.max(280, place.clientWidth),
          height,
          // The last tick's text stands half beside it.
          padding: [8, 30, 0, 0],
          tzDate: (at) => Plot.tzDate(new Date(at * 1e3), 'Etc/UTC'),
          cursor: { show: false },
          legend: { show: false },
          // Room for the last bar, which begins where the last stretch does.
          scales: {
            x: { range: (_plot, first, last) => [first, last + stretchOf(times)] },
            y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.1)] },
          },
          axes: [
            { ...axis, space: 90, values: (_plot, ticks) => ticks.map(tickText(times)) },
            { ...axis, size: 44 },
          ],
          series: [
            {},
            ...series.map(({ label, colour }) => ({
              label,
              stroke: colourOf(colour),
              fill: colourOf(colour),
              width: 0,
              points: { show: false },
              paths: barsOf(Plot),
            })),
          ],
        },
        [[...times], ...series.map(({ values }) => [...values])],
        canvas,
      )
    }
    again()
  }
  onThemeChange(() => again(), gone)
  const resized = new ResizeObserver(() => {
    if (place.clientWidth === width) return
    width = place.clientWidth
    again()
  })
  let width = place.clientWidth
  resized.observe(place)
  gone.addEventListener('abort', () => resized.disconnect())
  return { draw }
}

function barsOf(Plot: Awaited<ReturnType<typeof loadPlot>>): NonNullable<import('uplot').Series['paths']> {
  const { bars } = Plot.paths
  if (bars === undefined) throw new Error('the chart package has no bars')
  return bars({ size: [0.8, 24], align: 1 })
}

/** As fine as the time shown is long. */
function tickText(times: readonly number[]): (tick: number) => string {
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return (tick) => {
    const text = new Date(tick * 1_000).toISOString()
    if (seconds > 3 * 86_400) return text.slice(5, 10)
    if (seconds > 86_400) return text.slice(5, 16).replace('T', ' ')
    return seconds > 3_600 ? text.slice(11, 16) : text.slice(11, 19)
  }
}

function stretchOf(times: readonly number[]): number {
  const [first = 0, second = first + 1] = times
  return second - first
}
