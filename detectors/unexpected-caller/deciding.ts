// Notes what a person decided about an edge, and tells what that makes of the calls already seen.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { decisionsOn, edgeDecisionOf, noteDecision } from './decisions.ts'
import { retellEdge } from './edge-observing.ts'
import { judgingOf } from './judging.ts'
import { weightOf } from './observing.ts'
import type { Recall } from './recall.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { DestinationState } from './state.ts'
import type { Told } from './telling.ts'

/**
 * A decision settles nothing: it is stamped by the collector, while the calls of a destination may be those of an old
 * file. Once noted, it is there for every call that comes.
 */
export function observeDecision(
  state: DestinationState,
  recall: Recall,
  event: SecurityEvent,
  context: ObserveContext<UnexpectedCallerSettings>,
): Observation<DestinationState> {
  const { caller } = event
  const { settings, appendedAt } = context
  const evicted = noteDecision(state.decided, caller, edgeDecisionOf(event), settings.limits.edges)
  if (evicted === undefined) return recall.unchanged
  if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
  const told: Told = { verdicts: [], signals: [] }
  if (evicted > 0)
    for (const edge of [...(recall.own?.edges.values() ?? []), ...(recall.theirs?.edges.values() ?? [])])
      edge.decisions = decisionsOn(state.decided, edge.edge.caller)
  for (const view of [recall.own, recall.theirs]) {
    const edge = view?.edges.get(caller)
    if (view === undefined || edge === undefined) continue
    edge.decisions = decisionsOn(state.decided, caller)
    retellEdge(edge, judgingOf(state, view.view, edge.edge, edge, context), told)
  }
  return {
    state,
    ...(told.verdicts.length > 0 ? { verdicts: told.verdicts } : {}),
    ...(told.signals.length > 0 ? { signals: told.signals } : {}),
    ...(evicted > 0 ? { evicted } : {}),
    weight: weightOf(state),
  }
}
