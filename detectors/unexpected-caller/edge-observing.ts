// Notes one call on its edge and tells what that changes.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { dayMs, hourMs, hourOf, judgedAsOf } from '../calls/hours.ts'
import { noteSupport } from '../calls/support.ts'
import { isSameJudging, isSpokenFor, type Judging, type JudgingContext, judgingOf, placesOf } from './judging.ts'
import { alertName, closeAlerts, keepCall } from './kept-calls.ts'
import { tellProbe } from './probe-telling.ts'
import { quietEdge } from './quiet.ts'
import { disturb, type EdgeRecall, recallRoute, type ViewRecall } from './recall.ts'
import { noteRoute, noteScopes } from './routes.ts'
import { noteActive } from './runs.ts'
import { signalOf } from './signals.ts'
import type { DestinationState, EdgeState, KeptCall, RouteState } from './state.ts'
import { type Told, tellAll, tellCalls, tellRoutes, tellUndeclaredOnce } from './telling.ts'

/** Spellings of scopes recalled for one route; past it they are looked at anew. */
const maxScopeTexts = 256

export interface ObservedCall {
  readonly call: KeptCall
  readonly event: SecurityEvent
  /** Stamped before what is settled: it teaches nothing. */
  readonly isLate: boolean
  /** More became settled with this event. */
  readonly moved: boolean
}

export function noteCallOnEdge(
  state: DestinationState,
  view: ViewRecall,
  recall: EdgeRecall,
  { call, event, isLate, moved }: ObservedCall,
  context: JudgingContext,
  told: Told,
): void {
  const { edge } = recall
  const lastAsOf = judgedAsOf((edge.runs.at(-1)?.[1] ?? 0) * hourMs, context.latenessMs)
  const altered = isLate ? false : noteOnEdge(edge, call, event, context)
  const judging = judgingOf(state, view.view, edge, recall, context)
  const isSame = recall.judging === undefined || isSameJudging(recall.judging, judging, lastAsOf)
  recall.judging = judging
  if (edge.calls.length > 0 && moved) closeAlerts(edge, judging)
  const touched = keepCall(edge, judging, call)
  const changed = isLate ? [] : noteCallsRoute(recall, judging, call, event, context)
  // What an earlier call showed first makes later ones read otherwise.
  const isOfThePast = changed.length > 0 && call.at < lastAsOf
  if (altered || !isSame || isOfThePast) {
    retellEdge(recall, judging, told)
  } else {
    tellCalls(edge, judging, new Set(touched.map(({ rule, slot }) => alertName(rule, slot))), told)
    if (changed.length > 0) tellRoutes(edge, judging, changed, told)
    tellUndeclaredOnce(edge, judging, told)
  }
  tellActivity(edge, judging, call, told)
  if (call.denied) tellProbe(recall, judging, call, told, false)
  else if (!isLate && call.shadow === '') quietEdge(recall, judging, call, placesOf(edge, judging, call))
}

/** Tells the edges of a view anew whose hours are judged otherwise, when everything from an instant on is. */
export function retell(
  state: DestinationState,
  view: ViewRecall,
  from: number,
  context: JudgingContext,
  told: Told,
): void {
  for (const recall of view.edges.values()) {
    const { edge } = recall
    const lastAsOf = judgedAsOf((edge.runs.at(-1)?.[1] ?? 0) * hourMs, context.latenessMs)
    if (lastAsOf < from) continue
    const judging = judgingOf(state, view.view, edge, recall, context)
    if (recall.judging !== undefined && isSameJudging(recall.judging, judging, lastAsOf)) continue
    retellEdge(recall, judging, told)
  }
}

/** Tells an edge anew, whose calls may read otherwise. */
export function retellEdge(recall: EdgeRecall, judging: Judging, told: Told): void {
  const { edge } = recall
  recall.judging = judging
  disturb(recall)
  tellAll(edge, judging, told)
  for (const kept of edge.calls) if (kept.denied) tellProbe(recall, judging, kept, told, true)
}

/** Leaves what was told of an edge as it was: it has been forgotten, and what is learned from now on is not about it. */
export function letStand(recall: EdgeRecall): void {
  const { edge } = recall
  edge.calls.length = 0
  edge.routes.length = 0
  for (const alert of Object.keys(edge.said)) delete edge.said[alert]
  disturb(recall)
}

/** True when what was told before may read otherwise. */
function noteOnEdge(
  edge: EdgeState,
  call: KeptCall,
  event: SecurityEvent,
  { settings, latenessMs }: JudgingContext,
): boolean {
  const { at, id } = call
  const support = call.denied ? edge.denied : edge.accepted
  const supported = noteSupport(support, { at, id, instance: event.callerInstance }, settings.support)
  const isEarlier = at < edge.firstAt || (at === edge.firstAt && id < edge.firstId)
  if (isEarlier) {
    edge.firstAt = at
    edge.firstId = id
  }
  if (!call.denied && (edge.acceptedAt < 0 || at < edge.acceptedAt)) edge.acceptedAt = at
  const owner = event.reporter === 'source' ? event.owner : ''
  if (owner !== '' && (edge.owner === '' || owner < edge.owner)) edge.owner = owner
  const wasResumed = edge.runs.length > 1
  const ran = noteActive(edge.runs, hourOf(at), (settings.dormantDays * dayMs) / hourMs)
  const last = edge.calls.at(-1)
  const isOfThePast = last !== undefined && at < judgedAsOf(last.at, latenessMs)
  return isEarlier || (supported && isOfThePast) || (ran && (wasResumed || edge.runs.length > 1))
}

function noteCallsRoute(
  recall: EdgeRecall,
  judging: Judging,
  call: KeptCall,
  event: SecurityEvent,
  { settings }: JudgingContext,
): readonly { route: RouteState; scopes: readonly string[] }[] {
  if (call.denied || (judging.theirs && isSpokenFor(judging, call.at))) return []
  const { edge, routes } = recall
  const { method, route: path, scope } = event
  const there = routes.get(method)?.get(path)
  const bounded = there?.state ?? edge.routes.find((each) => each.method === call.method && each.route === call.route)
  const noted = noteRoute(edge, bounded, call, settings.limits.routes)
  if (noted === undefined) return []
  const found = there ?? recallRoute(routes, method, path, noted.route)
  const scopes = noteScopes(noted.route, scope, call, settings.limits.scopes)
  if (scope !== '') {
    const shown = found.scopes.get(scope)
    if (found.scopes.size >= maxScopeTexts) found.scopes.clear()
    if (shown === undefined || call.at < shown) found.scopes.set(scope, call.at)
  }
  return noted.changed || scopes.length > 0 ? [{ route: noted.route, scopes }] : []
}

/** At the edge's first call, and at one call of each later day: so that the caller's stage knows whom it knows. */
function tellActivity(edge: EdgeState, judging: Judging, call: KeptCall, told: Told): void {
  const day = Math.floor(call.at / dayMs)
  const isFirst = edge.firstId === call.id || (edge.acceptedAt === call.at && !call.denied)
  if (!isFirst && day <= edge.toldDay) return
  if (day > edge.toldDay) edge.toldDay = day
  // A verdict on the new edge at this very call says the same; a denial taken back does not say that the edge was alive.
  if (told.signals.some(({ eventId, withdrawn }) => eventId === call.id && !withdrawn)) return
  told.signals.push(
    signalOf(edge.caller, call, {
      kind: 'activity',
      destination: judging.destination,
      epoch: edge.forgotten,
      edgeAcceptedAt: edge.acceptedAt,
    }),
  )
}
