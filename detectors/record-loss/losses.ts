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
  readonly records: number
  readonly why: string
}

/** Type and not interface: it has to be JSON. */
export type Losses = {
  readonly key: string
  /** In order of (event time, event id). */
  readonly kept: Loss[]
}

/** As the decoder of decisions writes them. */
const attributes = z.object({ from: z.int(), to: z.int(), records: z.int() })
const whyChars = 200

export function openLosses(key: string): Losses {
  return { key, kept: [] }
}

/** End of the newest period that it holds something of. */
export function spentAfter({ kept }: Losses, { slotMs }: RecordLossSettings): number {
  const newest = kept.at(-1)
  return newest === undefined ? Number.NEGATIVE_INFINITY : slotStart(newest.at, slotMs) + slotMs
}

export function observeLoss(
  state: Losses,
  event: SecurityEvent,
  { settings, watermarkAt }: ObserveContext<RecordLossSettings>,
): Observation<Losses> {
  const { key } = state
  const kept = state.kept.filter(({ at }) => slotStart(at, settings.slotMs) + settings.slotMs > watermarkAt)
  const slotAt = slotStart(event.eventAt, settings.slotMs)
  const inSlot = (loss: Loss): boolean => slotStart(loss.at, settings.slotMs) === slotAt
  if (kept.filter(inSlot).length >= settings.losses) return { state: { key, kept }, weight: kept.length, evicted: 1 }
  const isNew = insertDated(kept, lossOf(event)) >= 0
  const next = { state: { key, kept }, weight: kept.length }
  return isNew ? { ...next, verdicts: [lossVerdict(key, slotAt, kept.filter(inSlot), settings)] } : next
}

function lossOf(event: SecurityEvent): Loss {
  const { from, to, records } = attributes.parse(JSON.parse(event.attributes))
  return {
    at: event.eventAt,
    id: event.eventId,
    from,
    to,
    records,
    why: event.outcomeReason.slice(0, whyChars),
  }
}
