// Which calls of an edge are kept: the first of each alert, the newest sign of life, and what later events may yet change.

import { firstHourFrom, hourMs, hourOf, judgedAsOf, minuteMs } from '../calls/hours.ts'
import { insertDated } from '../engine/ordered-set.ts'
import { slotName } from '../engine/slot.ts'
import { isKnownByUse, type Judging, type Place, placesOf } from './judging.ts'
import type { EdgeState, KeptCall } from './state.ts'
import type { Rule } from './verdict-table.ts'

/** Name of an alert within its edge. */
export function alertName(rule: Rule, slot: string): string {
  return `${rule}|${slot}`
}

/** Keeps a call and lets go of what no alert needs. The alerts that it changed; none for an event that was there before. */
export function keepCall(edge: EdgeState, judging: Judging, call: KeptCall): readonly Place[] {
  const places = placesOf(edge, judging, call)
  if (places.length === 0 && isFinal(judging, call.at)) return places
  const index = insertDated(edge.calls, call)
  if (index < 0) return []
  if (edge.calls.length > judging.settings.limits.calls) {
    const counting = trimCalls(edge, judging)
    return edge.calls.includes(call) ? places.filter((place) => counting.counts(place, call)) : []
  }
  return places.filter((place) => !place.firstOnly || !isToldBefore(edge, judging, place, index))
}

/** An earlier call has told the same already. */
function isToldBefore(edge: EdgeState, judging: Judging, place: Place, index: number): boolean {
  const name = alertName(place.rule, place.slot)
  for (let before = 0; before < index; before++) {
    const call = edge.calls[before] as KeptCall // before < index <= length
    if (placesOf(edge, judging, call).some((other) => other.firstOnly && alertName(other.rule, other.slot) === name))
      return true
  }
  return false
}

/** Width of the time in which an alert past its bound keeps one call, so that its last sign of life stays current. */
export function signOfLifeMs(judging: Judging): number {
  return (judging.settings.quietMinutes * minuteMs) / 2
}

class Counting {
  readonly kept = new Set<KeptCall>()
  /** Calls that later events may yet change, within the bound. */
  readonly pending: KeptCall[] = []
  private readonly limit: number
  private readonly bucketMs: number
  private readonly first = new Map<string, number>()
  private readonly newest = new Map<string, KeptCall>()
  private readonly counted = new Map<string, Set<KeptCall>>()

  constructor(judging: Judging) {
    this.limit = judging.settings.limits.calls
    this.bucketMs = signOfLifeMs(judging)
  }

  /** Calls come in order. */
  add(call: KeptCall, places: readonly Place[], isFinal: boolean): void {
    if (!isFinal && this.pending.length < this.limit) {
      this.pending.push(call)
      this.kept.add(call)
    }
    for (const place of places) this.addTo(place, call)
  }

  finish(): void {
    for (const [name, call] of this.newest) this.count(name, call)
  }

  /** The alert counts or shows that call. */
  counts(place: Place, call: KeptCall): boolean {
    return this.counted.get(groupOf(place, call.denied))?.has(call) === true
  }

  /** Later calls in the same stretch of time do not change the alert when they are stamped after this; undefined: they do. */
  fullAfter(place: Place, { at, denied }: KeptCall): number | undefined {
    const name = groupOf(place, denied)
    const calls = [...(this.counted.get(name) ?? [])]
    if (place.firstOnly) return calls[0]?.at
    const newest = this.newest.get(name)
    const isCurrent = newest !== undefined && Math.floor(newest.at / this.bucketMs) === Math.floor(at / this.bucketMs)
    return isCurrent ? newest.at : undefined
  }

  private addTo(place: Place, call: KeptCall): void {
    const name = groupOf(place, call.denied)
    const before = this.first.get(name) ?? 0
    this.first.set(name, before + 1)
    if (before < (place.firstOnly ? 1 : this.limit)) this.count(name, call)
    else if (!place.firstOnly) {
      const newest = this.newest.get(name)
      if (newest === undefined || Math.floor(call.at / this.bucketMs) > Math.floor(newest.at / this.bucketMs))
        this.newest.set(name, call)
    }
  }

  private count(name: string, call: KeptCall): void {
    this.kept.add(call)
    const counted = this.counted.get(name) ?? new Set<KeptCall>()
    this.counted.set(name, counted.add(call))
  }
}

/** Calls that are only told and calls that raise are bounded apart, and no number of denied ones hides an accepted one. */
function groupOf(place: Place, denied: boolean): string {
  return `${alertName(place.rule, place.slot)}|${place.firstOnly ? 'told' : denied ? 'denied' : 'accepted'}`
}

/** Lets go of the calls that no alert counts and that nothing can change any more. */
export function trimCalls(edge: EdgeState, judging: Judging): Counting {
  const counting = new Counting(judging)
  for (const call of edge.calls) counting.add(call, placesOf(edge, judging, call), isFinal(judging, call.at))
  counting.finish()
  if (counting.kept.size < edge.calls.length) {
    const kept = edge.calls.filter((call) => counting.kept.has(call))
    edge.calls.splice(0, edge.calls.length, ...kept)
  }
  return counting
}

/** Nothing that may still come changes what the call was judged with. */
export function isFinal(judging: Judging, at: number): boolean {
  const { settledAt, knownFrom } = judging
  if (settledAt >= judgedAsOf(at, judging.latenessMs)) return true
  return knownFrom !== undefined && settledAt >= knownFrom && isKnownByUse(judging, at)
}

/** A call in an alert, and the row that put it there. */
export interface Member {
  readonly call: KeptCall
  readonly place: Place
}

/** The calls that each alert counts, as things now stand, in order; never an empty list. */
export function membersByAlert(edge: EdgeState, judging: Judging): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>()
  // Within the bound every call counts.
  const counting = edge.calls.length > judging.settings.limits.calls ? trimCalls(edge, judging) : undefined
  for (const call of edge.calls) {
    for (const place of placesOf(edge, judging, call)) {
      if (counting !== undefined && !counting.counts(place, call)) continue
      const name = alertName(place.rule, place.slot)
      const members = groups.get(name)
      const told = members?.[0]?.place.firstOnly
      // What raises decides over what is only told, and of that only the first call counts.
      if (members === undefined || (told === true && !place.firstOnly)) groups.set(name, [{ call, place }])
      else if (told === false && !place.firstOnly) members.push({ call, place })
    }
  }
  return groups
}

/** Rules with an alert for each hour. */
const hourlyRules = ['known-edge', 'grant-denied', 'would-be-blocked'] as const

/** Closes what is final: alerts of past hours but the newest of each rule, which the next may continue, and the new edge's own. */
export function closeAlerts(edge: EdgeState, judging: Judging): void {
  const { settledAt, knownFrom, latenessMs, settings } = judging
  const overBefore = hourOf(settledAt - settings.quietMinutes * minuteMs) * hourMs
  for (const rule of hourlyRules) {
    const newest = edge.calls.findLast((call) => placesOf(edge, judging, call).some((place) => place.rule === rule))
    if (newest !== undefined) close(edge, rule, Math.min(overBefore, hourOf(newest.at) * hourMs))
  }
  // Once an edge is known for good, no call of it is new.
  if (knownFrom !== undefined && settledAt >= firstHourFrom(knownFrom, latenessMs))
    close(edge, 'new-edge', Number.MAX_SAFE_INTEGER)
  if (edge.calls.length > 0) trimCalls(edge, judging)
}

function close(edge: EdgeState, rule: Rule, before: number): void {
  if (before <= (edge.closed[rule] ?? 0)) return
  edge.closed[rule] = before
  const prefix = alertName(rule, '')
  const open = before === Number.MAX_SAFE_INTEGER ? undefined : alertName(rule, slotName(before))
  for (const name of Object.keys(edge.said))
    if (name.startsWith(prefix) && (open === undefined || name < open)) delete edge.said[name]
}
