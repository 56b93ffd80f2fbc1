// The methods, routes and scopes of an edge, and which of them were new on an edge that was known.

import type { Severity } from '../../schemas/findings.ts'
import type { First } from '../calls/firsts.ts'
import { noteFirst } from '../calls/firsts.ts'
import { judgedAsOf } from '../calls/hours.ts'
import { matchesPattern } from '../calls/pattern.ts'
import { boundedText } from '../engine/bounded-text.ts'
import { declaredAt, isKnown, isLearned, isSpokenFor, type Judging } from './judging.ts'
import type { EdgeState, KeptCall, RouteState } from './state.ts'

/** Notes an accepted call's route. True when it is new or was seen earlier than thought; undefined when there is no room. */
export function noteRoute(
  edge: EdgeState,
  there: RouteState | undefined,
  call: KeptCall,
  maxRoutes: number,
): { route: RouteState; changed: boolean } | undefined {
  if (there === undefined) {
    if (edge.routes.length >= maxRoutes) return undefined
    const route = { method: call.method, route: call.route, at: call.at, id: call.id, from: call.from, scopes: [] }
    edge.routes.push(route)
    return { route, changed: true }
  }
  const isEarlier = call.at < there.at || (call.at === there.at && call.id < there.id)
  if (isEarlier) {
    there.at = call.at
    there.id = call.id
    there.from = call.from
  }
  return { route: there, changed: isEarlier }
}

/** The scopes that were new to the route, or seen earlier than thought. */
export function noteScopes(route: RouteState, scope: string, call: KeptCall, maxScopes: number): readonly string[] {
  if (scope === '') return []
  const names = scope.split(/[\s,]+/, maxScopes).filter((name) => name !== '')
  return [...new Set(names.map((name) => boundedText(name, 200)))].filter((key) =>
    noteFirst(route.scopes, { key, at: call.at, id: call.id }, maxScopes),
  )
}

/** The route's first call came when the edge was known and had shown other routes. */
export function isNewRoute(edge: EdgeState, judging: Judging, route: RouteState): boolean {
  if (route.route === '' || !isJudged(judging, route.at)) return false
  const given = judging.standing.known?.routes ?? []
  if (given.some((each) => each.method === route.method && each.route === route.route)) return false
  return given.length > 0 || hasEarlierRoute(edge, judgedAsOf(route.at, judging.latenessMs))
}

/** The scope's first call came when the edge and the route were known, and the route had shown other scopes. */
export function isNewScope(judging: Judging, route: RouteState, scope: First): boolean {
  if (!isJudged(judging, scope.at)) return false
  const asOf = judgedAsOf(scope.at, judging.latenessMs)
  return route.at < asOf && route.scopes.some((other) => other.at < asOf)
}

/** One step up on a sensitive route; only told while the destination is learning. */
export function scopeSeverity(judging: Judging, route: RouteState, scope: First): Severity {
  if (!isLearned(judging, scope.at)) return 'info'
  const operation = `${route.method} ${route.route}`
  return judging.settings.sensitiveRoutes.some((pattern) => matchesPattern(pattern, operation)) ? 'medium' : 'low'
}

/** A caller that is declared denied has its critical alert: what it called is no news beside it. */
function isJudged(judging: Judging, at: number): boolean {
  return declaredAt(judging, at) !== 'deny' && isKnown(judging, at) && !(judging.theirs && isSpokenFor(judging, at))
}

function hasEarlierRoute(edge: EdgeState, asOf: number): boolean {
  return edge.routes.some(({ at, route }) => route !== '' && at < asOf)
}

/** New templates in order of their first call, each once whatever its methods. */
export function newTemplates(edge: EdgeState, judging: Judging): readonly RouteState[] {
  const byTemplate = new Map<string, RouteState>()
  const seenBefore = new Set<string>()
  for (const route of edge.routes) {
    if (!isNewRoute(edge, judging, route)) {
      seenBefore.add(route.route)
      continue
    }
    const other = byTemplate.get(route.route)
    if (other === undefined || route.at < other.at || (route.at === other.at && route.id < other.id))
      byTemplate.set(route.route, route)
  }
  return [...byTemplate.values()]
    .filter(({ route }) => !seenBefore.has(route))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}
