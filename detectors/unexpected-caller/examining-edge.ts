// Says what each rule makes of one call on its edge: whether the caller is known, the destination learned, the call denied.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { dayMs, hourMs, hourOf, judgedAsOf } from '../calls/hours.ts'
import { counted, operationName, shortName } from '../calls/names.ts'
import { isDenied } from '../calls/reply.ts'
import { shownText } from '../engine/bounded-text.ts'
import type { ExamineContext } from '../engine/detector.ts'
import type { Examination, Gate, Trial } from '../engine/examination.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { decisionsOn, type EdgeDecision } from './decisions.ts'
import { type Declared, standingOf } from './declared.ts'
import { edgeEntity } from './edge-verdict.ts'
import { callerOf, isDestinationsOwn } from './identity.ts'
import { decisionOn, declaredAt, isFrom, isKnown, isLearned, type Judging, judgingOf, newEdgeSlot } from './judging.ts'
import { resumesAt } from './runs.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import type { DestinationState, EdgeState } from './state.ts'

const maxTextLength = 300

export function examineCall(
  state: DestinationState,
  event: SecurityEvent,
  context: ExamineContext<UnexpectedCallerSettings>,
): Examination {
  if (event.kind !== 'access') return { trials: [], notes: ['it is what a person decided about the edge'] }
  const isOwn = isDestinationsOwn(event)
  if (!isOwn && speaksForItself(state, event.eventAt, context))
    return {
      trials: [],
      notes: ['the destination reports itself: what callers and gateways report counts for nothing'],
    }
  const view = isOwn ? state.own : state.theirs
  const caller = callerOf(event)
  const edge = view?.edges.find((each) => each.caller === caller)
  if (view === null || edge === undefined) return nothingHeld(caller, context.settings)
  if (event.eventAt < edge.firstAt)
    return nothingHeld(caller, context.settings, `the edge as it is held begins at ${instant(edge.firstAt)}`)
  const standing = standingOf(context.settings, state, caller)
  const decisions = decisionsOn(state.decided, caller)
  const judging = judgingOf(state, view, edge, { standing, decisions }, context)
  const entity = edgeEntity(caller, state.destination, '')
  const trials = [...edgeTrials(edge, judging, event), ...shadowTrials(event), ...dormantTrials(edge, judging, event)]
  return {
    trials: trials.map((trial) => ({ ...trial, entity })),
    notes: notesOn(edge, judging, event),
  }
}

/** As `isSpokenFor` of a judging, which there is only of an edge. */
function speaksForItself(
  { own }: DestinationState,
  at: number,
  { settings, latenessMs }: ExamineContext<UnexpectedCallerSettings>,
): boolean {
  if (own === null) return false
  const asOf = judgedAsOf(at, latenessMs)
  return asOf > own.learning.firstAt && asOf < own.learning.lastHour * hourMs + settings.forgottenDays * dayMs
}

function nothingHeld(caller: string, { forgottenDays }: UnexpectedCallerSettings, why?: string): Examination {
  const said =
    why ??
    `nothing is held of ${shortName(caller)} as a caller of it: unseen for more than ${forgottenDays} days, or put out by a bound`
  return { trials: [], notes: [said], forgotten: true }
}

/** The rows of the table, each with what leads to it. */
function edgeTrials(edge: EdgeState, judging: Judging, event: SecurityEvent): readonly Trial[] {
  const { because } = judging.standing
  const declared = declaredAt(judging, event.eventAt)
  const decision = decisionOn(judging, event.eventAt)
  const denied = isDenied(event)
  const known = knownGate(edge, judging, event.eventAt)
  const unknown: Gate = {
    ...known,
    name: 'caller is not known',
    passed: !known.passed,
    value: known.passed ? 'known' : 'not known',
    limit: 'not known',
    unit: '',
  }
  const learned = learnedGate(judging, event.eventAt)
  const reply = `${denied ? 'denied' : 'accepted'}${event.httpStatus >= 0 ? ` (${event.httpStatus})` : ''}`
  const replied = (wanted: 'denied' | 'accepted'): Gate =>
    word(`call was ${wanted}`, (wanted === 'denied') === denied, reply, wanted, `the call was ${reply}`)
  const declaredAs = (...wanted: readonly string[]): Gate =>
    word(
      'declaration',
      wanted.includes(declared),
      declared,
      wanted.join(' or '),
      declarationText(declared, because, decision),
    )
  const hour = slotName(slotStart(event.eventAt, hourMs))
  const edgeSlot = newEdgeSlot(edge, judging)
  // What was declared fires from the start; what was learned is info until then.
  const learnedIfAsked = declared === 'none' ? [learned] : []
  const trials: Trial[] = [
    {
      rule: 'new-edge',
      rung: denied ? 'denied' : 'accepted',
      severity: denied ? 'low' : 'high',
      gates: [unknown, denied ? declaredAs('none', 'deny') : declaredAs('none'), ...learnedIfAsked],
      slot: edgeSlot,
    },
    {
      rule: 'known-edge',
      rung: 'now-denied',
      severity: 'medium',
      gates: [
        known,
        replied('denied'),
        declaredAs('none', 'deny'),
        usuallyAllowed(judging, event.eventAt),
        ...learnedIfAsked,
      ],
      slot: hour,
    },
  ]
  if (declared === 'deny')
    trials.push({
      rule: known.passed ? 'known-edge' : 'new-edge',
      rung: 'enforcement-gap',
      severity: 'critical',
      gates: [declaredAs('deny'), replied('accepted')],
      slot: known.passed ? hour : edgeSlot,
    })
  if (declared === 'allow')
    trials.push(
      { rule: 'new-edge', rung: 'first-use', severity: 'info', gates: [unknown, replied('accepted')], slot: edgeSlot },
      { rule: 'grant-denied', rung: 'grant-denied', severity: 'info', gates: [replied('denied')], slot: hour },
    )
  return trials
}

/** The margin is how much of what makes an edge known the accepted calls before the event's hour had. */
function knownGate(edge: EdgeState, judging: Judging, at: number): Gate {
  const { support } = judging.settings
  const asOf = judgedAsOf(at, judging.latenessMs)
  const seen = (firsts: readonly { readonly at: number }[]): number => firsts.filter((first) => first.at < asOf).length
  const hours = seen(edge.accepted.hours)
  const days = seen(edge.accepted.days)
  const replicas = seen(edge.accepted.instances)
  const passed = isKnown(judging, at)
  const figures = `accepted calls in ${counted(hours, 'hour')} (${support.hours} needed), on ${counted(days, 'day')} (${support.days}), from ${counted(replicas, 'replica')} (${support.instances})`
  const baseline = judging.standing.known === undefined ? '' : ', by the given baseline'
  const quarantine =
    !passed && judging.isQuarantined
      ? `; not learned for ${judging.settings.quarantineDays} days, since it began with an alert`
      : ''
  const text = `the caller is ${passed ? 'known' : 'not known'}${baseline}: ${figures} before ${instant(asOf)}${quarantine}`
  return {
    name: 'caller is known',
    passed,
    value: hours,
    limit: support.hours,
    unit: 'hours',
    text: shownText(text, maxTextLength),
  }
}

/** While a destination is learning, what is new there is told as info. */
function learnedGate(judging: Judging, at: number): Gate {
  const passed = isLearned(judging, at)
  const { learnedFrom } = judging
  const from = Number.isFinite(learnedFrom) ? ` from ${instant(learnedFrom)}` : ''
  const text = passed
    ? `the destination is learned${from}`
    : `the destination is still learning: it is learned${from} at the earliest`
  const [value, limit] = [
    instant(judgedAsOf(at, judging.latenessMs)),
    Number.isFinite(learnedFrom) ? instant(learnedFrom) : '',
  ]
  return { name: 'destination is learned', passed, value, limit, unit: '', text, lowers: true }
}

function usuallyAllowed(judging: Judging, at: number): Gate {
  const usual = isFrom(judging.usuallyDeniedFrom, judgedAsOf(at, judging.latenessMs))
  const text = usual ? 'denials are usual on this edge' : 'denials are not usual on this edge'
  return word('denials are unusual', !usual, usual ? 'usual' : 'unusual', 'unusual', text)
}

/** Only where the record tells of a policy in dry run. */
function shadowTrials(event: SecurityEvent): readonly Trial[] {
  if (event.shadowOutcome === '') return []
  const blocked = event.shadowOutcome === 'would-deny'
  const policy = event.shadowPolicy === '' ? '' : ` "${event.shadowPolicy}"`
  const text = `the policy in dry run${policy} would have ${blocked ? 'denied' : 'allowed'} it`
  return [
    {
      rule: 'would-be-blocked',
      rung: 'would-be-blocked',
      severity: 'info',
      gates: [word('policy in dry run would deny', blocked, event.shadowOutcome, 'would-deny', text)],
      slot: slotName(slotStart(event.eventAt, hourMs)),
    },
  ]
}

/** Only where there was a pause at all. */
function dormantTrials(edge: EdgeState, judging: Judging, event: SecurityEvent): readonly Trial[] {
  const { dormantDays } = judging.settings
  const hour = hourOf(event.eventAt)
  const before = edge.runs.findLast(([first]) => first < hour)
  const quietDays = before === undefined ? 0 : Math.max(0, hour - before[1]) / (dayMs / hourMs)
  if (quietDays < 1) return []
  const days = Math.round(quietDays * 10) / 10
  const text = `${counted(days, 'day')} without a call before it; limit ${dormantDays}`
  const passed = resumesAt(edge.runs, hour)
  return [
    {
      rule: 'dormant-edge',
      rung: 'returned',
      severity: 'info',
      gates: [{ name: 'days without a call', passed, value: days, limit: dormantDays, unit: 'days', text }],
      slot: '',
    },
  ]
}

function notesOn(edge: EdgeState, judging: Judging, event: SecurityEvent): readonly string[] {
  const { predecessor, standing, theirs } = judging
  const decision = decisionOn(judging, event.eventAt)
  const shown = edge.routes.find(({ method, route }) => method === event.method && route === event.route)
  const operation = operationName(event)
  return [
    ...(decision === undefined
      ? []
      : [
          `decided by ${decision.by}: the edge is ${decision.accepts ? 'accepted' : 'denied'} since ${instant(decision.at)}`,
        ]),
    ...(theirs ? ['the destination does not report this call itself: it is judged as callers report it'] : []),
    ...(predecessor === ''
      ? []
      : [`it has the owner of ${shortName(predecessor)}, a known caller, and takes over its place`]),
    ...(standing.isGateway ? ['the caller is a gateway: its routes are not judged'] : []),
    shown === undefined
      ? `${operation} is not among the routes kept of the edge`
      : shown.id === event.eventId
        ? `it is the first accepted call of ${operation} on the edge`
        : `${operation} was first accepted on the edge at ${instant(shown.at)}`,
  ].map((note) => shownText(note, maxTextLength))
}

function declarationText(declared: Declared, because: string, decision: EdgeDecision | undefined): string {
  if (decision?.accepts === false) return `${decision.by} denied the edge at ${instant(decision.at)}`
  return declared === 'none' ? 'nothing is declared about the edge' : `declared: ${declared}, since ${because}`
}

function word(name: string, passed: boolean, value: string, limit: string, text: string): Gate {
  return { name, passed, value, limit, unit: '', text: shownText(text, maxTextLength) }
}

function instant(at: number): string {
  return slotName(Math.round(at))
}
