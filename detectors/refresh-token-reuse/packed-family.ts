// A family at rest as one text: a fifth of the memory that objects take. Times are told from one, names once.

import { tokenVerdicts } from '../../schemas/events/token-words.ts'
import type { Family } from './family.ts'
import { everyDoing, type KeptEvent } from './kept-event.ts'
import { type Chain, type Lineage, noLineage, type Rotation } from './lineage.ts'

/** JSON-safe either way. */
export type FamilyState = string | Family

type Row = readonly unknown[]

/** Newest append time in seconds, base 36, so that it can be read without the rest; then the rest, by position. */
export function packed(family: Family): FamilyState {
  const { key, appendedAt, settledAt, settled, events, told, days, dropped } = family
  const { lineage, reuses } = settled
  const names: string[] = ['']
  const nameOf = (text: string): number => (names.includes(text) ? names.indexOf(text) : names.push(text) - 1)
  const since = (at: number): number | null => (at < 0 ? null : at - appendedAt)
  const rotation = ({ node, at, id, request, client, context }: Rotation): Row => [
    node,
    since(at),
    id,
    request,
    nameOf(client),
    nameOf(context),
  ]
  const chain = ({ client, current, parent, ancestors }: Chain): Row => [
    nameOf(client),
    current,
    parent === null ? 0 : rotation(parent),
    ancestors.join(' '),
  ]
  const body = [
    key,
    appendedAt,
    since(settledAt),
    lineage === noLineage ? 0 : lineageRow(lineage, nameOf, since, chain),
    events.map((event) => eventRow(event, nameOf, since)),
    days,
    ...(reuses.length === 0 && dropped === 0 && Object.keys(told).length === 0 ? [] : [reuses, told, dropped]),
  ]
  return inOnePiece(Math.floor(appendedAt / 1_000).toString(36) + JSON.stringify([names, ...body]))
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Texts that were put together keep their parts, which cost a third more. JSON holds no lone surrogates, so nothing is lost. */
function inOnePiece(text: string): string {
  return decoder.decode(encoder.encode(text))
}

export function unpacked(state: FamilyState): Family {
  if (typeof state !== 'string') return state
  // Written by `packed`, in this order.
  const [names, key, appendedAt, settledAt, lineage, events, days, reuses = [], told = {}, dropped = 0] = JSON.parse(
    state.slice(state.indexOf('[')),
  )
  const at = (since: number | null): number => (since === null ? -1 : appendedAt + since)
  return {
    key,
    appendedAt,
    settledAt: at(settledAt),
    settled: { lineage: lineage === 0 ? noLineage : lineageOf(lineage, names, at), reuses },
    events: events.map((row: Row) => eventOf(row, names, at)),
    told,
    days,
    dropped,
  }
}

/** Epoch ms, to the second: newest append time, without unpacking. */
export function appendedAtOf(state: FamilyState): number {
  return typeof state === 'string' ? Number.parseInt(state, 36) * 1_000 : state.appendedAt
}

type NameOf = (text: string) => number
type Since = (at: number) => number | null
type At = (since: number | null) => number

function eventRow(event: KeptEvent, nameOf: NameOf, since: Since): Row {
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
  const numbers = [everyDoing.indexOf(doing), accepted ? 1 : 0, tokenVerdicts.indexOf(verdict), profile]
  return [
    since(at),
    id,
    since(appendedAt),
    ...numbers,
    node,
    child,
    request,
    ...[client, version, user, context].map(nameOf),
  ]
}

function eventOf(row: Row, names: readonly string[], timeOf: At): KeptEvent {
  const [at, id, appendedAt, doing, accepted, verdict, profile, node, child, request, client, version, user, context] =
    row as [
      number,
      string,
      number,
      number,
      number,
      number,
      number,
      string,
      string,
      string,
      number,
      number,
      number,
      number,
    ] // as `eventRow` wrote it
  const name = (index: number): string => names[index] ?? ''
  return {
    at: timeOf(at),
    id,
    appendedAt: timeOf(appendedAt),
    doing: everyDoing[doing] ?? 'presents',
    node,
    child,
    accepted: accepted === 1,
    verdict: tokenVerdicts[verdict] ?? '',
    client: name(client),
    version: name(version),
    user: name(user),
    request,
    context: name(context),
    profile,
  }
}

function lineageRow(lineage: Lineage, nameOf: NameOf, since: Since, chain: (chain: Chain) => Row): Row {
  const { user, version, client, chains, places, endedAt, killedAt, acceptedAt, reusedAs } = lineage
  return [
    [user, version, client].map(nameOf),
    chains.map(chain),
    places.map(([context, accepted]) => [nameOf(context), accepted]),
    [endedAt, killedAt, acceptedAt].map(since),
    reusedAs,
    (lineage.reported ? 1 : 0) + (lineage.clockJumped ? 2 : 0),
  ]
}

function lineageOf(row: Row, names: readonly string[], timeOf: At): Lineage {
  const [[user, version, client], chains, places, [endedAt, killedAt, acceptedAt], reusedAs, flags] = row as [
    [number, number, number],
    [number, string, Row | 0, string][],
    [number, 0 | 1][],
    [number | null, number | null, number | null],
    string,
    number,
  ] // as `lineageRow` wrote it
  const name = (index: number): string => names[index] ?? ''
  return {
    user: name(user),
    version: name(version),
    client: name(client),
    chains: chains.map(([owner, current, parent, ancestors]) => ({
      client: name(owner),
      current,
      parent: parent === 0 ? null : rotationOf(parent, names, timeOf),
      ancestors: ancestors === '' ? [] : ancestors.split(' '),
    })),
    places: places.map(([context, accepted]) => [name(context), accepted] as const),
    endedAt: timeOf(endedAt),
    killedAt: timeOf(killedAt),
    acceptedAt: timeOf(acceptedAt),
    reusedAs,
    reported: (flags & 1) === 1,
    clockJumped: (flags & 2) === 2,
  }
}

function rotationOf(row: Row, names: readonly string[], timeOf: At): Rotation {
  const [node, at, id, request, client, context] = row as [string, number, string, string, number, number] // as `packed` wrote it
  return { node, at: timeOf(at), id, request, client: names[client] ?? '', context: names[context] ?? '' }
}
