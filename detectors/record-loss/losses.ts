// The stretches that one partition lost, as far as they may share an alert with what is still to come.

import { z } from 'zod'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { type Dated, insertDated } from '../engine/ordered-set.ts'
import { slotStart } from '../engine/slot.ts'
import { lossVerdict } from './loss-verdict.ts'
import type { RecordLossSettings } from './settings.ts'

export interface Loss extends Dated {
  /** First and last offset that is gone. */
  readonly from: number
  readonly to: number
  readonly why: string
}

/** Type and not interface: it has to be JSON. */
export type Losses = {
  readonly key: string
  /** In order of (event time, event id). */
  readonly kept: Loss[]
}

/** As the decoder of decisions writes them. */
const attributes = z.object({ from: z.int(), to: z.int() })
const whyChars = 200

export function openLosses(key: string): Losses {
  return { key, kept: [] }
}

/** A period later than the newest one that it holds something of. */
export function spentAfter({ kept }: Losses, { slotMs }: RecordLossSettings): number {
  const newest = kept.at(-1)
  return newest === undefined ? Number.NEGATIVE_INFINITY : slotStart(newest.at, slotMs) + 2 * slotMs
}

/** Of each period the first stretches are kept, by event time: one more than is told, so that more are known to be there. */
export function observeLoss(
  state: Losses,
  event: SecurityEvent,
  { settings }: ObserveContext<RecordLossSettings>,
): Observation<Losses> {
  const { key, kept } = state
  const { slotMs } = settings
  const slotAt = slotStart(event.eventAt, slotMs)
  const oldestAt = slotStart(kept.at(-1)?.at ?? 0, slotMs) - slotMs
  if (slotAt < oldestAt) return { state, late: true }
  if (insertDated(kept, lossOf(event)) < 0) return { state }
  const inSlot = kept.filter(({ at }) => slotStart(at, slotMs) === slotAt)
  const cut = inSlot.length > settings.losses + 1 ? inSlot.pop() : undefined
  const newestFrom = slotStart(kept.at(-1)?.at ?? 0, slotMs) - slotMs
  const next = kept.filter((loss) => loss !== cut && loss.at >= newestFrom)
  return {
    state: { key, kept: next },
    weight: next.length,
    evicted: cut === undefined ? 0 : 1,
    verdicts: [lossVerdict(key, slotAt, inSlot, settings)],
  }
}

function lossOf(event: SecurityEvent): Loss {
  const { from, to } = attributes.parse(JSON.parse(event.attributes))
  return {
    at: event.eventAt,
    id: event.eventId,
    from,
    to,
    why: event.outcomeReason.slice(0, whyChars),
  }
}
