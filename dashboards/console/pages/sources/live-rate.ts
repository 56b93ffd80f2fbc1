// Records a second, drawn while somebody looks, from the collector's own counter.

import type { PageContext } from '../../page.ts'
import { openBarChart } from '../../parts/bar-chart.ts'
import { numberText } from '../../wording.ts'

const everyMs = 2_000
const points = 60
const counter = /^eastwest_receiver_records_total(?:\{[^}]*\})? (\d+(?:\.\d+)?(?:e\+\d+)?)/gm

export async function liveRate(place: HTMLElement, { api, clock, gone }: PageContext): Promise<void> {
  const chart = await openBarChart(place, gone)
  const rates: { at: number; rate: number }[] = []
  let before: { at: number; count: number } | undefined
  const look = async (): Promise<void> => {
    if (gone.aborted) return
    // Where it does not answer, the next look says more.
    const text = await api.text('metrics', gone).catch(() => undefined)
    if (gone.aborted) return
    if (text !== undefined) {
      const now = {
        at: clock.now(),
        count: [...text.matchAll(counter)].reduce((sum, [, value]) => sum + Number(value), 0),
      }
      if (before !== undefined && now.at > before.at) {
        // A collector that was started again counts from nothing.
        const rate = (Math.max(0, now.count - before.count) * 1_000) / (now.at - before.at)
        rates.push({ at: now.at, rate })
      }
      before = now
      if (rates.length > points) rates.shift()
      draw()
    }
    clock.after(everyMs, look)
  }
  const draw = (): void => {
    const now = clock.now()
    const grid = Array.from({ length: points }, (_, index) => (now - (points - 1 - index) * everyMs) / 1_000)
    const lacking = points - rates.length
    const values = grid.map((_, index) => rates[index - lacking]?.rate ?? null)
    const last = rates.at(-1)?.rate ?? 0
    chart.draw(
      grid,
      [{ label: 'records a second', colour: 'accent', values }],
      `Records a second since you opened this page, up to two minutes; just now ${numberText(last)}.`,
    )
  }
  await look()
}
