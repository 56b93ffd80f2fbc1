// What is kept of one family: how its lineage stands, the events that may still change meaning, and what was told. At rest it is one text.

import { insertDated } from '../engine/ordered-set.ts'
import type { KeptEvent } from './kept-event.ts'
import { type Lineage, noLineage } from './lineage.ts'
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
  readonly key: string
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

/** A state at rest is a text, which takes a third of the memory. JSON-safe either way. */
export type FamilyState = string | Family

export function openFamily(key: string): Family {
  return {
    key,
    appendedAt: 0,
    settledAt: -1,
    settled: { lineage: noLineage, reuses: [] },
    events: [],
    told: {},
    days: [],
    dropped: 0,
  }
}

const eventFields = [
  'at',
  'id',
  'appendedAt',
  'doing',
  'node',
  'child',
  'accepted',
  'verdict',
  'client',
  'version',
  'user',
  'request',
  'context',
  'profile',
] as const satisfies readonly (keyof KeptEvent)[]
const lineageFields = [
  'user',
  'version',
  'client',
  'chains',
  'places',
  'endedAt',
  'killedAt',
  'acceptedAt',
  'reusedAs',
  'reported',
  'clockJumped',
] as const satisfies readonly (keyof Lineage)[]

/** Newest append time in seconds, base 36, so that it can be read without the rest; then the rest, by position. */
export function packed(family: Family): FamilyState {
  const { key, appendedAt, settledAt, settled, events, told, days, dropped } = family
  const { lineage, reuses } = settled
  const isQuiet = reuses.length === 0 && dropped === 0 && Object.keys(told).length === 0
  const body = [
    key,
    appendedAt,
    settledAt,
    lineage === noLineage ? 0 : rowOf(lineageFields, { ...lineage, chains: lineage.chains.map(rowOfChain) }),
    events.map((event) => rowOf(eventFields, event)),
    days,
    ...(isQuiet ? [] : [reuses, told, dropped]),
  ]
  return Math.floor(appendedAt / 1_000).toString(36) + JSON.stringify(body)
}

export function unpacked(state: FamilyState): Family {
  if (typeof state !== 'string') return state
  // Written by `packed`, in this order.
  const [key, appendedAt, settledAt, lineage, events, days, reuses = [], told = {}, dropped = 0] = JSON.parse(
    state.slice(state.indexOf('[')),
  )
  return {
    key,
    appendedAt,
    settledAt,
    settled: { lineage: lineage === 0 ? noLineage : lineageOf(lineage), reuses },
    events: events.map((row: readonly unknown[]) => objectOf(eventFields, row) as unknown as KeptEvent), // its fields, in their order
    told,
    days,
    dropped,
  }
}

/** Epoch ms, to the second: newest append time, without unpacking. */
export function appendedAtOf(state: FamilyState): number {
  return typeof state === 'string' ? Number.parseInt(state, 36) * 1_000 : state.appendedAt
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

type Row = readonly unknown[]

function rowOf<Name extends string>(names: readonly Name[], from: Readonly<Record<Name, unknown>>): Row {
  return names.map((name) => from[name])
}

function objectOf(names: readonly string[], row: Row): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name, index) => [name, row[index]]))
}

const chainFields = ['client', 'current', 'parent', 'ancestors'] as const
const rotationFields = ['node', 'at', 'id', 'request', 'client', 'context'] as const

function rowOfChain(chain: Lineage['chains'][number]): Row {
  return rowOf(chainFields, { ...chain, parent: chain.parent === null ? 0 : rowOf(rotationFields, chain.parent) })
}

function lineageOf(row: Row): Lineage {
  const lineage = objectOf(lineageFields, row)
  const chains = (lineage.chains as readonly Row[]).map((each) => {
    const chain = objectOf(chainFields, each)
    return { ...chain, parent: chain.parent === 0 ? null : objectOf(rotationFields, chain.parent as Row) }
  })
  return { ...lineage, chains } as unknown as Lineage // as `packed` wrote it
}
