// The stage that knows the ways through the mesh, and answers whether any leads from an ingress to a workload that calls.

import { judgedAsOf } from '../calls/hours.ts'
import type { Observation, ObserveContext, SignalStage } from '../engine/detector.ts'
import { sayingNothing } from '../engine/saying-nothing.ts'
import { slotStart } from '../engine/slot.ts'
import { addEdge, type Graph, graphOf, type Reach, reachOf } from './paths.ts'
import { dayMs, hourMs, type TokenReplaySettings } from './settings.ts'
import { type EdgeFact, meshFactOf, reachSignal } from './signals.ts'

const recalled = Symbol('recalled')

export interface MeshState {
  [recalled]?: Recall
  readonly edges: Omit<EdgeFact, 'kind'>[]
  lastAppendedAt: number
}

interface Recall {
  readonly byEnds: Map<string, number>
  graph: Graph | undefined
  /** By instant: reach of each workload as of then; undone when what was known before it changes. */
  readonly reaches: Map<number, Map<string, Reach>>
}

/** Instants whose answers are remembered: late calls come of a few hours at once. */
const maxInstants = 24

const unchanged = sayingNothing<MeshState>()

export const mesh: SignalStage<MeshState, TokenReplaySettings> = {
  id: 'mesh',
  keyspace: 'service',
  reads: 'signals',
  from: 'by-destination',
  open: () => ({ edges: [], lastAppendedAt: -1 }),
  observe(state, signal, context) {
    state[recalled] ??= recallOf(state)
    if (context.appendedAt > state.lastAppendedAt) state.lastAppendedAt = context.appendedAt
    const fact = meshFactOf(signal)
    if (fact.kind === 'edge') return noteEdge(state, state[recalled], fact, context)
    const reach = reachAsOf(state, state[recalled], signal.at, fact.caller, context)
    const answer = { kind: 'reach', hourAt: slotStart(signal.at, hourMs), isUnreached: reach === 'unreached' } as const
    return { state, signals: [reachSignal(fact.caller, { id: signal.eventId, at: signal.at }, answer)] }
  },
  spentAfter: ({ lastAppendedAt }, { paths }) => lastAppendedAt + paths.forgottenDays * dayMs,
}

function recallOf({ edges }: MeshState): Recall {
  return {
    byEnds: new Map(edges.map(({ caller, destination }, index) => [endsOf(caller, destination), index])),
    graph: undefined,
    reaches: new Map(),
  }
}

function endsOf(caller: string, destination: string): string {
  return `${caller}\n${destination}`
}

function noteEdge(
  state: MeshState,
  recall: Recall,
  { caller, destination, firstAt, firstAppendedAt, knownAt }: EdgeFact,
  { settings }: ObserveContext<TokenReplaySettings>,
): Observation<MeshState> {
  const ends = endsOf(caller, destination)
  const index = recall.byEnds.get(ends)
  if (index === undefined && state.edges.length >= settings.limits.edges) return { state, evicted: 1 }
  const edge = { caller, destination, firstAt, firstAppendedAt, knownAt }
  if (index === undefined) {
    recall.byEnds.set(ends, state.edges.push(edge) - 1)
    if (recall.graph !== undefined) addEdge(recall.graph, edge)
  } else {
    state.edges[index] = edge
    // What the graph holds of it, and what follows from that, is another now.
    recall.graph = undefined
  }
  // What is first seen or known from an instant on changes nothing that is asked as of it.
  for (const asOf of recall.reaches.keys())
    if (firstAt < asOf || (knownAt >= 0 && knownAt < asOf)) recall.reaches.delete(asOf)
  return index === undefined ? { state, weight: 1 + state.edges.length } : unchanged(state)
}

function reachAsOf(
  state: MeshState,
  recall: Recall,
  at: number,
  workload: string,
  { settings, appendedAt, latenessMs }: ObserveContext<TokenReplaySettings>,
): Reach {
  const asOf = judgedAsOf(at, latenessMs)
  let reaches = recall.reaches.get(asOf)
  if (reaches === undefined) {
    if (recall.reaches.size >= maxInstants) recall.reaches.clear()
    reaches = new Map()
    recall.reaches.set(asOf, reaches)
  }
  const known = reaches.get(workload)
  if (known !== undefined) return known
  recall.graph ??= graphOf(state.edges)
  const reach = reachOf(recall.graph, workload, asOf, appendedAt, settings)
  reaches.set(workload, reach)
  return reach
}
