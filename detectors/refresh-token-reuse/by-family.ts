// The stage that keeps the lineage of each family of refresh tokens and finds what is used again.

import type { EventStage, Observation, ObserveContext, Signal } from '../engine/detector.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { examineFamily } from './examining/family.ts'
import { bound, completeIn, type Family, keep, openFamily } from './family.ts'
import { familyKeyOf, familyNameOf, isJoined } from './family-name.ts'
import { doingOf, keptEvent } from './kept-event.ts'
import { appendedAtOf, type FamilyState, packed, unpacked } from './packed-family.ts'
import { gravestOf, type Reuse } from './reuse.ts'
import { dayMs, type RefreshTokenReuseSettings } from './settings.ts'
import { clientKey, type ReuseFact, signalOf } from './signals.ts'
import { type Standing, walk } from './walk.ts'

const maxReuses = 16
/** Of what names no session alerts are by the hour: events to come belong to the newest ones. */
const maxHours = 2

export const byFamily: EventStage<FamilyState, RefreshTokenReuseSettings> = {
  id: 'by-family',
  keyspace: 'family',
  reads: 'events',
  kinds: ['authn'],
  keyOf: familyKeyOf,
  open: openFamily,
  observe(state, event, { settings }) {
    const doing = doingOf(event)
    if (doing === undefined) return { state }
    const family = unpacked(state)
    const kept = keptEvent(event, doing, settings)
    if (!keep(family, kept)) return { state, late: kept.at <= family.settledAt }
    family.name = familyNameOf(event, settings)
    family.appendedAt = Math.max(family.appendedAt, kept.appendedAt)
    const evicted = bound(family, settings)
    return { state: family, due: true, evicted, weight: family.events.length }
  },
  judge: judgeFamily,
  examine: examineFamily,
  spentAfter: (state, { forgetMs }) => appendedAtOf(state) + forgetMs,
}

function judgeFamily(
  state: FamilyState,
  { settings, watermarkAt }: ObserveContext<RefreshTokenReuseSettings>,
): Observation<FamilyState> {
  const family = unpacked(state)
  const joined = isJoined(family.name)
  const complete = completeIn(family.events, watermarkAt)
  const walked = walk(family.settled, family.events, complete, joined, settings)
  const signals = [...alive(family), ...changed(family, walked.end, joined)]
  settle(family, walked.settled, walked.settledEvents, joined)
  return { state: packed(family), signals, weight: Math.max(1, family.events.length) }
}

/** Lets go of what no event can change any more. What was only information goes with it; what goes keeps what was told of it. */
function settle(family: Family, settled: Standing, count: number, joined: boolean): void {
  if (count === 0) return
  family.settledAt = family.events[count - 1]?.at ?? family.settledAt
  family.events.splice(0, count)
  const kept = settled.reuses
    .filter((reuse) => {
      const gravest = gravestOf(reuse)
      return gravest?.severity !== 'info' || gravest.class === 'reported'
    })
    .slice(joined ? -maxReuses : -maxHours)
  family.settled = { lineage: settled.lineage, reuses: kept }
  const open = new Set([...family.events.map(({ node }) => node), ...kept.map(({ slot }) => slot)])
  for (const { slot } of settled.reuses) if (!open.has(slot)) delete family.told[slot]
}

/** Reuses whose telling changed. Each is told to the stage of its client, which alone knows of the others. */
function changed(family: Family, { lineage, reuses }: Standing, joined: boolean): Signal[] {
  const signals: Signal[] = []
  const lossy = family.dropped > 0
  const facts = { kind: 'reuse', family: family.name, joined, lossy } as const
  for (const reuse of reuses) {
    const first = reuse.uses[0]
    if (first === undefined) continue
    const { user, version, killedAt, acceptedAt, clockJumped } = lineage
    const client = reuse.owner || lineage.client || first.client
    const told = family.told[reuse.slot]
    // Nobody floods an alert away: what lost events is never told as less than it was.
    if (lossy && told !== undefined && reuse.count < told.count) continue
    const fact: ReuseFact = { ...facts, user, client, version, killedAt, acceptedAt, clockJumped, reuse }
    const digest = hash32(JSON.stringify(fact))
    const key = clientKey(client, version)
    if (told?.digest === digest) continue
    if (told !== undefined && told.client !== key) signals.push(signalOf(told.client, first, without(fact)))
    signals.push(signalOf(key, first, fact))
    family.told[reuse.slot] = { digest, count: reuse.count, client: key }
  }
  for (const [slot, { client }] of Object.entries(family.told)) {
    if (lossy || reuses.some((reuse) => reuse.slot === slot)) continue
    delete family.told[slot]
    const { user, version, killedAt, acceptedAt, clockJumped } = lineage
    const gone: Reuse = { slot, uses: [], count: 0, rotation: null, owner: '', places: 'unknown' }
    const fact: ReuseFact = { ...facts, user, client, version, killedAt, acceptedAt, clockJumped, reuse: gone }
    signals.push(signalOf(client, { id: slot, at: family.appendedAt }, fact))
  }
  return signals
}

function without(fact: ReuseFact): ReuseFact {
  return { ...fact, reuse: { ...fact.reuse, uses: [], count: 0 } }
}

/** Once a day each session says to its client that it lives, so that kills can be set against sessions. */
function alive(family: Family): Signal[] {
  const signals: Signal[] = []
  for (const event of family.events) {
    const day = Math.floor(event.at / dayMs)
    if (event.client === '' || family.days.includes(day) || day < (family.days[0] ?? day)) continue
    family.days = [...family.days, day].sort((a, b) => a - b).slice(-2)
    signals.push(signalOf(clientKey(event.client, event.version), event, { kind: 'alive', day }))
  }
  return signals
}
