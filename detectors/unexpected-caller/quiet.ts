// The short way through: tells at once that a call changes nothing, which is so for almost all of them.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { First } from '../calls/firsts.ts'
import { firstHourFrom, hourMs, hourOf, minuteMs } from '../calls/hours.ts'
import { isDenied } from '../calls/reply.ts'
import { sameDecision } from './decisions.ts'
import { callerOf, isDestinationsOwn } from './identity.ts'
import { isKnownByUse, type Judging, type Place } from './judging.ts'
import { isFinal, signOfLifeMs, trimCalls } from './kept-calls.ts'
import { taughtAfter } from './learning.ts'
import { QuietTable } from './quiet-table.ts'
import { disturb, type EdgeRecall, type Recall, type RouteRecall, type ViewRecall } from './recall.ts'
import type { EdgeState, KeptCall } from './state.ts'

/** `nothing`: state and verdicts stay as they are. `counts`: the call counts towards what the destination learns, no more. */
export type Effect = 'nothing' | 'counts' | 'judge'

const table = new QuietTable()

/** Exact. */
export function effectOf(recall: Recall, event: SecurityEvent): Effect {
  const at = event.eventAt
  let view = recall.own
  if (!isDestinationsOwn(event)) {
    if (at >= recall.spokenForFrom && at < recall.spokenForBefore) return 'nothing'
    view = recall.theirs
  }
  if (view === undefined || isDenied(event) || event.shadowOutcome === 'would-deny') return 'judge'
  const caller = callerOf(event)
  const { method, route, scope } = event
  const { number, era } = view
  if (table.holds(number, era.number, caller, method, route, scope, at)) return 'nothing'
  const edge = view.edges.get(caller)
  if (edge === undefined || at <= edge.quietAfter || at >= edge.quietBefore) return 'judge'
  const { quietInstance } = edge
  if (quietInstance !== undefined) {
    const instance = event.callerInstance
    if (instance !== '' && instance !== quietInstance) return 'judge'
  }
  const shown = edge.routes.get(method)?.get(route)
  if (shown === undefined && edge.edge.routes.length < recall.settings.limits.routes) return 'judge'
  const shownAt = shown === undefined ? -1 : shownAfter(shown, scope)
  if (at <= shownAt) return 'judge'
  if (at <= view.quietAfter) return 'counts'
  if (quietInstance === undefined) {
    const after = Math.max(edge.quietAfter, view.quietAfter, shownAt)
    table.put(number, era.number, caller, method, route, scope, after, edge.quietBefore)
  }
  return 'nothing'
}

/** Calls stamped after this show neither route nor scope for the first time. */
function shownAfter({ state, scopes }: RouteRecall, scope: string): number {
  return scope === '' ? state.at : Math.max(state.at, scopes.get(scope) ?? Number.POSITIVE_INFINITY)
}

/** After an event was judged: which calls teach nothing about the destination from now on. */
export function quietView(view: ViewRecall, recall: Recall): void {
  const { settings, latenessMs } = recall
  const taught = taughtAfter(view.view.learning, settings, latenessMs)
  // In hours in which the destination is learned, more calls cannot make it learned earlier.
  const after = Math.min(taught, Math.max(firstHourFrom(view.learnedFrom, latenessMs), 0) - 1)
  if (after > view.quietAfter) view.era.number = (view.era.number + 1) | 0
  view.quietAfter = after
}

/** After an accepted call was judged: which calls of its hour change nothing from now on. */
export function quietEdge(recall: EdgeRecall, judging: Judging, call: KeptCall, places: readonly Place[]): void {
  const hour = hourOf(call.at)
  const wasQuiet = recall.quietAfter !== Number.POSITIVE_INFINITY
  if (wasQuiet && recall.quietBefore > (hour + 1) * hourMs) return
  const window = quietWindow(recall.edge, judging, call, places)
  if (window === undefined) {
    if (wasQuiet && recall.quietBefore > hour * hourMs) disturb(recall)
    else recall.quietAfter = Number.POSITIVE_INFINITY
    return
  }
  const shrinks = window.after > recall.quietAfter || window.before < recall.quietBefore
  if (wasQuiet && shrinks && window.after < recall.quietBefore) disturb(recall)
  recall.quietAfter = window.after
  recall.quietBefore = window.before
  recall.quietInstance = window.instance
}

interface QuietWindow {
  readonly after: number
  readonly before: number
  readonly instance: string | undefined
}

function quietWindow(
  edge: EdgeState,
  judging: Judging,
  call: KeptCall,
  places: readonly Place[],
): QuietWindow | undefined {
  const start = hourOf(call.at) * hourMs
  let instance: string | undefined
  let after = Math.max(start - 1, edge.firstAt, edge.acceptedAt)
  let before = start + hourMs
  if (judging.decisions.length > 0) {
    const same = sameDecision(judging.decisions, call.at)
    after = Math.max(after, same.after)
    before = Math.min(before, same.before)
  }
  if (!isKnownByUse(judging, call.at)) {
    const supported = supportedAfter(edge, judging, call.at)
    if (supported === undefined) return undefined
    after = Math.max(after, supported)
    const { instances } = edge.accepted
    if (instances.length < judging.settings.support.instances) {
      if (instances.length > 1) return undefined
      instance = `${instances[0]?.key ?? ''}`
    }
  }
  const final = isFinal(judging, call.at)
  if (places.length > 0 || !final) {
    if (!final && edge.calls.length < judging.settings.limits.calls) return undefined
    const counting = trimCalls(edge, judging)
    for (const place of places) {
      const full = counting.fullAfter(place, call)
      if (full === undefined) return undefined
      after = Math.max(after, full)
      const bucketMs = signOfLifeMs(judging)
      if (!place.firstOnly) before = Math.min(before, (Math.floor(call.at / bucketMs) + 1) * bucketMs)
    }
    if (!final) {
      const last = counting.pending[judging.settings.limits.calls - 1]
      if (last === undefined) return undefined
      after = Math.max(after, last.at)
      before = Math.min(before, call.at + minuteMs)
    }
  }
  return { after, before, instance }
}

/** Calls of this hour stamped after this support the edge no further; undefined: they may. */
function supportedAfter({ accepted }: EdgeState, { settings }: Judging, at: number): number | undefined {
  const hour = listedAfter(accepted.hours, hourOf(at), settings.support.hours)
  const day = listedAfter(accepted.days, Math.floor(hourOf(at) / 24), settings.support.days)
  if (hour === undefined || day === undefined) return undefined
  const replica = accepted.instances.reduce((latest, first) => Math.max(latest, first.at), -1)
  return Math.max(hour, day, replica)
}

function listedAfter(firsts: readonly First[], key: number, max: number): number | undefined {
  const listed = firsts.find((first) => first.key === key)
  if (listed !== undefined) return listed.at
  return firsts.length >= max ? (firsts.at(-1)?.at ?? 0) : undefined
}
