// Which events say that an exercise takes an edge for learned.

import { baselineGiven, decisionFormat } from '../../schemas/decision.ts'
import type { SecurityEvent } from '../../schemas/events/columns.ts'

export const liveRealm = 'live'

/** Written by the collector alone, for an exercise: of the live realm nobody says what is learned. */
export function isGivenEdge(event: SecurityEvent): boolean {
  return event.action === baselineGiven && event.format === decisionFormat && event.realm !== liveRealm
}
