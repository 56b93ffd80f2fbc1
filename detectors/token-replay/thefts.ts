// The stage of each workload without a way from any ingress: which tokens of people it presented, told hour by hour.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { judgedAsOf } from '../calls/hours.ts'
import type { Observation, ObserveContext, SignalStage } from '../engine/detector.ts'
import { compareDated, type Dated, insertDated } from '../engine/ordered-set.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { dayMs, hourMs, type TokenReplaySettings } from './settings.ts'
import { type TheftFact, theftFactOf } from './signals.ts'
import { theftVerdict, withdrawnTheft } from './theft-verdict.ts'

/** The earliest presentation of one token. */
export interface Sighting extends Dated, Pick<TheftFact, 'token' | 'destination' | 'subject' | 'operation'> {}

export interface TheftsState {
  /** In order, bounded. */
  readonly sightings: Sighting[]
  /** What was last told: hour → digest. */
  readonly said: { [slot: string]: number }
  lastAppendedAt: number
}

export const thefts: SignalStage<TheftsState, TokenReplaySettings> = {
  id: 'thefts',
  keyspace: 'caller',
  reads: 'signals',
  from: 'by-token',
  open: () => ({ sightings: [], said: {}, lastAppendedAt: -1 }),
  observe(state, signal, context) {
    if (context.appendedAt > state.lastAppendedAt) state.lastAppendedAt = context.appendedAt
    const { presenter, token, destination, subject, operation } = theftFactOf(signal)
    const { sightings } = state
    const sighting = { at: signal.at, id: signal.eventId, token, destination, subject, operation }
    const there = sightings.findIndex((each) => each.token === token)
    const before = sightings[there]
    if (before !== undefined && compareDated(before, sighting) <= 0) return { state }
    if (before !== undefined) sightings.splice(there, 1)
    insertDated(sightings, sighting)
    const evicted = sightings.length > context.settings.limits.presentations ? 1 : 0
    if (evicted > 0) sightings.shift()
    const changed = before === undefined ? [sighting.at] : [before.at, sighting.at]
    return { ...tell(state, presenter, changed, context), evicted }
  },
  spentAfter: ({ lastAppendedAt }, { paths }) => lastAppendedAt + paths.forgottenDays * dayMs,
}

/** Tells the hours of these instants. */
function tell(
  state: TheftsState,
  presenter: string,
  instants: readonly number[],
  { latenessMs }: ObserveContext<TokenReplaySettings>,
): Observation<TheftsState> {
  const verdicts: SlotVerdict[] = []
  for (const slotAt of new Set(instants.map((at) => slotStart(at, hourMs)))) {
    const slot = slotName(slotAt)
    const sightings = state.sightings.filter(({ at }) => slotStart(at, hourMs) === slotAt)
    const verdict =
      sightings.length === 0
        ? withdrawnTheft(presenter, slot, slotAt)
        : theftVerdict(presenter, sightings, slot, slotName(judgedAsOf(slotAt, latenessMs)))
    const digest = verdictDigest(verdict)
    if (state.said[slot] === digest) continue
    state.said[slot] = digest
    verdicts.push(verdict)
  }
  letGoOfSaid(state)
  return { state, verdicts, weight: 1 + state.sightings.length }
}

/** An hour whose presentations had to go is not told again. */
function letGoOfSaid({ said, sightings }: TheftsState): void {
  if (Object.keys(said).length <= 2 * sightings.length + 16) return
  const held = new Set(sightings.map(({ at }) => slotName(slotStart(at, hourMs))))
  for (const name of Object.keys(said)) if (!held.has(name)) delete said[name]
}
