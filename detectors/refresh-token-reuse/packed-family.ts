// A family at rest as one short text: a tenth of the memory that objects take. What is usual or said elsewhere is left out.

import { tokenVerdicts } from '../../schemas/events/token-words.ts'
import type { Family } from './family.ts'
import { isJoined } from './family-name.ts'
import { FieldReader, FieldWriter } from './field-text.ts'
import { everyDoing, type KeptEvent } from './kept-event.ts'
import { ancestorLength, type Chain, type Lineage, type Rotation } from './lineage.ts'
import { dayMs } from './settings.ts'

/** JSON-safe either way. */
export type FamilyState = string | Family

const usualChains = 1
const noDays = '-'

/** What few families have: it is written as it is, behind the rest. */
type Told = Pick<Family, 'name' | 'told' | 'dropped'> & Pick<Family['settled'], 'reuses'>

/**
 * Newest append time in base 36, so that it can be read without the rest; then a row for each event, the newest first: the
 * token it presented is the one that the event before it gave, and the lineage mostly says again what the oldest says; then
 * the lineage, its chains and its places.
 */
export function packed(family: Family): FamilyState {
  const { appendedAt, settledAt, settled, events, days } = family
  const { lineage } = settled
  const to = new FieldWriter()
  to.time(appendedAt)
  to.number(events.length)
  to.number(lineage.chains.length - usualChains)
  to.text(daysText(days, dayOf(appendedAt)))
  to.endRow()
  for (const event of events.toReversed()) writeEvent(to, event)
  to.time(settledAt)
  writeLineage(to, lineage)
  return to.finished(toldText(family))
}

export function unpacked(state: FamilyState): Family {
  if (typeof state !== 'string') return state
  const from = new FieldReader(state)
  const appendedAt = from.time()
  const eventCount = from.number()
  const chainCount = from.number() + usualChains
  const days = daysIn(from.text(), dayOf(appendedAt))
  from.endRow()
  const events = times(eventCount, () => readEvent(from)).reverse()
  const settledAt = from.time()
  const lineage = readLineage(from, chainCount)
  // Written by `toldText`.
  const { name, told, dropped, reuses }: Told = from.rest === '' ? nothingTold() : JSON.parse(from.rest)
  return {
    name,
    appendedAt,
    settledAt,
    settled: { lineage, reuses },
    events,
    told,
    days,
    dropped,
  }
}

/** Epoch ms: newest append time, without unpacking. */
export function appendedAtOf(state: FamilyState): number {
  return typeof state === 'string' ? Number.parseInt(state, 36) : state.appendedAt
}

function nothingTold(): Told {
  return { name: '', told: {}, dropped: 0, reuses: [] }
}

/** Where nothing was told the name is not asked for before the next event, which says it. */
function toldText({ name, told, dropped, settled: { reuses } }: Family): string {
  const isNothing = isJoined(name) && reuses.length === 0 && dropped === 0 && Object.keys(told).length === 0
  return isNothing ? '' : JSON.stringify({ name, told, dropped, reuses } satisfies Told)
}

/** How long ago they are; `''`: this day alone. */
function daysText(days: readonly number[], today: number): string {
  const text = days.map((day) => (today - day).toString(36)).join('.')
  return text === '0' ? '' : text === '' ? noDays : text
}

function daysIn(text: string, today: number): readonly number[] {
  if (text === '') return [today]
  return text === noDays ? [] : text.split('.').map((ago) => today - Number.parseInt(ago, 36))
}

function dayOf(at: number): number {
  return Math.floor(at / dayMs)
}

function writeEvent(to: FieldWriter, event: KeptEvent): void {
  const {
    at,
    id,
    appendedAt,
    doing,
    node,
    child,
    accepted,
    verdict,
    client,
    version,
    user,
    request,
    context,
    profile,
  } = event
  to.text(id)
  to.like('node', child)
  to.like('node', node)
  to.number(everyDoing.indexOf(doing) + everyDoing.length * (2 * tokenVerdicts.indexOf(verdict) + (accepted ? 0 : 1)))
  to.number(profile)
  to.like('context', context)
  to.like('client', client)
  to.like('user', user)
  to.time(at)
  to.time(appendedAt)
  to.text(request)
  to.like('version', version)
  to.endRow()
}

function readEvent(from: FieldReader): KeptEvent {
  const id = from.text()
  const child = from.like('node')
  const node = from.like('node')
  const answer = from.number()
  const profile = from.number()
  const context = from.like('context')
  const client = from.like('client')
  const user = from.like('user')
  const at = from.time()
  const appendedAt = from.time()
  const request = from.text()
  const version = from.like('version')
  from.endRow()
  const doing = everyDoing[answer % everyDoing.length] ?? 'presents'
  const refusal = Math.floor(answer / everyDoing.length)
  const verdict = tokenVerdicts[refusal >>> 1] ?? ''
  const accepted = (refusal & 1) === 0
  return { at, id, appendedAt, doing, node, child, accepted, verdict, client, version, user, request, context, profile }
}

function writeLineage(to: FieldWriter, lineage: Lineage): void {
  const { user, version, client, chains, places, endedAt, killedAt, acceptedAt, reusedAs, reported, clockJumped } =
    lineage
  to.time(acceptedAt)
  to.like('client', client)
  to.like('user', user)
  to.like('version', version)
  to.number(endedAt + 1)
  to.number(killedAt + 1)
  to.number((reported ? 1 : 0) + (clockJumped ? 2 : 0))
  to.text(reusedAs)
  to.endRow()
  for (const chain of chains) writeChain(to, chain)
  to.text(places.map(([, accepted]) => accepted).join(''))
  for (const [context] of places) to.like('context', context)
  to.endRow()
}

function readLineage(from: FieldReader, chainCount: number): Lineage {
  const acceptedAt = from.time()
  const client = from.like('client')
  const user = from.like('user')
  const version = from.like('version')
  const endedAt = from.number() - 1
  const killedAt = from.number() - 1
  const flags = from.number()
  const reusedAs = from.text()
  from.endRow()
  const chains = times(chainCount, () => readChain(from))
  const places = Array.from(from.text(), (digit) => [from.like('context'), digit === '1' ? 1 : 0] as const)
  from.endRow()
  const reported = (flags & 1) === 1
  const clockJumped = (flags & 2) === 2
  return { user, version, client, chains, places, endedAt, killedAt, acceptedAt, reusedAs, reported, clockJumped }
}

/** The parent's use stands where it mostly says again what is known: the family's newest settled use. */
function writeChain(to: FieldWriter, { client, current, parent, ancestors }: Chain): void {
  to.text(parent?.id ?? '')
  to.text(parent?.node ?? '')
  to.text(ancestors.join(''))
  to.like('node', current)
  to.like('client', client)
  if (parent !== null) {
    to.like('context', parent.context)
    to.like('client', parent.client)
    to.time(parent.at)
    to.text(parent.request)
  }
  to.endRow()
}

function readChain(from: FieldReader): Chain {
  const id = from.text()
  const node = from.text()
  const joined = from.text()
  const current = from.like('node')
  const client = from.like('client')
  const parent = id === '' ? null : readRotation(from, id, node)
  from.endRow()
  const ancestors = times(joined.length / ancestorLength, (index) =>
    joined.slice(index * ancestorLength, (index + 1) * ancestorLength),
  )
  return { client, current, parent, ancestors }
}

function readRotation(from: FieldReader, id: string, node: string): Rotation {
  const context = from.like('context')
  const client = from.like('client')
  const at = from.time()
  const request = from.text()
  return { node, at, id, request, client, context }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  const made: T[] = []
  for (let index = 0; index < count; index++) made.push(make(index))
  return made
}
