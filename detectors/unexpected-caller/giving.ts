// Notes an edge that an exercise takes for learned, and tells what that makes of the calls already seen.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { retellEdge } from './edge-observing.ts'
import { givenEdgeOf, withGiven } from './given.ts'
import { judgingOf } from './judging.ts'
import { weightOf } from './observing.ts'
import { recallOf } from './recall.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { type DestinationState, recalled } from './state.ts'
import type { Told } from './telling.ts'

/** It holds for the whole exercise, whenever its calls happened: it comes before them, and tells anew where it does not. */
export function observeGiven(
  state: DestinationState,
  event: SecurityEvent,
  context: ObserveContext<UnexpectedCallerSettings>,
): Observation<DestinationState> {
  const { settings, latenessMs, appendedAt } = context
  const before = state.given ?? []
  const given = withGiven(before, givenEdgeOf(event), settings)
  if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
  if (given === before) return { state }
  state.given = given
  // What is recalled of edges was looked up in the baseline as it was.
  delete state[recalled]
  const recall = recallOf(state, settings, latenessMs)
  const told: Told = { verdicts: [], signals: [] }
  for (const view of [recall.own, recall.theirs]) {
    if (view === undefined) continue
    for (const edge of view.edges.values())
      retellEdge(edge, judgingOf(state, view.view, edge.edge, edge, context), told)
  }
  return {
    state,
    ...(told.verdicts.length > 0 ? { verdicts: told.verdicts } : {}),
    ...(told.signals.length > 0 ? { signals: told.signals } : {}),
    weight: weightOf(state),
  }
}
