// What people decided about edges, and which decision holds for a call. A later decision takes the place of an earlier one.

import { decisionFormat, type EdgeVerdict, edgeVerdicts } from '../../schemas/decision.ts'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { shownText } from '../engine/bounded-text.ts'
import { insertDated } from '../engine/ordered-set.ts'
import { slotName } from '../engine/slot.ts'

export interface EdgeDecision {
  /** Epoch ms: the instant of its append. */
  readonly at: number
  readonly id: string
  /** Accepted, or denied. */
  readonly accepts: boolean
  readonly by: string
  readonly note: string
}

/** The decisions on one edge of a destination, in order. */
export interface DecidedEdge {
  readonly caller: string
  readonly made: EdgeDecision[]
}

/**
 * A decision holds for calls stamped more than this after it. A call that is stamped no further ahead of its append is
 * then always appended, and judged, after the decision: no order of arrival can hide it from a call.
 */
export const heldAfterMs = 2_000

/** Kept of one edge, the newest. */
const maxMade = 32

const verdicts: ReadonlySet<string> = new Set<EdgeVerdict>(edgeVerdicts)

/** By a decision alone: what a log line says of acceptance is not one. */
export function isEdgeDecision(event: SecurityEvent): boolean {
  return verdicts.has(event.action) && event.format === decisionFormat
}

export function edgeDecisionOf(event: SecurityEvent): EdgeDecision {
  return {
    at: event.eventAt,
    id: event.eventId,
    accepts: event.action === ('edge.accept' satisfies EdgeVerdict),
    by: event.actor,
    note: event.outcomeReason,
  }
}

/** Notes a decision; how many had to go, or undefined when it was there before. */
export function noteDecision(
  decided: DecidedEdge[],
  caller: string,
  decision: EdgeDecision,
  maxEdges: number,
): number | undefined {
  let edge = decided.find((each) => each.caller === caller)
  const gone = edge === undefined && decided.length >= maxEdges ? dropOldest(decided) : 0
  if (edge === undefined) {
    edge = { caller, made: [] }
    decided.push(edge)
  }
  if (insertDated(edge.made, decision) < 0) return undefined
  return gone + edge.made.splice(0, Math.max(0, edge.made.length - maxMade)).length
}

function dropOldest(decided: DecidedEdge[]): number {
  const newest = ({ made }: DecidedEdge): number => made.at(-1)?.at ?? 0
  const [oldest] = [...decided].sort((a, b) => newest(a) - newest(b) || (a.caller < b.caller ? -1 : 1))
  if (oldest === undefined) return 0
  decided.splice(decided.indexOf(oldest), 1)
  return oldest.made.length
}

const none: readonly EdgeDecision[] = []

export function decisionsOn(decided: readonly DecidedEdge[], caller: string): readonly EdgeDecision[] {
  if (decided.length === 0) return none
  return decided.find((each) => each.caller === caller)?.made ?? none
}

/** What holds for a call stamped `at`. An acceptance from before `acceptedFrom` is forgotten with the edge it accepted. */
export function heldDecision(
  made: readonly EdgeDecision[],
  at: number,
  acceptedFrom: number,
): EdgeDecision | undefined {
  for (let index = made.length - 1; index >= 0; index -= 1) {
    const decision = made[index] as EdgeDecision // index is within the array
    if (decision.at + heldAfterMs >= at) continue
    return decision.accepts && decision.at < acceptedFrom ? undefined : decision
  }
  return undefined
}

/** The stretch around a call, both ends left out, in which the same decision holds. */
export function sameDecision(
  made: readonly EdgeDecision[],
  at: number,
): { readonly after: number; readonly before: number } {
  let after = Number.NEGATIVE_INFINITY
  for (const decision of made) {
    const last = decision.at + heldAfterMs
    if (last >= at) return { after, before: last + 1 }
    after = last
  }
  return { after, before: Number.POSITIVE_INFINITY }
}

/** `anna denied it at 2026-11-28T00:00:00.000Z (retired caller)`. */
export function saidBy({ accepts, at, by, note }: EdgeDecision): string {
  return `${shownText(by, 100)} ${accepts ? 'accepted' : 'denied'} it at ${slotName(at)} (${shownText(note, 200)})`
}
