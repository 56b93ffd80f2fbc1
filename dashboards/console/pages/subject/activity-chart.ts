// When a subject was active: events in equal stretches of time, those that were denied or failed in front.

import type { TimelineEvent } from '../../../../schemas/api/asking.ts'
import { openBarChart } from '../../parts/bar-chart.ts'
import { instantText, spanText } from '../../wording.ts'

const stretches = 60

export async function activityChart(
  place: HTMLElement,
  events: readonly TimelineEvent[],
  gone: AbortSignal,
): Promise<void> {
  const times = events.map(({ at }) => Date.parse(at))
  const from = Math.min(...times)
  const to = Math.max(...times)
  // One instant is no course of time.
  if (!(to > from)) return
  const stretchMs = Math.max(1, Math.ceil((to - from + 1) / stretches))
  const all = new Array<number>(stretches).fill(0)
  const failed = new Array<number>(stretches).fill(0)
  for (const [index, { outcome }] of events.entries()) {
    const at = Math.floor(((times[index] ?? from) - from) / stretchMs)
    all[at] = (all[at] ?? 0) + 1
    if (outcome === 'denied' || outcome === 'failed') failed[at] = (failed[at] ?? 0) + 1
  }
  const chart = await openBarChart(place, gone)
  if (gone.aborted) return
  chart.draw(
    all.map((_, index) => (from + index * stretchMs) / 1_000),
    [
      { label: 'events', colour: 'accent', values: all },
      { label: 'denied or failed', colour: 'high', values: failed },
    ],
    `Events from ${instantText(from)} to ${instantText(to)} UTC, ${spanText(stretchMs)} a bar; denied or failed ones in front.`,
  )
}
