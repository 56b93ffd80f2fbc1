// Whether a source is dark: silent for much longer than it usually is between two events.

import type { Source } from '../../../../schemas/api/queries.ts'
import { mark } from '../../parts/marks.ts'
import { spanText } from '../../wording.ts'

/** Nothing is dark that spoke within this time. */
const leastMs = 15 * 60_000
/** How many of its usual gaps. */
const gaps = 20
/** Too few to know what is usual. */
const fewEvents = 20

export interface Silence {
  readonly mark: HTMLElement
  readonly why: string
}

export function silenceOf({ events, firstArrivedAt, lastArrivedAt }: Source, now: number): Silence {
  const silentMs = Math.max(0, now - Date.parse(lastArrivedAt))
  const gapMs = (Date.parse(lastArrivedAt) - Date.parse(firstArrivedAt)) / Math.max(1, events - 1)
  if (silentMs < leastMs) return { mark: mark('arrives', 'good'), why: '' }
  if (events < fewEvents)
    return { mark: mark('quiet'), why: `for ${spanText(silentMs)}; too few came to say what is usual` }
  const usual = `; before, one every ${spanText(Math.max(1, gapMs))}`
  return silentMs > gaps * gapMs
    ? { mark: mark('dark', 'bad'), why: `for ${spanText(silentMs)}${usual}` }
    : { mark: mark('quiet'), why: `for ${spanText(silentMs)}, which is usual${usual}` }
}
