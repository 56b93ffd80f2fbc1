// The stage that keeps each destination's edges and judges every call against them.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { isGivenEdge, liveRealm } from '../calls/given-edge.ts'
import { dayMs, hourMs } from '../calls/hours.ts'
import type { EventStage } from '../engine/detector.ts'
import { observeDecision } from './deciding.ts'
import { isEdgeDecision } from './decisions.ts'
import { rememberedTimes } from './edges.ts'
import { examineCall } from './examining-edge.ts'
import { observeGiven } from './giving.ts'
import { callerOf } from './identity.ts'
import { countCall, observeCall } from './observing.ts'
import { effectOf } from './quiet.ts'
import { recallOf } from './recall.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { type DestinationState, openDestination } from './state.ts'

export const byDestination: EventStage<DestinationState, UnexpectedCallerSettings> = {
  id: 'by-destination',
  keyspace: 'service',
  reads: 'events',
  kinds: ['access', 'action'],
  open: openDestination,
  keyOf: (event) => ((event.kind === 'access' ? isJudged(event) : isSaid(event)) ? event.destination : ''),
  observe(state, event, context) {
    // The first event of a key: an exercise knows only what it was given, were it nothing.
    if (state.lastAppendedAt < 0 && event.realm !== liveRealm) state.given ??= []
    if (isGivenEdge(event)) return observeGiven(state, event, context)
    const recall = recallOf(state, context.settings, context.latenessMs)
    if (event.kind !== 'access') return observeDecision(state, recall, event, context)
    const effect = effectOf(recall, event)
    if (effect === 'nothing' || (effect === 'counts' && !countCall(state, recall, event))) return recall.unchanged
    return observeCall(state, recall, event, context)
  },
  examine: examineCall,
  // What people decided is never forgotten by itself.
  spentAfter: (state, { forgottenDays }) =>
    state.decided.length > 0
      ? Number.POSITIVE_INFINITY
      : state.lastAppendedAt + forgottenDays * dayMs * rememberedTimes + hourMs,
}

function isSaid(event: SecurityEvent): boolean {
  return isEdgeDecision(event) || isGivenEdge(event)
}

/** Both ends have an identity: who is known by address only is neither learned nor told. */
export function isJudged(event: SecurityEvent): boolean {
  return event.destinationFrom !== 'ip' && callerOf(event) !== ''
}
