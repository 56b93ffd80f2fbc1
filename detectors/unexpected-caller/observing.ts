// Judges one call against its destination: what it teaches, which edge it is on, and which alerts it changes.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { dayMs, hourMs, hourOf, judgedAsOf } from '../calls/hours.ts'
import { isDenied } from '../calls/reply.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { hash32, hash64 } from '../engine/stable-hash.ts'
import { letStand, noteCallOnEdge, retell } from './edge-observing.ts'
import { edgeOf } from './edges.ts'
import { callerOf, callerProvenance, isDestinationsOwn } from './identity.ts'
import { destinationLearnedFrom, isFrom } from './judging.ts'
import { beginLearning, finishLearning, teach } from './learning.ts'
import { quietView } from './quiet.ts'
import { type Recall, recallSpokenFor, recallView, type ViewRecall } from './recall.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { settle } from './settling.ts'
import type { DestinationState, KeptCall } from './state.ts'
import type { Told } from './telling.ts'
import { enoughFrom, noteVolume } from './volume.ts'

type Context = ObserveContext<UnexpectedCallerSettings>

export function observeCall(
  state: DestinationState,
  recall: Recall,
  event: SecurityEvent,
  context: Context,
): Observation<DestinationState> {
  const at = event.eventAt
  const { appendedAt } = context
  const moved = settle(state.settling, at, appendedAt, context.watermarkAt)
  if (appendedAt > state.lastAppendedAt) state.lastAppendedAt = appendedAt
  const isOwn = isDestinationsOwn(event)
  if (!isOwn && at >= recall.spokenForFrom && at < recall.spokenForBefore) return recall.unchanged

  const view = viewOf(state, recall, isOwn, at, appendedAt)
  const isLate = at < state.settling.settledAt
  const told: Told = { verdicts: [], signals: [] }
  if (!isLate) learn(state, view, event, context)
  if (moved) finishLearning(view.view.learning, state.settling.settledAt, context.settings, context.latenessMs)
  noteLearned(state, recall, view, isOwn, told)

  const found = edgeOf(state, view, callerOf(event), at, event.eventId, context.settings)
  const isForgotten = found === undefined
  if (found !== undefined) {
    const call = keptCallOf(event, at)
    noteCallOnEdge(state, view, found.recall, { call, event, isLate, moved }, context, told)
  }
  quietView(view, recall)
  return {
    state,
    ...(told.verdicts.length > 0 ? { verdicts: told.verdicts } : {}),
    ...(told.signals.length > 0 ? { signals: told.signals } : {}),
    ...(isLate || isForgotten ? { late: true } : {}),
    ...(found !== undefined && found.evicted > 0 ? { evicted: found.evicted } : {}),
    weight: weightOf(state),
  }
}

export function weightOf({ own, theirs, decided, given = [] }: DestinationState): number {
  return Math.max(1, (own?.edges.length ?? 0) + (theirs?.edges.length ?? 0) + decided.length + given.length)
}

/** Counts a call that says nothing else. True when that may have made the destination learned. */
export function countCall(state: DestinationState, recall: Recall, event: SecurityEvent): boolean {
  const view = isDestinationsOwn(event) ? recall.own : recall.theirs
  const at = event.eventAt
  if (view === undefined || at < state.settling.settledAt) return false
  const { volume } = view.view.learning
  const enough = recall.settings.learning.shortCalls
  const changed = noteVolume(volume, hourOf(at + recall.latenessMs), callName(event), enough)
  return changed && enoughFrom(volume, enough) >= 0
}

/** One call for each request id. */
function callName(event: SecurityEvent): number {
  return hash32(event.requestId || event.eventId)
}

function viewOf(state: DestinationState, recall: Recall, isOwn: boolean, at: number, appendedAt: number): ViewRecall {
  const there = isOwn ? recall.own : recall.theirs
  if (there !== undefined) return there
  const view = { learning: beginLearning({ at, appendedAt }), edges: [] }
  if (isOwn) state.own = view
  else state.theirs = view
  const opened = recallView(state, view, recall.settings, recall.latenessMs, recall.era)
  if (isOwn) {
    recall.own = opened
    recallSpokenFor(recall, state)
  } else recall.theirs = opened
  return opened
}

function learn(state: DestinationState, recall: ViewRecall, event: SecurityEvent, context: Context): void {
  const { settings, latenessMs, appendedAt } = context
  const { view } = recall
  const at = event.eventAt
  const hour = hourOf(at)
  if ((hour - view.learning.lastHour) * hourMs > settings.forgottenDays * dayMs) {
    view.learning = beginLearning({ at, appendedAt })
    recall.learnedFrom = destinationLearnedFrom(state, view, settings, latenessMs)
    for (const edge of recall.edges.values()) letStand(edge)
  }
  const from = destinationLearnedFrom(state, view, settings, latenessMs)
  const isCounted = view.learning.volume.finalHour < 0 && !isFrom(from, judgedAsOf(at, latenessMs))
  // Once learned, how many calls there were does not matter any more: the request id is not even read.
  const call = isCounted ? callName(event) : undefined
  teach(view.learning, { at, appendedAt, call }, settings, latenessMs)
  if (hour > view.learning.lastHour) view.learning.lastHour = hour
}

/** When the instant moved from which the destination is learned, its edges may read otherwise. */
function noteLearned(state: DestinationState, recall: Recall, view: ViewRecall, isOwn: boolean, told: Told): void {
  const { settings, latenessMs } = recall
  const learned = destinationLearnedFrom(state, view.view, settings, latenessMs)
  const before = view.learnedFrom
  view.learnedFrom = learned
  if (learned !== before) retell(state, view, Math.min(learned, before), recall, told)
  if (!isOwn || state.own === null) return
  const spokenForFrom = recall.spokenForFrom
  recallSpokenFor(recall, state)
  if (recall.spokenForFrom !== spokenForFrom && recall.theirs !== undefined)
    retell(state, recall.theirs, Math.min(recall.spokenForFrom, spokenForFrom), recall, told)
}

function keptCallOf(event: SecurityEvent, at: number): KeptCall {
  const request = event.requestId
  const denied = isDenied(event)
  return {
    at,
    id: event.eventId,
    request: request === '' ? '' : hash64(request),
    denied,
    method: boundedText(event.method, 64),
    route: boundedText(event.route, 200),
    port: event.port,
    policy: denied ? boundedText(event.policy || event.outcomeReason, 200) : '',
    shadow: event.shadowOutcome === 'would-deny' ? boundedText(event.shadowPolicy || '(not named)', 200) : '',
    from: callerProvenance(event),
  }
}
