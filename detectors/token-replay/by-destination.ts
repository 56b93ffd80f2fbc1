// The stage that learns who calls each workload, so that a later one knows the ways through the mesh.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { EventStage, Observation, ObserveContext } from '../engine/detector.ts'
import { isDenied } from '../unexpected-caller/reply.ts'
import { completedBy, noSupport, noteSupport, type Support } from '../unexpected-caller/support.ts'
import { isIngress, isVerified } from './origin.ts'
import { dayMs, type TokenReplaySettings } from './settings.ts'
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

/** Where a state carries what finds edges fast: JSON leaves symbols out, so that a snapshot never holds it. */
const recalled = Symbol('recalled')

export interface DestinationState {
  [recalled]?: Recall
  readonly destination: string
  readonly edges: Edge[]
  lastAppendedAt: number
}

interface Recall {
  readonly edges: Map<string, Edge>
  /** Calls stamped after this from a caller teach nothing more; by caller as the record names it. */
  readonly taughtAfter: Map<string, number>
}

const quiet: { state: DestinationState } = { state: { destination: '', edges: [], lastAppendedAt: -1 } }

export const byDestination: EventStage<DestinationState, TokenReplaySettings> = {
  id: 'by-destination',
  keyspace: 'service',
  reads: 'events',
  kinds: ['access'],
  open: (destination) => ({ destination, edges: [], lastAppendedAt: -1 }),
  keyOf(event) {
    if (event.destinationFrom === 'ip' || !(isVerified(event.callerFrom) || event.reporter === 'gateway')) return ''
    return event.destination
  },
  observe(state, event, context) {
    const { appendedAt } = context
    // Within a minute: one more write for each call would say nothing.
    if (appendedAt > state.lastAppendedAt + 60_000) state.lastAppendedAt = appendedAt
    state[recalled] ??= recallOf(state)
    const { taughtAfter } = state[recalled]
    const named = event.reporter === 'gateway' ? '' : event.caller
    const after = taughtAfter.get(named)
    if (after !== undefined && event.eventAt > after) {
      quiet.state = state
      return quiet
    }
    return isDenied(event) ? { state } : learn(state, state[recalled], named, event, context)
  },
  spent: ({ lastAppendedAt }, watermarkAt, { paths }) => watermarkAt > lastAppendedAt + paths.forgottenDays * dayMs,
}

function recallOf({ edges }: DestinationState): Recall {
  return { edges: new Map(edges.map((edge) => [edge.caller, edge])), taughtAfter: new Map() }
}

function learn(
  state: DestinationState,
  recall: Recall,
  named: string,
  event: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): Observation<DestinationState> {
  const caller = named === '' || isIngress(named, settings) ? '' : boundedText(named, 512)
  const { eventAt: at, eventId: id } = event
  let edge = recall.edges.get(caller)
  if (edge === undefined) {
    if (state.edges.length >= settings.limits.callers) return { state, evicted: 1 }
    edge = { caller, firstAt: at, firstAppendedAt: appendedAt, support: noSupport(), toldFirstAt: -1, toldKnownAt: -1 }
    state.edges.push(edge)
    recall.edges.set(caller, edge)
  }
  if (at < edge.firstAt) edge.firstAt = at
  noteSupport(edge.support, { at, id, instance: event.callerInstance }, settings.paths.support)
  const known = completedBy(edge.support, settings.paths.support)
  // Earlier calls may still show that it was known earlier.
  if (known !== undefined && recall.taughtAfter.size < settings.limits.callers)
    recall.taughtAfter.set(
      named,
      Math.max(
        known.at,
        ...edge.support.instances.map((first) => first.at),
        ...edge.support.days.map((first) => first.at),
      ),
    )
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
