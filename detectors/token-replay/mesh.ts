// The stage that knows the ways through the mesh, and who presented which token without any way from outside to have it from.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { Observation, ObserveContext, Signal, SignalStage } from '../engine/detector.ts'
import { compareDated, type Dated, insertDated } from '../engine/ordered-set.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { judgedAsOf } from '../unexpected-caller/hours.ts'
import { verdictDigest } from '../unexpected-caller/verdict-digest.ts'
import { addEdge, type Graph, graphOf, type Reach, reachOf } from './paths.ts'
import { dayMs, hourMs, type TokenReplaySettings } from './settings.ts'
import { type EdgeFact, meshFactOf, type PresentedFact } from './signals.ts'
import { theftVerdict, withdrawnTheft } from './theft-verdict.ts'

/** A presentation by somebody without a way from any ingress. */
export interface Sighting extends Dated, Omit<PresentedFact, 'kind' | 'entered'> {
  /** The token was seen where requests enter: it is somebody's from outside. */
  entered: boolean
}

const recalled = Symbol('recalled')

export interface MeshState {
  [recalled]?: Recall
  readonly edges: Omit<EdgeFact, 'kind'>[]
  readonly sightings: Sighting[]
  /** What was last told: `presenter hour` → digest. */
  said: { [alert: string]: number }
  lastAppendedAt: number
}

interface Recall {
  readonly byEnds: Map<string, number>
  graph: Graph | undefined
  /** Reach of each presenter as of one instant; undone when what was known before it changes. */
  readonly reaches: Map<string, Reach>
  asOf: number
}

const quiet: { state: MeshState } = { state: { edges: [], sightings: [], said: {}, lastAppendedAt: -1 } }

export const mesh: SignalStage<MeshState, TokenReplaySettings> = {
  id: 'mesh',
  keyspace: 'service',
  reads: 'signals',
  from: ['by-token', 'by-destination'],
  open: () => ({ edges: [], sightings: [], said: {}, lastAppendedAt: -1 }),
  observe(state, signal, context) {
    state[recalled] ??= recallOf(state)
    if (context.appendedAt > state.lastAppendedAt) state.lastAppendedAt = context.appendedAt
    const fact = meshFactOf(signal)
    switch (fact.kind) {
      case 'edge':
        return noteEdge(state, state[recalled], fact, context)
      case 'presented':
        return notePresented(state, state[recalled], signal, fact, context)
      case 'entered': {
        const entered = state.sightings.filter(({ token, entered: before }) => token === fact.token && !before)
        for (const sighting of entered) sighting.entered = true
        return entered.length === 0 ? unchanged(state) : tell(state, entered, context)
      }
      default:
        return fact satisfies never
    }
  },
  spent: ({ lastAppendedAt }, watermarkAt, { paths }) => watermarkAt > lastAppendedAt + paths.forgottenDays * dayMs,
}

function unchanged(state: MeshState): Observation<MeshState> {
  quiet.state = state
  return quiet
}

function recallOf({ edges }: MeshState): Recall {
  return {
    byEnds: new Map(edges.map(({ caller, destination }, index) => [endsOf(caller, destination), index])),
    graph: undefined,
    reaches: new Map(),
    asOf: Number.NaN,
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
  // What is first seen or known from now on changes nothing that is asked as of the hour's start.
  if (!(firstAt >= recall.asOf && (knownAt < 0 || knownAt >= recall.asOf))) recall.reaches.clear()
  return { state, weight: weightOf(state) }
}

function notePresented(
  state: MeshState,
  recall: Recall,
  signal: Signal,
  fact: PresentedFact,
  context: ObserveContext<TokenReplaySettings>,
): Observation<MeshState> {
  const there = state.sightings.findIndex(
    ({ token, presenter }) => token === fact.token && presenter === fact.presenter,
  )
  const before = state.sightings[there]
  if (before !== undefined && compareDated(before, { at: signal.at, id: signal.eventId }) <= 0) return unchanged(state)
  const reach = reachAsOf(state, recall, signal.at, fact.presenter, context)
  if (before === undefined && reach !== 'unreached') return unchanged(state)
  // Of each presenter of a token its earliest presentation counts.
  const changed: Sighting[] = []
  if (before !== undefined) changed.push(...state.sightings.splice(there, 1))
  const sighting = sightingOf(signal, fact, before?.entered === true)
  let evicted = 0
  if (reach === 'unreached') {
    insertDated(state.sightings, sighting)
    changed.push(sighting)
    if (state.sightings.length > context.settings.limits.presentations) {
      state.sightings.shift()
      evicted = 1
    }
  }
  const told = changed.filter(({ entered }) => entered)
  const observation = told.length > 0 ? tell(state, told, context) : { state, weight: weightOf(state) }
  return evicted === 0 ? observation : { ...observation, evicted }
}

function sightingOf(signal: Signal, fact: PresentedFact, entered: boolean): Sighting {
  const { token, name, presenter, destination, subject, client, operation } = fact
  return {
    at: signal.at,
    id: signal.eventId,
    token,
    name,
    presenter,
    destination,
    subject,
    client,
    operation,
    entered: entered || fact.entered,
  }
}

function reachAsOf(
  state: MeshState,
  recall: Recall,
  at: number,
  presenter: string,
  { settings, appendedAt, latenessMs }: ObserveContext<TokenReplaySettings>,
): Reach {
  const asOf = judgedAsOf(at, latenessMs)
  if (asOf !== recall.asOf) {
    recall.asOf = asOf
    recall.reaches.clear()
  }
  const known = recall.reaches.get(presenter)
  if (known !== undefined) return known
  recall.graph ??= graphOf(state.edges)
  const reach = reachOf(recall.graph, presenter, asOf, appendedAt, settings)
  recall.reaches.set(presenter, reach)
  return reach
}

/** Tells the hours of the presenters whose sightings changed. */
function tell(
  state: MeshState,
  changed: readonly Sighting[],
  { latenessMs }: ObserveContext<TokenReplaySettings>,
): Observation<MeshState> {
  const verdicts: SlotVerdict[] = []
  const hours = new Map(
    changed.map(({ presenter, at }) => [`${presenter}\n${slotStart(at, hourMs)}`, { presenter, at }]),
  )
  for (const [name, { presenter, at }] of hours) {
    const slotAt = slotStart(at, hourMs)
    const sightings = state.sightings.filter(
      (each) => each.entered && each.presenter === presenter && slotStart(each.at, hourMs) === slotAt,
    )
    const slot = slotName(slotAt)
    if (sightings.length === 0) {
      if (state.said[name] !== undefined) verdicts.push(withdrawnTheft(presenter, slot, at))
      delete state.said[name]
      continue
    }
    const verdict = theftVerdict(presenter, sightings, slot, slotName(judgedAsOf(at, latenessMs)))
    const digest = verdictDigest(verdict)
    if (state.said[name] === digest) continue
    state.said[name] = digest
    verdicts.push(verdict)
  }
  letGoOfSaid(state)
  return { state, verdicts, weight: weightOf(state) }
}

/** An hour whose presentations had to go is not told again. */
function letGoOfSaid({ said, sightings }: MeshState): void {
  if (Object.keys(said).length <= 2 * sightings.length + 16) return
  const held = new Set(sightings.map(({ presenter, at }) => `${presenter}\n${slotStart(at, hourMs)}`))
  for (const name of Object.keys(said)) if (!held.has(name)) delete said[name]
}

function weightOf({ edges, sightings }: MeshState): number {
  return 1 + edges.length + sightings.length
}
