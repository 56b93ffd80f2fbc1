// The stage that learns who calls each workload, so that a later one knows the ways through the mesh and who goes on them.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { EventStage, Observation, ObserveContext, Signal } from '../engine/detector.ts'
import { slotStart } from '../engine/slot.ts'
import { isDenied } from '../unexpected-caller/reply.ts'
import { completedBy, noSupport, noteSupport, type Support } from '../unexpected-caller/support.ts'
import { isIngress, isVerified } from './origin.ts'
import { dayMs, hourMs, type TokenReplaySettings } from './settings.ts'
import { type EdgeFact, meshSignal } from './signals.ts'

interface Edge {
  /** `''`: an ingress. */
  readonly caller: string
  firstAt: number
  readonly firstAppendedAt: number
  readonly support: Support
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
  /** Calls stamped after this teach nothing more. */
  taughtAfter: number
}

/** Calls to what no name is known of are no ways, but somebody made them. */
const unnamed = '?'

const quiet: { state: DestinationState } = { state: { destination: '', edges: [], callings: [], lastAppendedAt: -1 } }

export const byDestination: EventStage<DestinationState, TokenReplaySettings> = {
  id: 'by-destination',
  keyspace: 'service',
  reads: 'events',
  kinds: ['access'],
  open: (destination) => ({ destination, edges: [], callings: [], lastAppendedAt: -1 }),
  keyOf(event) {
    if (!(isVerified(event.callerFrom) || event.reporter === 'gateway')) return ''
    return event.destinationFrom === 'ip' ? unnamed : event.destination || unnamed
  },
  observe(state, event, context) {
    const { appendedAt } = context
    // Within a minute: one more write for each call would say nothing.
    if (appendedAt > state.lastAppendedAt + 60_000) state.lastAppendedAt = appendedAt
    state[recalled] ??= recallOf(state)
    const named = event.reporter === 'gateway' ? '' : boundedText(event.caller, 512)
    const known = state[recalled].callings.get(named)
    const at = event.eventAt
    if (known !== undefined && at > known.taughtAfter && slotStart(at, hourMs) === known.calling.hourAt) {
      quiet.state = state
      return quiet
    }
    return observeCall(state, state[recalled], named, event, context)
  },
  spent: ({ lastAppendedAt }, watermarkAt, { paths }) => watermarkAt > lastAppendedAt + paths.forgottenDays * dayMs,
}

function recallOf({ edges, callings }: DestinationState): Recall {
  return {
    edges: new Map(edges.map((edge) => [edge.caller, edge])),
    callings: new Map(
      callings.map((calling) => [calling.caller, { calling, taughtAfter: Number.POSITIVE_INFINITY }] as const),
    ),
  }
}

function observeCall(
  state: DestinationState,
  recall: Recall,
  named: string,
  event: SecurityEvent,
  context: ObserveContext<TokenReplaySettings>,
): Observation<DestinationState> {
  const caller = named === '' || isIngress(named, context.settings) ? '' : named
  const calls = noteCalling(state, recall, named, caller, event, context.settings)
  if (isDenied(event) || state.destination === unnamed) return { state, signals: calls }
  const { signals = [], ...learned } = learn(state, recall, named, caller, event, context)
  return { ...learned, signals: [...signals, ...calls] }
}

/** Told once for each hour that is the newest; what comes late of an earlier one is told again, which changes nothing. */
function noteCalling(
  { callings }: DestinationState,
  recall: Recall,
  named: string,
  caller: string,
  { eventAt: at, eventId: id }: SecurityEvent,
  { limits }: TokenReplaySettings,
): readonly Signal[] {
  const hourAt = slotStart(at, hourMs)
  const known = recall.callings.get(named)
  if (known?.calling.hourAt === hourAt) return []
  if (known !== undefined) known.calling.hourAt = Math.max(hourAt, known.calling.hourAt)
  else if (callings.length < limits.callers) {
    const calling = { caller: named, hourAt }
    callings.push(calling)
    recall.callings.set(named, { calling, taughtAfter: Number.POSITIVE_INFINITY })
  }
  return caller === '' ? [] : [meshSignal({ id, at }, { kind: 'calls', caller: named })]
}

function learn(
  state: DestinationState,
  recall: Recall,
  named: string,
  caller: string,
  { eventAt: at, eventId: id, callerInstance }: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): Observation<DestinationState> {
  let edge = recall.edges.get(caller)
  if (edge === undefined) {
    if (state.edges.length >= settings.limits.callers) return { state, evicted: 1 }
    edge = { caller, firstAt: at, firstAppendedAt: appendedAt, support: noSupport(), toldFirstAt: -1, toldKnownAt: -1 }
    state.edges.push(edge)
    recall.edges.set(caller, edge)
  }
  if (at < edge.firstAt) edge.firstAt = at
  noteSupport(edge.support, { at, id, instance: callerInstance }, settings.paths.support)
  const known = completedBy(edge.support, settings.paths.support)
  // Earlier calls may still show that it was known earlier.
  const calling = recall.callings.get(named)
  if (known !== undefined && calling !== undefined) calling.taughtAfter = lastOf(known.at, edge.support)
  const knownAt = known?.at ?? -1
  if (edge.firstAt === edge.toldFirstAt && knownAt === edge.toldKnownAt) return { state }
  edge.toldFirstAt = edge.firstAt
  edge.toldKnownAt = knownAt
  const fact: EdgeFact = {
    kind: 'edge',
    caller,
    destination: state.destination,
    firstAt: edge.firstAt,
    firstAppendedAt: edge.firstAppendedAt,
    knownAt,
  }
  return { state, signals: [meshSignal({ id, at }, fact)], weight: Math.max(1, state.edges.length) }
}

function lastOf(at: number, { instances, days }: Support): number {
  return Math.max(at, ...instances.map((first) => first.at), ...days.map((first) => first.at))
}
