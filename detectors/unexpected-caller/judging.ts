// Everything one edge is judged with, and what that makes of a call.

import { dayMs, hourMs, hourOf, judgedAsOf } from '../calls/hours.ts'
import { completedBy } from '../calls/support.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { type EdgeDecision, heldDecision } from './decisions.ts'
import { type Declared, isInBaseline, type Standing } from './declared.ts'
import { learnedFrom } from './learning.ts'
import { resumesAt } from './runs.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { DestinationState, EdgeState, KeptCall, ViewState } from './state.ts'
import { type Row, type Rule, rowOf } from './verdict-table.ts'

/** Instants are as of which an event must be judged, or later; undefined: never. */
export interface Judging {
  readonly settings: UnexpectedCallerSettings
  readonly latenessMs: number
  readonly destination: string
  /** Reported by callers or gateways, not by the destination. */
  readonly theirs: boolean
  readonly standing: Standing
  readonly decisions: readonly EdgeDecision[]
  /** Acceptances from before are forgotten. */
  readonly acceptedFrom: number
  readonly learnedFrom: number
  readonly knownFrom: number | undefined
  /** The edge began with an alert, and is not learned before the quarantine has passed. */
  readonly isQuarantined: boolean
  /** Denials are usual on this edge from here on. */
  readonly usuallyDeniedFrom: number | undefined
  /** A known caller of the same owner, whose place the caller may have taken; `''`: no source tells. */
  readonly predecessor: string
  /** From here on the destination reports itself, until `ownUntil`. */
  readonly ownFrom: number | undefined
  readonly ownUntil: number
  readonly settledAt: number
}

/** One alert that a call belongs to. */
export interface Place extends Row {
  readonly slot: string
  /** Only the first call makes the finding. */
  readonly firstOnly: boolean
}

export interface JudgingContext {
  readonly settings: UnexpectedCallerSettings
  readonly latenessMs: number
}

export function judgingOf(
  state: DestinationState,
  view: ViewState,
  edge: EdgeState,
  { standing, decisions }: Pick<Judging, 'standing' | 'decisions'>,
  { settings, latenessMs }: JudgingContext,
): Judging {
  const learned = destinationLearnedFrom(state, view, settings, latenessMs)
  const predecessor = predecessorOf(view, edge, settings, latenessMs)
  const own = view === state.theirs ? state.own?.learning : undefined
  const acceptedFrom = edge.firstAt - settings.forgottenDays * dayMs
  const raises = (at: number): boolean => {
    const decision = heldDecision(decisions, at, acceptedFrom)
    const declared = declaredBy(standing, decision)
    if (declared === 'allow' || predecessor !== '') return false
    return declared === 'deny' || (decision === undefined && isFrom(learned, judgedAsOf(at, latenessMs)))
  }
  const from = (firstAt: number, completedAt: number | undefined): number | undefined =>
    completedAt === undefined
      ? undefined
      : Math.max(completedAt + 1, raises(firstAt) ? firstAt + settings.quarantineDays * dayMs : 0)
  return {
    settings,
    latenessMs,
    destination: state.destination,
    theirs: view === state.theirs,
    standing,
    decisions,
    acceptedFrom,
    learnedFrom: learned,
    knownFrom:
      standing.known === undefined
        ? from(edge.firstAt, completedBy(edge.accepted, settings.support)?.at)
        : Number.NEGATIVE_INFINITY,
    isQuarantined: raises(edge.firstAt),
    usuallyDeniedFrom: from(edge.denied.hours[0]?.at ?? 0, completedBy(edge.denied, settings.support)?.at),
    predecessor,
    ownFrom: own === undefined ? undefined : own.firstAt + 1,
    ownUntil: own === undefined ? 0 : own.lastHour * hourMs + settings.forgottenDays * dayMs,
    settledAt: state.settling.settledAt,
  }
}

export function destinationLearnedFrom(
  state: DestinationState,
  view: ViewState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): number {
  if (isInBaseline(settings, state, view === state.theirs ? 'others' : 'destination')) return Number.NEGATIVE_INFINITY
  return learnedFrom(view.learning, settings, latenessMs)
}

export function isFrom(from: number | undefined, asOf: number): boolean {
  return from !== undefined && asOf >= from
}

/** What a person decided of the edge before the call, as far as it holds. */
export function decisionOn({ decisions, acceptedFrom }: Judging, at: number): EdgeDecision | undefined {
  return decisions.length === 0 ? undefined : heldDecision(decisions, at, acceptedFrom)
}

/** A denial stands over what the settings allow; what they deny no acceptance opens. */
function declaredBy({ declared }: Standing, decision: EdgeDecision | undefined): Declared {
  return decision?.accepts === false ? 'deny' : declared
}

export function declaredAt(judging: Judging, at: number): Declared {
  return declaredBy(judging.standing, decisionOn(judging, at))
}

/** The edge was known to the event's hour, or a person had accepted it. */
export function isKnown(judging: Judging, at: number): boolean {
  return isKnownByUse(judging, at) || decisionOn(judging, at)?.accepts === true
}

/** The edge was known to the event's hour, whatever people decided. */
export function isKnownByUse(judging: Judging, at: number): boolean {
  return isFrom(judging.knownFrom, judgedAsOf(at, judging.latenessMs))
}

export function isLearned(judging: Judging, at: number): boolean {
  return isFrom(judging.learnedFrom, judgedAsOf(at, judging.latenessMs))
}

/** The destination speaks for itself: what others report of it counts for nothing. */
export function isSpokenFor(judging: Judging, at: number): boolean {
  const asOf = judgedAsOf(at, judging.latenessMs)
  return isFrom(judging.ownFrom, asOf) && asOf < judging.ownUntil
}

/** The call's row of the table, or undefined for nothing. */
export function rowOfCall(judging: Judging, at: number, denied: boolean): Row | undefined {
  if (judging.theirs && isSpokenFor(judging, at)) return undefined
  const asOf = judgedAsOf(at, judging.latenessMs)
  const known = isKnown(judging, at)
  const declared = declaredAt(judging, at)
  if (known && denied && isFrom(judging.usuallyDeniedFrom, asOf) && declared !== 'allow') return undefined
  return rowOf({ declared, known, learned: isFrom(judging.learnedFrom, asOf), denied })
}

/** The alerts that a call belongs to and that are not closed; none for most calls of a known edge. */
export function placesOf(edge: EdgeState, judging: Judging, call: KeptCall): readonly Place[] {
  const row = rowOfCall(judging, call.at, call.denied)
  const places: Place[] = []
  if (row !== undefined && !isClosed(edge, row.rule, call.at))
    places.push({ ...row, slot: slotOf(edge, judging, row.rule, call.at), firstOnly: isToldOnce(row) })
  if (call.denied || (judging.theirs && isSpokenFor(judging, call.at))) return places
  if (call.shadow !== '' && !isClosed(edge, 'would-be-blocked', call.at))
    places.push(hourly('would-be-blocked', call.at))
  if (row === undefined && resumesAt(edge.runs, hourOf(call.at)) && isKnown(judging, call.at))
    places.push({
      rule: 'dormant-edge',
      rung: 'returned',
      severity: 'info',
      slot: `returned:${slotName(slotStart(call.at, hourMs))}${sideOf(judging)}`,
      firstOnly: true,
    })
  return places
}

function isClosed(edge: EdgeState, rule: Rule, at: number): boolean {
  const before = edge.closed[rule]
  return before !== undefined && at < before
}

/** Slot of the edge's own alert. */
export function newEdgeSlot(edge: EdgeState, judging: Judging): string {
  return `new-edge:${edge.forgotten}${sideOf(judging)}`
}

/** Keeps alerts apart where callers and destination name the same edge. */
export function sideOf(judging: Judging): string {
  return judging.theirs ? ':reported-by-others' : ''
}

function slotOf(edge: EdgeState, judging: Judging, rule: Rule, at: number): string {
  return rule === 'new-edge' ? newEdgeSlot(edge, judging) : slotName(slotStart(at, hourMs))
}

function hourly(rule: Rule, at: number): Place {
  return { rule, rung: rule, severity: 'info', slot: slotName(slotStart(at, hourMs)), firstOnly: false }
}

/** A first use, and a new edge while its destination is learning, are told once. */
function isToldOnce({ rule, severity }: Row): boolean {
  return rule === 'new-edge' && severity === 'info'
}

/** The first caller by name that has the same owner and was known before the edge began. */
function predecessorOf(
  view: ViewState,
  edge: EdgeState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): string {
  if (edge.owner === '') return ''
  const asOf = judgedAsOf(edge.firstAt, latenessMs)
  let found = ''
  for (const other of view.edges) {
    if (other === edge || other.owner !== edge.owner || (found !== '' && other.caller >= found)) continue
    const completed = completedBy(other.accepted, settings.support)
    if (completed !== undefined && completed.at < asOf) found = other.caller
  }
  return found
}

/** Whether what was told of an edge before reads the same; `lastAsOf`: as of when its newest call then was judged. */
export function isSameJudging(a: Judging, b: Judging, lastAsOf: number): boolean {
  return (
    (a.learnedFrom === b.learnedFrom || Math.min(a.learnedFrom, b.learnedFrom) > lastAsOf) &&
    a.knownFrom === b.knownFrom &&
    a.usuallyDeniedFrom === b.usuallyDeniedFrom &&
    a.isQuarantined === b.isQuarantined &&
    a.predecessor === b.predecessor &&
    a.ownFrom === b.ownFrom
  )
}
