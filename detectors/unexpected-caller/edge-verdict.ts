// Puts the verdict of one alert on one edge together out of the calls it counts.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import {
  compareSeverity,
  type Entity,
  type Evidence,
  type Explanation,
  type Finding,
  type Severity,
  type SlotVerdict,
} from '../../schemas/findings.ts'
import { judgedAsOf } from '../calls/hours.ts'
import { operationName, shortName } from '../calls/names.ts'
import { shownText } from '../engine/bounded-text.ts'
import { slotName } from '../engine/slot.ts'
import { withdrawnSlot } from '../engine/withdrawn.ts'
import { decidedCalls } from './decided-calls.ts'
import { explainEdge, titleOfEdge } from './edge-wording.ts'
import { identityConfidence, strongerProvenance } from './identity.ts'
import { declaredAt, type Judging } from './judging.ts'
import type { Member } from './kept-calls.ts'
import type { EdgeState } from './state.ts'
import type { Rule } from './verdict-table.ts'

/** Evidence shown of an alert: so many of its first calls, and of its last. */
const shownFirst = 8
const shownLast = 2

/** What the wording needs to know beside the calls. */
export interface EdgeCase {
  readonly edge: EdgeState
  readonly judging: Judging
  readonly rule: Rule
  readonly calls: readonly Member[]
  readonly accepted: number
  readonly denied: number
  readonly severity: Severity
  /** The call that the title names. */
  readonly deciding: Member
  /** There may have been more calls than were counted. */
  readonly atLeast: boolean
}

export function edgeEntity(caller: string, destination: string, from: Provenance): Entity {
  return {
    keyspace: 'edge',
    key: `${caller} → ${destination}`,
    name: `${shortName(caller)} → ${shortName(destination)}`,
    from,
  }
}

/** `members` in order, at least one. `continues`: slot of the alert that this one continues, or `''`. */
export function edgeVerdict(
  edge: EdgeState,
  judging: Judging,
  members: readonly [Member, ...Member[]],
  continues: string,
): SlotVerdict {
  const { rule, slot } = members[0].place
  const calls = decidedCalls(members)
  const findings = findingsOf(calls, judging)
  const severity = findings.reduce<Severity>((most, each) => higher(most, each.severity), 'info')
  const deciding =
    calls.find(({ place }) => place.severity === severity) ?? calls.find(({ call }) => !call.denied) ?? members[0]
  const denied = calls.filter(({ call }) => call.denied).length
  const edgeCase: EdgeCase = {
    edge,
    judging,
    rule,
    calls,
    accepted: calls.length - denied,
    denied,
    severity,
    deciding,
    atLeast: isFull(members, judging.settings.limits.calls),
  }
  const from = members.reduce<Provenance>((best, { call }) => strongerProvenance(best, call.from), '')
  const firstAt = members[0].call.at
  const lastAt = members.at(-1)?.call.at ?? firstAt
  return {
    rule,
    entity: edgeEntity(edge.caller, judging.destination, from),
    slot,
    findings,
    severity,
    confidence: identityConfidence(from),
    title: shownText(titleOfEdge(edgeCase), 200),
    firstSeenAt: firstAt,
    lastSeenAt: lastAt,
    count: calls.length,
    evidence: evidenceOf(calls),
    explanation: { ...explainEdge(edgeCase), windowFrom: firstAt, windowTo: lastAt } satisfies Explanation,
    labels: labelsOf(edgeCase),
    continues,
    baseline: judging.standing.baseline || `learned as of ${slotName(judgedAsOf(firstAt, judging.latenessMs))}`,
    suppressed: 0,
  }
}

/** The verdict on an alert that holds no call any more. */
export function withdrawnEdgeVerdict(edge: EdgeState, judging: Judging, rule: Rule, slot: string): SlotVerdict {
  const entity = edgeEntity(edge.caller, judging.destination, '')
  return withdrawnSlot({
    rule,
    entity,
    slot,
    title: `${entity.name}: explained by later evidence`,
    why: ['With what arrived since, nothing here is unexpected.'],
    from: edge.firstAt,
    to: edge.firstAt,
  })
}

/** Denied and accepted calls are each counted up to the bound. */
function isFull(members: readonly Member[], limit: number): boolean {
  const denied = members.filter(({ call }) => call.denied).length
  return denied >= limit || members.length - denied >= limit
}

function findingsOf(calls: readonly Member[], judging: Judging): readonly Finding[] {
  const { deniedForMedium } = judging.settings
  let denied = 0
  return calls.map(({ call, place }) => {
    const raised = place.rule === 'new-edge' && place.severity === 'low'
    if (raised) denied += 1
    const many = raised && denied >= deniedForMedium
    return {
      eventId: call.id,
      at: call.at,
      rung: many ? `${deniedForMedium}-denied` : place.rung,
      severity: many ? 'medium' : place.severity,
    }
  })
}

function evidenceOf(calls: readonly Member[]): readonly Evidence[] {
  const shown =
    calls.length <= shownFirst + shownLast ? calls : [...calls.slice(0, shownFirst), ...calls.slice(-shownLast)]
  return shown.map(({ call }) => ({ eventId: call.id, at: call.at, summary: summaryOf(call) }))
}

function summaryOf(call: Member['call']): string {
  const policy = call.policy === '' ? '' : ` by ${shownText(call.policy, 100)}`
  const shadow = call.shadow === '' ? '' : `, would be blocked by ${shownText(call.shadow, 100)}`
  return `${operationName(call)} ${call.denied ? `denied${policy}` : 'accepted'}${shadow}`
}

function labelsOf({ edge, judging, deciding, accepted, denied }: EdgeCase): Readonly<Record<string, string>> {
  const { call } = deciding
  return {
    caller: shownText(edge.caller, 200),
    destination: shownText(judging.destination, 200),
    method: shownText(call.method, 64),
    route: shownText(call.route, 200),
    port: call.port > 0 ? `${call.port}` : '',
    policy: shownText(call.denied ? call.policy : call.shadow, 200),
    declared: declaredAt(judging, call.at),
    accepted: `${accepted}`,
    denied: `${denied}`,
  }
}

function higher(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b
}
