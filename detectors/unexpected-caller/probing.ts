// Sees one caller knock at many doors: denied by several destinations within a short time.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { hourMs, hourOf, minuteMs } from '../calls/hours.ts'
import type { Signal } from '../engine/detector.ts'
import { insertDated } from '../engine/ordered-set.ts'
import { slotName } from '../engine/slot.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { probeMs } from './probe-telling.ts'
import { type AcceptedEdge, noProbing, type Probe, probingVerdict } from './probing-verdict.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { Fact, ProbeFact } from './signals.ts'

export interface Probing {
  /** Denied calls in order, one a second and destination. */
  readonly probes: Probe[]
  /** Destinations among them that accepted the caller, and since when: its denials there are then no probes. */
  readonly accepted: AcceptedEdge[]
  /** Slot → digest of what was last told. */
  readonly said: { [slot: string]: number }
}

export interface ProbingCaller {
  readonly caller: string
  /** Event time before which nothing comes any more. */
  readonly settledAt: number
  readonly probing: Probing
}

export function noProbes(): Probing {
  return { probes: [], accepted: [], said: {} }
}

/** A denied call, or its withdrawal. The number of entries that had to go. */
export function noteProbe(
  state: ProbingCaller,
  signal: Signal,
  fact: ProbeFact,
  settings: UnexpectedCallerSettings,
  verdicts: SlotVerdict[],
): number {
  const { probing } = state
  noteAccepted(state, fact, settings, verdicts)
  const changed = signal.withdrawn ? drop(probing, signal) : note(probing, signal, fact)
  if (!changed) return 0
  const evicted = probing.probes.length > settings.limits.probes ? probing.probes.splice(0, 1).length : 0
  const windowMs = settings.probing.windowMinutes * minuteMs
  tell(state, hoursBetween(signal.at, signal.at + windowMs), settings, verdicts)
  return evicted
}

/** What a destination now says of when it first accepted the caller. */
export function noteAccepted(
  state: ProbingCaller,
  { destination, epoch, edgeAcceptedAt: at }: Fact,
  settings: UnexpectedCallerSettings,
  verdicts: SlotVerdict[],
): void {
  const { accepted, probes } = state.probing
  const index = accepted.findIndex((each) => each.destination === destination && each.epoch === epoch)
  if ((accepted[index]?.at ?? -1) === at) return
  if (index >= 0) accepted.splice(index, 1)
  if (at >= 0) accepted.push({ destination, epoch, at })
  if (probes.some((probe) => probe.destination === destination))
    tell(state, allHours(state.probing), settings, verdicts)
}

/** Keeps the earliest probe of a second and destination. True when that changed anything. */
function note(state: Probing, { at, eventId: id }: Signal, fact: ProbeFact): boolean {
  const second = Math.floor(at / probeMs)
  for (let index = state.probes.length - 1; index >= 0; index--) {
    const other = state.probes[index] as Probe // index is within the array
    const otherSecond = Math.floor(other.at / probeMs)
    if (otherSecond < second) break
    if (otherSecond > second || other.destination !== fact.destination) continue
    if (other.at < at || (other.at === at && other.id <= id)) return false
    state.probes.splice(index, 1)
  }
  const { method, route, port, policy, from, destination, epoch } = fact
  insertDated(state.probes, { at, id, destination, epoch, method, route, port, policy, from })
  return true
}

function drop(state: Probing, { at, eventId }: Signal): boolean {
  const index = state.probes.findIndex((probe) => probe.at === at && probe.id === eventId)
  if (index >= 0) state.probes.splice(index, 1)
  return index >= 0
}

function tell(
  state: ProbingCaller,
  hours: readonly number[],
  settings: UnexpectedCallerSettings,
  verdicts: SlotVerdict[],
): void {
  const { caller, probing } = state
  const { said } = probing
  const open = openHour(state.settledAt, settings)
  for (const hour of hours) {
    if (hour < open) continue
    const slot = slotName(hour * hourMs)
    const verdict = probingVerdict({ caller, ...probing }, hour, settings)
    const digest = verdict === undefined ? undefined : verdictDigest(verdict)
    if (digest === said[slot]) continue
    verdicts.push(verdict ?? noProbing(caller, slot, hour * hourMs))
    if (digest === undefined) delete said[slot]
    else said[slot] = digest
  }
}

function hoursBetween(from: number, to: number): readonly number[] {
  const first = hourOf(from)
  // The hour after the last may continue it.
  return Array.from({ length: hourOf(to) - first + 2 }, (_, index) => first + index)
}

function allHours({ probes }: Probing): readonly number[] {
  return [...new Set(probes.map(({ at }) => hourOf(at)))].sort((a, b) => a - b)
}

/** First hour whose alert may still change. */
function openHour(settledAt: number, { quietMinutes }: UnexpectedCallerSettings): number {
  return settledAt < 0 ? 0 : hourOf(settledAt - quietMinutes * minuteMs)
}

/** Lets go of what only final alerts need, but the hour before the first open one, which that may continue. */
export function letGoOfProbes({ probing, settledAt }: ProbingCaller, settings: UnexpectedCallerSettings): void {
  const { probes, accepted, said } = probing
  const open = openHour(settledAt, settings)
  const keptFrom = (open - 1) * hourMs - settings.probing.windowMinutes * minuteMs
  const kept = probes.findIndex(({ at }) => at >= keptFrom)
  probes.splice(0, kept < 0 ? probes.length : kept)
  const still = accepted.filter(({ destination }) => probes.some((probe) => probe.destination === destination))
  accepted.splice(0, accepted.length, ...still)
  const oldest = slotName((open - 1) * hourMs)
  for (const slot of Object.keys(said)) if (slot < oldest) delete said[slot]
}
