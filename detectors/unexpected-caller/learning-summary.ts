// How far destinations are learned, out of the states of the stage by-destination: for replay's last lines and `learn`.

import type { EdgeReporter } from '../../schemas/decision.ts'
import { hourMs, judgedAsOf } from '../calls/hours.ts'
import { completedBy } from '../calls/support.ts'
import { slotName } from '../engine/slot.ts'
import type { Baseline, BaselineEdge } from './baseline.ts'
import { destinationLearnedFrom, isFrom } from './judging.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { DestinationState, EdgeState, ViewState } from './state.ts'

export interface LearningSummary {
  /** Destinations that are not learned yet as of the hour after their last call. */
  readonly stillLearning: number
  /** Their edges without the support that makes an edge known: they would be new. */
  readonly wouldBeNew: number
  /** `unexpected-caller: still learning for 3 destinations; 7 edges would be new`, or `''` when nothing is learning. */
  readonly line: string
}

export function learningSummary(
  states: Iterable<DestinationState>,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): LearningSummary {
  let stillLearning = 0
  let wouldBeNew = 0
  for (const state of states) {
    const view = state.own ?? state.theirs
    if (view === null) continue
    const next = judgedAsOf((view.learning.lastHour + 1) * hourMs, latenessMs)
    if (isFrom(destinationLearnedFrom(state, view, settings, latenessMs), next)) continue
    stillLearning += 1
    for (const edge of view.edges) if (!isSupported(edge, settings)) wouldBeNew += 1
  }
  const line =
    stillLearning === 0
      ? ''
      : `unexpected-caller: still learning for ${stillLearning} destination${stillLearning === 1 ? '' : 's'}; ${wouldBeNew} edge${wouldBeNew === 1 ? '' : 's'} would be new`
  return { stillLearning, wouldBeNew, line }
}

/** The edges with enough support, as a document that settings take back. Destinations report for themselves where they do. */
export function learnedBaseline(
  states: Iterable<DestinationState>,
  version: string,
  settings: UnexpectedCallerSettings,
): Baseline {
  const edges: BaselineEdge[] = []
  for (const { destination, own, theirs } of states) {
    const view: ViewState | null = own ?? theirs
    const reporter = own === null ? 'others' : 'destination'
    for (const edge of view?.edges ?? [])
      if (isSupported(edge, settings)) edges.push(baselineEdge(destination, reporter, edge))
  }
  edges.sort((a, b) => compare(a.destination, b.destination) || compare(a.caller, b.caller))
  return { version, edges }
}

function baselineEdge(destination: string, reporter: EdgeReporter, edge: EdgeState): BaselineEdge {
  return {
    caller: edge.caller,
    destination,
    reporter,
    since: slotName(edge.acceptedAt),
    until: slotName((edge.runs.at(-1)?.[1] ?? 0) * hourMs),
    hours: edge.accepted.hours.length,
    days: edge.accepted.days.length,
    instances: edge.accepted.instances.length,
    routes: edge.routes
      .map(({ method, route }) => ({ method, route }))
      .sort((a, b) => compare(a.route, b.route) || compare(a.method, b.method)),
  }
}

function isSupported(edge: EdgeState, settings: UnexpectedCallerSettings): boolean {
  return edge.acceptedAt >= 0 && completedBy(edge.accepted, settings.support) !== undefined
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
