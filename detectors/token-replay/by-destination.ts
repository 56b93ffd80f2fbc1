// The stage that learns who calls each workload, so that a later one knows the ways through the mesh and who goes on them.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { isGivenEdge } from '../calls/given-edge.ts'
import { isDenied } from '../calls/reply.ts'
import { completedBy, isSupported, noSupport, noteSupport, type Support } from '../calls/support.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { EventStage, Observation, ObserveContext, Signal } from '../engine/detector.ts'
import { sayingNothing } from '../engine/saying-nothing.ts'
import { slotStart } from '../engine/slot.ts'
import { isIngress, isVerified } from './origin.ts'
import { dayMs, hourMs, minuteMs, type TokenReplaySettings } from './settings.ts'
import { type EdgeFact, meshSignal } from './signals.ts'

interface Edge {
  /** `''`: an ingress. */
  readonly caller: string
  firstAt: number
  firstAppendedAt: number
  readonly support: Support
  /** An exercise takes it for a path that was always known. */
  given?: true
  /** As last told. */
  toldFirstAt: number
  toldKnownAt: number
}

/** Who calls, as the record names it, and the newest hour in which that was told; epoch ms. */
interface Calling {
  readonly caller: string
  hourAt: number
}

/** Where a state carries what finds edges fast: JSON leaves symbols out, so that a snapshot never holds it. */
const recalled = Symbol('recalled')

export interface DestinationState {
  [recalled]?: Recall
  readonly destination: string
  readonly edges: Edge[]
  readonly callings: Calling[]
  lastAppendedAt: number
}

interface Recall {
  readonly edges: Map<string, Edge>
  readonly callings: Map<string, RecalledCalling>
}

interface RecalledCalling {
  readonly calling: Calling
  /** Undefined until an accepted call was seen. */
  edge: Edge | undefined
}

/** Calls to what no name is known of are no ways, but somebody made them. */
const unnamed = '?'

const unchanged = sayingNothing<DestinationState>()

export const byDestination: EventStage<DestinationState, TokenReplaySettings> = {
  id: 'by-destination',
  keyspace: 'service',
  reads: 'events',
  kinds: ['access', 'action'],
  open: (destination) => ({ destination, edges: [], callings: [], lastAppendedAt: -1 }),
  keyOf(event) {
    if (event.kind === 'action') return isGivenEdge(event) ? event.destination : ''
    if (!(isVerified(event.callerFrom) || event.reporter === 'gateway')) return ''
    return event.destinationFrom === 'ip' ? unnamed : event.destination || unnamed
  },
  observe(state, event, context) {
    const { appendedAt } = context
    // Within a minute: one more write for each call would say nothing.
    if (appendedAt > state.lastAppendedAt + minuteMs) state.lastAppendedAt = appendedAt
    state[recalled] ??= recallOf(state)
    if (event.kind === 'action') return observeGiven(state, state[recalled], event, context)
    const named = event.reporter === 'gateway' ? '' : boundedText(event.caller, 512)
    const known = state[recalled].callings.get(named)
    if (
      known?.edge !== undefined &&
      slotStart(event.eventAt, hourMs) === known.calling.hourAt &&
      isKnownAlready(known.edge, event, context.settings)
    )
      return unchanged(state)
    return observeCall(state, state[recalled], named, event, context)
  },
  spentAfter: ({ lastAppendedAt }, { paths }) => lastAppendedAt + paths.forgottenDays * dayMs,
}

function recallOf({ edges, callings }: DestinationState): Recall {
  return {
    edges: new Map(edges.map((edge) => [edge.caller, edge])),
    callings: new Map(callings.map((calling) => [calling.caller, { calling, edge: undefined }] as const)),
  }
}

function observeCall(
  state: DestinationState,
  recall: Recall,
  named: string,
  event: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): Observation<DestinationState> {
  const caller = named === '' || isIngress(named, settings) ? '' : named
  const isNewHour = noteCalling(state, recall, named, event.eventAt, settings)
  const isWay = !isDenied(event) && state.destination !== unnamed
  const edge = isWay ? edgeOf(state, recall, caller, event.eventAt, appendedAt, settings) : undefined
  const known = recall.callings.get(named)
  if (known !== undefined && edge !== undefined) known.edge = edge
  const hasLearned = edge !== undefined && !isKnownAlready(edge, event, settings) && learn(edge, event, settings)
  const evicted = isWay && edge === undefined ? 1 : 0
  if (!isNewHour && !hasLearned && evicted === 0) return unchanged(state)
  const { eventId: id, eventAt: at } = event
  const signals: Signal[] = []
  if (hasLearned) signals.push(meshSignal({ id, at }, factOf(state.destination, edge)))
  if (isNewHour && caller !== '') signals.push(meshSignal({ id, at }, { kind: 'calls', caller }))
  return { state, signals, evicted, weight: Math.max(1, state.edges.length) }
}

/** The way is there from the start, and its ends are known for long enough, whenever calls on it happen. */
function observeGiven(
  state: DestinationState,
  recall: Recall,
  event: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): Observation<DestinationState> {
  const named = boundedText(event.caller, 512)
  const edge = edgeOf(state, recall, isIngress(named, settings) ? '' : named, 0, appendedAt, settings)
  if (edge === undefined) return { state, evicted: 1 }
  if (edge.given === true) return unchanged(state)
  Object.assign(edge, { given: true, firstAt: 0, firstAppendedAt: 0, toldFirstAt: 0, toldKnownAt: 0 })
  const { eventId: id, eventAt: at } = event
  const signals = [meshSignal({ id, at }, factOf(state.destination, edge))]
  return { state, signals, weight: Math.max(1, state.edges.length) }
}

/** True for the first call of a caller's newest hour, and for each that comes late of an earlier one: asking again changes nothing. */
function noteCalling(
  { callings }: DestinationState,
  recall: Recall,
  named: string,
  at: number,
  { limits }: TokenReplaySettings,
): boolean {
  const hourAt = slotStart(at, hourMs)
  const known = recall.callings.get(named)
  if (known?.calling.hourAt === hourAt) return false
  if (known !== undefined) known.calling.hourAt = Math.max(hourAt, known.calling.hourAt)
  else if (callings.length < limits.callers) {
    const calling = { caller: named, hourAt }
    callings.push(calling)
    recall.callings.set(named, { calling, edge: undefined })
  }
  return true
}

/** Opened if need be; undefined: there is no room. */
function edgeOf(
  { edges }: DestinationState,
  recall: Recall,
  caller: string,
  at: number,
  appendedAt: number,
  { limits }: TokenReplaySettings,
): Edge | undefined {
  const there = recall.edges.get(caller)
  if (there !== undefined || edges.length >= limits.callers) return there
  const edge = {
    caller,
    firstAt: at,
    firstAppendedAt: appendedAt,
    support: noSupport(),
    toldFirstAt: -1,
    toldKnownAt: -1,
  }
  edges.push(edge)
  recall.edges.set(caller, edge)
  return edge
}

/** What most calls find: an edge that was told, and is known as well without them. */
function isKnownAlready(edge: Edge, event: SecurityEvent, { paths }: TokenReplaySettings): boolean {
  const at = event.eventAt
  return (
    edge.given === true ||
    (at >= edge.firstAt && edge.toldFirstAt >= 0 && isSupported(edge.support, at, event.callerInstance, paths.support))
  )
}

/** True when what is known of the edge is more than what was told. */
function learn(
  edge: Edge,
  { eventAt: at, eventId: id, callerInstance: instance }: SecurityEvent,
  { paths }: TokenReplaySettings,
): boolean {
  if (at < edge.firstAt) edge.firstAt = at
  noteSupport(edge.support, { at, id, instance }, paths.support)
  const knownAt = completedBy(edge.support, paths.support)?.at ?? -1
  if (edge.firstAt === edge.toldFirstAt && knownAt === edge.toldKnownAt) return false
  edge.toldFirstAt = edge.firstAt
  edge.toldKnownAt = knownAt
  return true
}

function factOf(destination: string, { caller, firstAt, firstAppendedAt, toldKnownAt: knownAt }: Edge): EdgeFact {
  return { kind: 'edge', caller, destination, firstAt, firstAppendedAt, knownAt }
}
