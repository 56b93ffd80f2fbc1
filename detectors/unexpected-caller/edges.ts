// Finds the edge of a call, opens it, forgets it after a long pause, and keeps the number of edges bounded.

import { dayMs, hourMs, hourOf } from '../calls/hours.ts'
import { completedBy } from '../calls/support.ts'
import { disturb, type EdgeRecall, recallEdge, type ViewRecall } from './recall.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { type DestinationState, type EdgeState, openEdge } from './state.ts'

/** After so many times the forgetting time without a call, even that there was an edge is forgotten. */
export const rememberedTimes = 8

/** Undefined: the call is older than what is still remembered of its edge. */
export function edgeOf(
  state: DestinationState,
  view: ViewRecall,
  caller: string,
  at: number,
  id: string,
  settings: UnexpectedCallerSettings,
): { readonly recall: EdgeRecall; readonly evicted: number } | undefined {
  const there = view.edges.get(caller)
  const forgottenMs = settings.forgottenDays * dayMs
  if (there === undefined) {
    const evicted = view.view.edges.length >= settings.limits.edges ? evict(view, settings) : 0
    return { recall: add(state, view, openEdge(caller, at, id, 0), settings), evicted }
  }
  const { edge } = there
  const [first, last] = [edge.runs[0]?.[0] ?? hourOf(at), edge.runs.at(-1)?.[1] ?? hourOf(at)]
  const hour = hourOf(at)
  if ((first - hour) * hourMs > forgottenMs) return undefined
  if ((hour - last) * hourMs <= forgottenMs) return { recall: there, evicted: 0 }
  remove(view, [edge])
  const forgotten = (hour - last) * hourMs <= forgottenMs * rememberedTimes ? edge.forgotten + 1 : 0
  return { recall: add(state, view, openEdge(edge.caller, at, id, forgotten), settings), evicted: 0 }
}

function add(
  state: DestinationState,
  view: ViewRecall,
  edge: EdgeState,
  settings: UnexpectedCallerSettings,
): EdgeRecall {
  const recall = recallEdge(state, edge, settings, view.era)
  view.view.edges.push(edge)
  view.edges.set(edge.caller, recall)
  return recall
}

function remove(view: ViewRecall, edges: readonly EdgeState[]): void {
  for (const { caller } of edges) {
    const recall = view.edges.get(caller)
    if (recall !== undefined) disturb(recall)
    view.edges.delete(caller)
  }
  view.view.edges = view.view.edges.filter(({ caller }) => view.edges.has(caller))
}

/** At once, so that a flood of strangers pays for the look at everyone only now and then: one in so many. */
const evictedShare = 16

/** Unknown edges, those unseen for longest first; a known one only where all are: strangers displace strangers. */
function evict(view: ViewRecall, settings: UnexpectedCallerSettings): number {
  const { edges } = view.view
  const strangers = edges.filter(({ accepted }) => completedBy(accepted, settings.support) === undefined)
  const victims =
    strangers.length === 0
      ? [...edges].sort(byAge).slice(0, 1)
      : strangers.sort(byAge).slice(0, Math.ceil(settings.limits.edges / evictedShare))
  remove(view, victims)
  return victims.length
}

function byAge(one: EdgeState, other: EdgeState): number {
  const sooner = (one.runs.at(-1)?.[1] ?? 0) - (other.runs.at(-1)?.[1] ?? 0)
  return sooner || (one.caller < other.caller ? -1 : 1)
}
