// Tells new edges of one caller: each by itself, or once as a whole when the identity itself is new.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import type { SlotVerdict } from '../../schemas/findings.ts'
import { dayMs, hourMs } from '../calls/hours.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { explainedEdge, identitySlot, identityVerdict, noIdentity } from './identity-verdict.ts'
import { noteActive, type Run } from './runs.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { NewEdgeFact } from './signals.ts'

/** A new edge that raises high, of an identity that was new when it began. */
export interface YoungEdge {
  readonly destination: string
  readonly slot: string
  readonly acceptedAt: number
  readonly acceptedId: string
  readonly predecessor: string
  readonly from: Provenance
  /** What the destination's stage says; null once nothing can change whether it is told. */
  verdict: SlotVerdict | null
}

export interface CallersEdges {
  readonly caller: string
  /** When the identity was active anywhere, in ms of event time, without pauses in which it is forgotten. */
  readonly active: Run[]
  young: YoungEdge[]
  /** Alert → digest of what was last told of it. */
  readonly said: { [alert: string]: number }
}

const maxYoung = 64

/** The identity was alive. */
export function noteAlive(
  state: CallersEdges,
  at: number,
  settings: UnexpectedCallerSettings,
  verdicts: SlotVerdict[],
): void {
  const moved = noteActive(state.active, at, settings.forgottenDays * dayMs)
  if (moved && state.young.length > 0) tellYoung(state, settings, verdicts)
}

/** The number of young edges that had to go. */
export function noteNewEdge(
  state: CallersEdges,
  fact: NewEdgeFact,
  settings: UnexpectedCallerSettings,
  verdicts: SlotVerdict[],
): number {
  const { destination, acceptedAt, acceptedId, predecessor, verdict } = fact
  const isThis = (young: YoungEdge): boolean => young.destination === destination && young.slot === verdict.slot
  const before = state.young.find(isThis)
  const others = state.young.filter((young) => !isThis(young))
  const isYoung = acceptedAt >= 0 && isNewAt(state, acceptedAt, settings)
  if (!isYoung) {
    state.young = others
    delete state.said[edgeName(fact.destination, verdict.slot)]
    verdicts.push(verdict)
    if (before !== undefined) tellYoung(state, settings, verdicts)
    return 0
  }
  const young = {
    destination,
    slot: verdict.slot,
    acceptedAt,
    acceptedId,
    predecessor,
    from: verdict.entity.from,
    verdict,
  }
  state.young = [...others, young].sort(compareYoung)
  const evicted = state.young.splice(maxYoung)
  for (const each of evicted) if (each.verdict !== null) verdicts.push(each.verdict)
  tellYoung(state, settings, verdicts)
  return evicted.length
}

function compareYoung(a: YoungEdge, b: YoungEdge): number {
  return a.acceptedAt - b.acceptedAt || (edgeName(a.destination, a.slot) < edgeName(b.destination, b.slot) ? -1 : 1)
}

/** When the identity began to be active, as of an instant of its activity. */
function bornAt({ active }: CallersEdges, at: number): number {
  return active.findLast(([first]) => first <= at)?.[0] ?? at
}

function isNewAt(state: CallersEdges, at: number, { newIdentity }: UnexpectedCallerSettings): boolean {
  return at - bornAt(state, at) <= newIdentity.windowHours * hourMs
}

/** Tells the young edges one by one, or each identity once where it accounts for them. */
function tellYoung(state: CallersEdges, settings: UnexpectedCallerSettings, verdicts: SlotVerdict[]): void {
  const births = new Map<number, YoungEdge[]>()
  for (const young of state.young) {
    const born = bornAt(state, young.acceptedAt)
    births.set(born, [...(births.get(born) ?? []), young])
  }
  const identities = new Set<string>()
  for (const [born, edges] of births) {
    const isNew = edges.filter(({ acceptedAt }) => isNewAt(state, acceptedAt, settings))
    const isWhole = new Set(isNew.map(({ destination }) => destination)).size >= settings.newIdentity.destinations
    const explained = isNew.filter((young) => isWhole || inherits(young, born, settings))
    for (const young of edges) {
      if (young.verdict === null) continue
      const told = explained.includes(young) ? explainedEdge(young.verdict, born, young.predecessor) : young.verdict
      say(state, edgeName(young.destination, young.slot), told, verdicts)
    }
    if (explained.length === 0) continue
    identities.add(identitySlot(born))
    say(state, identitySlot(born), identityVerdict(state.caller, born, explained), verdicts)
  }
  for (const name of Object.keys(state.said))
    if (name.startsWith('new-identity:') && !identities.has(name)) {
      delete state.said[name]
      verdicts.push(noIdentity(state.caller, name))
    }
}

/** Provisionally: for as long as the identity is new. */
function inherits(
  { predecessor, verdict }: YoungEdge,
  born: number,
  { newIdentity }: UnexpectedCallerSettings,
): boolean {
  return predecessor !== '' && (verdict?.lastSeenAt ?? born) - born <= newIdentity.windowHours * hourMs
}

function say(state: CallersEdges, name: string, verdict: SlotVerdict, verdicts: SlotVerdict[]): void {
  const digest = verdictDigest(verdict)
  if (state.said[name] === digest) return
  state.said[name] = digest
  verdicts.push(verdict)
}

function edgeName(destination: string, slot: string): string {
  return `edge:${slot}:${destination}`
}

/** Keeps that an edge was young, no longer what was said of it, once no further edge can join it. */
export function letGoOfYoung(state: CallersEdges, settledAt: number, { newIdentity }: UnexpectedCallerSettings): void {
  for (const young of state.young)
    if (young.acceptedAt + 2 * newIdentity.windowHours * hourMs < settledAt) young.verdict = null
}
