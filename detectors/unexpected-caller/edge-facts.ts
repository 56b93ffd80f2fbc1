// What is known of each edge of a destination, in words for tables and people.

import { dayMs, hourMs, judgedAsOf } from '../calls/hours.ts'
import { type DecidedEdge, decisionsOn, type EdgeDecision } from './decisions.ts'
import { standingOf } from './declared.ts'
import { isFrom, judgingOf } from './judging.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { DestinationState, EdgeState, ViewState } from './state.ts'

/** As of the hour after the destination's newest call, and by the newest decision: nothing else changes it. */
export type EdgeStanding = 'learning' | 'known' | 'dormant' | 'forgotten' | 'quarantined' | 'denied'

export interface EdgeFacts {
  readonly destination: string
  readonly caller: string
  /** Provenance of the caller's identity on the newest call kept; `''`: none is kept. */
  readonly callerFrom: string
  readonly standing: EdgeStanding
  /** The newest decision of a person, if there is one. */
  readonly decision: EdgeDecision | undefined
  /** Epoch ms, event time; 0 for an edge that was decided on and never seen. */
  readonly firstSeenAt: number
  /** Epoch ms, event time: start of the hour of the last call. */
  readonly lastSeenAt: number
  readonly hours: number
  readonly days: number
  readonly instances: number
  /** `POST /v1/refunds`, sorted. */
  readonly routes: readonly string[]
}

/** An edge whose facts are made only when they are asked for. */
export interface HeldEdge {
  /** The same object for as long as its destination is awake in this process. */
  readonly identity: object
  /** Changes whenever the facts may have changed. */
  readonly digest: string
  facts(): EdgeFacts
}

/** The edges of a destination, as it reports them itself where it does. Facts are of when they are asked for. */
export function heldEdges(
  state: DestinationState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): readonly HeldEdge[] {
  const view = state.own ?? state.theirs
  const seen = new Set(view?.edges.map(({ caller }) => caller))
  const unseen = state.decided.filter(({ caller }) => !seen.has(caller))
  return [
    ...(view === null ? [] : seenEdges(state, view, settings, latenessMs)),
    ...unseen.map((each) => unseenEdge(state, each)),
  ]
}

function seenEdges(
  state: DestinationState,
  view: ViewState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): readonly HeldEdge[] {
  return view.edges.map((edge) => ({
    identity: edge,
    digest: [
      view.learning.lastHour,
      edge.firstAt,
      edge.runs.at(-1)?.[1],
      edge.routes.length,
      state.given?.map(({ caller, routes }) => `${caller} ${routes.length}`).join(' '),
      edge.owner,
      decisionsOn(state.decided, edge.caller).at(-1)?.id,
      ...[edge.accepted, edge.denied].flatMap((of) => [of.hours, of.days, of.instances].map(lastOf)),
    ].join(),
    facts: () => factsOf(state, view, edge, settings, latenessMs),
  }))
}

/** A person decided on it before anybody saw it. */
function unseenEdge({ destination }: DestinationState, { caller, made }: DecidedEdge): HeldEdge {
  const decision = made.at(-1)
  return {
    identity: made,
    digest: `${decision?.id}`,
    facts: () => ({
      destination,
      caller,
      callerFrom: 'field',
      standing: decision?.accepts === true ? 'known' : 'denied',
      decision,
      firstSeenAt: 0,
      lastSeenAt: 0,
      hours: 0,
      days: 0,
      instances: 0,
      routes: [],
    }),
  }
}

/** How many, and since when: both may change as earlier events arrive late. */
function lastOf(firsts: EdgeState['accepted']['hours']): string {
  return `${firsts.length}@${firsts.at(-1)?.at ?? ''}`
}

function factsOf(
  state: DestinationState,
  view: ViewState,
  edge: EdgeState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): EdgeFacts {
  return {
    destination: state.destination,
    caller: edge.caller,
    callerFrom: callerFromOf(edge),
    standing: standingAfter(state, view, edge, settings, latenessMs),
    decision: decisionsOn(state.decided, edge.caller).at(-1),
    firstSeenAt: edge.firstAt,
    lastSeenAt: lastHourOf(edge) * hourMs,
    hours: edge.accepted.hours.length,
    days: edge.accepted.days.length,
    instances: edge.accepted.instances.length,
    routes: edge.routes.map(({ method, route }) => `${method} ${route}`.trim()).sort(),
  }
}

function standingAfter(
  state: DestinationState,
  view: ViewState,
  edge: EdgeState,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): EdgeStanding {
  const decisions = decisionsOn(state.decided, edge.caller)
  const newest = decisions.at(-1)
  if (newest?.accepts === false) return 'denied'
  const nextAt = (view.learning.lastHour + 1) * hourMs
  const unseenMs = nextAt - (lastHourOf(edge) + 1) * hourMs
  if (unseenMs > settings.forgottenDays * dayMs) return 'forgotten'
  const standing = standingOf(settings, state, edge.caller)
  const { knownFrom, isQuarantined, acceptedFrom } = judgingOf(
    state,
    view,
    edge,
    { standing, decisions },
    { settings, latenessMs },
  )
  const isAccepted = newest !== undefined && newest.at >= acceptedFrom
  if (!isAccepted && !isFrom(knownFrom, judgedAsOf(nextAt, latenessMs)))
    return isQuarantined ? 'quarantined' : 'learning'
  return unseenMs > settings.dormantDays * dayMs ? 'dormant' : 'known'
}

function lastHourOf(edge: EdgeState): number {
  return edge.runs.at(-1)?.[1] ?? Math.floor(edge.firstAt / hourMs)
}

function callerFromOf({ calls, routes }: EdgeState): string {
  const [newest] = [...calls, ...routes].sort((a, b) => b.at - a.at)
  return newest?.from ?? ''
}
