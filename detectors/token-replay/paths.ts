// Whether a workload can have been reached from an ingress, by the ways that were declared or learned before an instant.

import { matchesPattern } from '../calls/pattern.ts'
import { isIngress } from './origin.ts'
import { dayMs, type TokenReplaySettings } from './settings.ts'
import type { EdgeFact } from './signals.ts'

/** `learning`: who calls somebody on the way is not known for long enough to say that there is no way. */
export type Reach = 'reached' | 'unreached' | 'learning'

export type Edges = readonly Omit<EdgeFact, 'kind'>[]

/** Everything asked of the graph, found fast. */
export interface Graph {
  readonly into: Map<string, Edges[number][]>
  /** First seen as either end, event and append time. */
  readonly seen: Map<string, { at: number; appendedAt: number }>
}

export function graphOf(edges: Edges): Graph {
  const graph: Graph = { into: new Map(), seen: new Map() }
  for (const edge of edges) addEdge(graph, edge)
  return graph
}

/** Of an edge that the graph does not hold yet: it is then as if made with it. */
export function addEdge({ into, seen }: Graph, edge: Edges[number]): void {
  const there = into.get(edge.destination)
  if (there === undefined) into.set(edge.destination, [edge])
  else there.push(edge)
  for (const end of [edge.caller, edge.destination]) {
    const first = seen.get(end)
    if (first === undefined) seen.set(end, { at: edge.firstAt, appendedAt: edge.firstAppendedAt })
    else {
      first.at = Math.min(first.at, edge.firstAt)
      first.appendedAt = Math.min(first.appendedAt, edge.firstAppendedAt)
    }
  }
}

/** Goes back from the workload along calls that were known, until an ingress or the end of all ways. */
export function reachOf(
  graph: Graph,
  workload: string,
  asOf: number,
  appendedAt: number,
  settings: TokenReplaySettings,
): Reach {
  const youngMs = settings.paths.learningDays * dayMs
  const isLive = settings.learningClock === 'live'
  const isYoung = (at: number, firstAppendedAt: number): boolean =>
    at > asOf - youngMs || (isLive && firstAppendedAt > appendedAt - youngMs)
  const visited = new Set<string>([workload])
  let isLearning = false
  // A Set's loop visits what is added meanwhile.
  for (const node of visited) {
    if (isIngress(node, settings)) return 'reached'
    for (const caller of declaredCallers(graph, node, settings)) {
      if (caller === '') return 'reached'
      visited.add(caller)
    }
    const first = graph.seen.get(node)
    if (first === undefined || isYoung(first.at, first.appendedAt)) isLearning = true
    for (const { caller, firstAt, firstAppendedAt, knownAt } of graph.into.get(node) ?? []) {
      if (firstAt >= asOf) continue
      if (knownAt >= 0 && knownAt < asOf) {
        if (caller === '') return 'reached'
        visited.add(caller)
      } else if (isYoung(firstAt, firstAppendedAt)) isLearning = true
    }
  }
  return isLearning ? 'learning' : 'unreached'
}

/** `''`: an ingress. */
function declaredCallers(graph: Graph, destination: string, { paths }: TokenReplaySettings): readonly string[] {
  return paths.declared.flatMap((path) => {
    if (!matchesPattern(path.destination, destination)) return []
    if (path.caller === 'ingress') return ['']
    return [...graph.seen.keys()].filter((name) => name !== '' && matchesPattern(path.caller, name))
  })
}
