// What is remembered beside a destination's state to find things fast: rebuilt from the state after a restart, never kept.

import { dayMs, firstHourFrom, hourMs } from '../calls/hours.ts'
import type { Observation } from '../engine/detector.ts'
import { decisionsOn, type EdgeDecision } from './decisions.ts'
import { type Standing, standingOf } from './declared.ts'
import { destinationLearnedFrom, type Judging } from './judging.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { type DestinationState, type EdgeState, type RouteState, recalled, type ViewState } from './state.ts'

export interface RouteRecall {
  readonly state: RouteState
  /** Scope as the record says it → calls stamped after this show nothing new with it. */
  readonly scopes: Map<string, number>
}

/** Counts up whenever calls that changed nothing so far may change something again. */
export interface Era {
  number: number
}

export interface EdgeRecall {
  readonly edge: EdgeState
  readonly era: Era
  readonly standing: Standing
  decisions: readonly EdgeDecision[]
  /** As of the last event judged. */
  judging: Judging | undefined
  /** By method, then by route as the record says it. */
  readonly routes: Map<string, Map<string, RouteRecall>>
  /** Accepted calls stamped between these two change nothing, on routes and with scopes that are recalled. */
  quietAfter: number
  quietBefore: number
  /** … from this replica or an unnamed one; undefined: from any replica. */
  quietInstance: string | undefined
  /** The last denied call told to later stages: one a second is enough. */
  probedAt: number
  probedId: string
}

export interface ViewRecall {
  readonly view: ViewState
  readonly era: Era
  /** Number of this view of this destination, never used again. */
  readonly number: number
  readonly edges: Map<string, EdgeRecall>
  /** As of the last event judged. */
  learnedFrom: number
  /** Calls stamped after this, in an hour that their edge had a call in, teach nothing about the destination. */
  quietAfter: number
}

export interface Recall {
  readonly era: Era
  readonly settings: UnexpectedCallerSettings
  readonly latenessMs: number
  /** Returned whenever an event changes nothing. */
  readonly unchanged: Observation<DestinationState>
  own: ViewRecall | undefined
  theirs: ViewRecall | undefined
  /** What others report counts for nothing between these two: the destination reports itself. */
  spokenForFrom: number
  spokenForBefore: number
}

// Only ever compared: which numbers views get decides nothing.
let views = 0

export function recallOf(state: DestinationState, settings: UnexpectedCallerSettings, latenessMs: number): Recall {
  const found = state[recalled]
  if (found !== undefined && found.settings === settings && found.latenessMs === latenessMs) return found
  const era = { number: 0 }
  const recall: Recall = {
    era,
    settings,
    latenessMs,
    unchanged: { state },
    own: state.own === null ? undefined : recallView(state, state.own, settings, latenessMs, era),
    theirs: state.theirs === null ? undefined : recallView(state, state.theirs, settings, latenessMs, era),
    spokenForFrom: Number.POSITIVE_INFINITY,
    spokenForBefore: Number.NEGATIVE_INFINITY,
  }
  recallSpokenFor(recall, state)
  state[recalled] = recall
  return recall
}

/** From the first hour after the destination's own first report, until its reports are forgotten. */
export function recallSpokenFor(recall: Recall, { own }: DestinationState): void {
  if (own === null) return
  recall.spokenForFrom = firstHourFrom(own.learning.firstAt + 1, recall.latenessMs)
  recall.spokenForBefore = firstHourFrom(
    own.learning.lastHour * hourMs + recall.settings.forgottenDays * dayMs,
    recall.latenessMs,
  )
}

export function recallView(
  state: DestinationState,
  view: ViewState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
  era: Era,
): ViewRecall {
  const edges = new Map<string, EdgeRecall>()
  for (const edge of view.edges) edges.set(edge.caller, recallEdge(state, edge, settings, era))
  views = (views + 1) | 0
  return {
    view,
    era,
    number: views,
    edges,
    learnedFrom: destinationLearnedFrom(state, view, settings, latenessMs),
    quietAfter: Number.POSITIVE_INFINITY,
  }
}

export function recallEdge(
  state: DestinationState,
  edge: EdgeState,
  settings: UnexpectedCallerSettings,
  era: Era,
): EdgeRecall {
  const routes = new Map<string, Map<string, RouteRecall>>()
  for (const route of edge.routes) recallRoute(routes, route.method, route.route, route)
  return {
    edge,
    era,
    standing: standingOf(settings, state, edge.caller),
    decisions: decisionsOn(state.decided, edge.caller),
    judging: undefined,
    routes,
    quietAfter: Number.POSITIVE_INFINITY,
    quietBefore: Number.NEGATIVE_INFINITY,
    quietInstance: undefined,
    probedAt: -1,
    probedId: '',
  }
}

export function recallRoute(
  routes: EdgeRecall['routes'],
  method: string,
  route: string,
  state: RouteState,
): RouteRecall {
  const ofMethod = routes.get(method) ?? new Map<string, RouteRecall>()
  routes.set(method, ofMethod)
  const recall = { state, scopes: new Map<string, number>() }
  ofMethod.set(route, recall)
  return recall
}

/** What was found to change nothing on this edge, and by the way at its destination, is looked at anew. */
export function disturb(recall: EdgeRecall): void {
  recall.quietAfter = Number.POSITIVE_INFINITY
  recall.era.number = (recall.era.number + 1) | 0
}
