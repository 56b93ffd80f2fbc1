// The info finding on an edge that is in regular use although no list declares it.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { hourMs, judgedAsOf } from '../calls/hours.ts'
import { shortName } from '../calls/names.ts'
import { completedBy } from '../calls/support.ts'
import { edgeEntity } from './edge-verdict.ts'
import { identityConfidence } from './identity.ts'
import { isFrom, isSpokenFor, type Judging, sideOf } from './judging.ts'
import type { EdgeState } from './state.ts'

export function undeclaredSlot(edge: EdgeState, judging: Judging): string {
  return `undeclared:${edge.forgotten}${sideOf(judging)}`
}

/** Once for an edge, with the call that completed what makes it known, as soon as an hour is judged with it. */
export function undeclaredVerdict(edge: EdgeState, judging: Judging): SlotVerdict | undefined {
  const { standing, settings, latenessMs } = judging
  const call = completedBy(edge.accepted, settings.support)
  const lastHour = edge.runs.at(-1)?.[1]
  if (standing.declared !== 'none' || call === undefined || lastHour === undefined) return undefined
  const lastAt = lastHour * hourMs
  if (!isFrom(judging.knownFrom, judgedAsOf(lastAt, latenessMs))) return undefined
  if (judging.theirs && isSpokenFor(judging, lastAt)) return undefined
  const from = edge.routes[0]?.from ?? ''
  return {
    rule: 'undeclared-edge',
    entity: edgeEntity(edge.caller, judging.destination, from),
    slot: undeclaredSlot(edge, judging),
    findings: [{ eventId: call.id, at: call.at, rung: 'undeclared', severity: 'info' }],
    severity: 'info',
    confidence: identityConfidence(from),
    title: `${shortName(edge.caller)} regularly calls ${shortName(judging.destination)}, which no list declares`,
    firstSeenAt: call.at,
    lastSeenAt: call.at,
    count: 1,
    evidence: [{ eventId: call.id, at: call.at, summary: 'the accepted call with which the edge became known' }],
    explanation: {
      why: [`The edge is known from use, and no declared list names ${shortName(judging.destination)}.`],
      windowFrom: call.at,
      windowTo: call.at,
      margins: [],
      wouldNotFireIf: [`a declared list for ${shortName(judging.destination)} allowed ${shortName(edge.caller)}`],
    },
    labels: {},
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}
