// What is kept of one family: how its lineage stands, the events that may still change meaning, and what was told.

import { insertDated } from '../engine/ordered-set.ts'
import type { KeptEvent } from './kept-event.ts'
import { noLineage } from './lineage.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'
import type { Standing } from './walk.ts'

/** What was told of one slot. */
export interface Told {
  readonly digest: number
  readonly count: number
  /** Client of the stage that was told. */
  readonly client: string
}

export interface Family {
  /** Session, grant or token; `''` while no event has said it again since the family was at rest. */
  name: string
  /** Epoch ms, newest append time. */
  appendedAt: number
  /** Epoch ms, event time: what is stamped no later has been settled. */
  settledAt: number
  settled: Standing
  events: KeptEvent[]
  /** By slot. */
  told: { [slot: string]: Told }
  /** Days since the epoch on which the client was told that the session lives, newest two. */
  days: readonly number[]
  /** Events that had to go in a flood. */
  dropped: number
}

export function openFamily(): Family {
  return {
    name: '',
    appendedAt: 0,
    settledAt: -1,
    settled: { lineage: noLineage, reuses: [] },
    events: [],
    told: {},
    days: [],
    dropped: 0,
  }
}

/** False: it was there already, or is of a time that has been settled and cannot be told from a repeat. */
export function keep(family: Family, event: KeptEvent): boolean {
  if (event.at <= family.settledAt) return false
  return insertDated(family.events, event) >= 0
}

/** In a flood the first events and the newest stay. The number that had to go. */
export function bound(family: Family, { limits }: RefreshTokenReuseSettings): number {
  const excess = family.events.length - limits.events
  if (excess <= 0) return 0
  family.events.splice(Math.floor(limits.events / 4), excess)
  family.dropped += excess
  return excess
}

/** How many events are there with all that come before them. */
export function completeIn(events: readonly KeptEvent[], watermarkAt: number): number {
  let completeAt = Number.NEGATIVE_INFINITY
  for (const { at, appendedAt } of events) if (appendedAt < watermarkAt && at > completeAt) completeAt = at
  const first = events.findIndex(({ at }) => at >= completeAt)
  return Math.max(0, first)
}
