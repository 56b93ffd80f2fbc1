// Verdicts on what a known caller did for the first time: a route, a scope, or too many routes at once.

import type { Finding, Severity, SlotVerdict } from '../../schemas/findings.ts'
import type { First } from '../calls/firsts.ts'
import { hourMs, judgedAsOf, minuteMs } from '../calls/hours.ts'
import { counted, operationName, shortName } from '../calls/names.ts'
import { shownText } from '../engine/bounded-text.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { edgeEntity } from './edge-verdict.ts'
import { identityConfidence, strongerProvenance } from './identity.ts'
import { declaredAt, isLearned, type Judging, sideOf } from './judging.ts'
import { isNewRoute, isNewScope, newTemplates, scopeSeverity } from './routes.ts'
import type { EdgeState, RouteState } from './state.ts'
import type { Rule } from './verdict-table.ts'

const maxShown = 10
const maxFindings = 50

/** Slot of a route's own alert. */
export function routeSlot(edge: EdgeState, judging: Judging, route: RouteState): string {
  return `${route.method} ${route.route}:${edge.forgotten}${sideOf(judging)}`
}

export function scopeSlot(edge: EdgeState, judging: Judging, route: RouteState, scope: First): string {
  return `${scope.key} on ${routeSlot(edge, judging, route)}`
}

export function routeVerdict(edge: EdgeState, judging: Judging, route: RouteState): SlotVerdict | undefined {
  if (!isNewRoute(edge, judging, route)) return undefined
  const what = operationName({ ...route, port: -1 })
  return firstCallVerdict(edge, judging, route, {
    rule: 'new-route',
    rung: 'new-route',
    slot: routeSlot(edge, judging, route),
    severity: 'info',
    at: route.at,
    id: route.id,
    title: `${shortName(edge.caller)} called a new route of ${shortName(judging.destination)}: ${what}`,
    why: [`The edge was known; ${what} had not been seen on it before its hour.`],
    scope: '',
  })
}

export function scopeVerdict(
  edge: EdgeState,
  judging: Judging,
  route: RouteState,
  scope: First,
): SlotVerdict | undefined {
  if (!isNewScope(judging, route, scope)) return undefined
  const what = operationName({ ...route, port: -1 })
  const name = shownText(`${scope.key}`, 60)
  return firstCallVerdict(edge, judging, route, {
    rule: 'new-scope',
    rung: 'new-scope',
    slot: scopeSlot(edge, judging, route, scope),
    severity: scopeSeverity(judging, route, scope),
    at: scope.at,
    id: scope.id,
    title: `${shortName(edge.caller)} called ${shortName(judging.destination)} with the new scope ${name}: ${what}`,
    why: [`The route was known on this edge; the scope "${name}" had not been seen on it before its hour.`],
    scope: `${scope.key}`,
  })
}

interface FirstCall {
  readonly rule: Rule
  readonly rung: string
  readonly slot: string
  readonly severity: Severity
  readonly at: number
  readonly id: string
  readonly title: string
  readonly why: readonly string[]
  readonly scope: string
}

function firstCallVerdict(edge: EdgeState, judging: Judging, route: RouteState, first: FirstCall): SlotVerdict {
  const { at, id, rung, severity } = first
  return {
    rule: first.rule,
    entity: edgeEntity(edge.caller, judging.destination, route.from),
    slot: first.slot,
    findings: [{ eventId: id, at, rung, severity }],
    severity,
    confidence: identityConfidence(route.from),
    title: shownText(first.title, 200),
    firstSeenAt: at,
    lastSeenAt: at,
    count: 1,
    evidence: [{ eventId: id, at, summary: `${operationName({ ...route, port: -1 })} accepted` }],
    explanation: {
      why: first.why,
      windowFrom: at,
      windowTo: at,
      margins: [],
      wouldNotFireIf: ['the same call had been seen on this edge before its hour'],
    },
    labels: labelsOf(edge, judging, route, first.scope),
    continues: '',
    baseline: baselineAt(judging, at),
    suppressed: 0,
  }
}

/** One verdict for each hour in which more new templates came together than the limit, in order. */
export function scanningVerdicts(edge: EdgeState, judging: Judging): readonly SlotVerdict[] {
  const { templates: limit, windowMinutes } = judging.settings.scanning
  if (edge.routes.length <= limit) return []
  const templates = newTemplates(edge, judging)
  const verdicts: SlotVerdict[] = []
  let from = 0
  let hour: { start: number; findings: Finding[]; routes: Set<RouteState>; most: number } | undefined
  const flush = (): void => {
    if (hour !== undefined) verdicts.push(scanningVerdict(edge, judging, hour, verdicts.at(-1)))
  }
  for (const [index, route] of templates.entries()) {
    while ((templates[from]?.at ?? route.at) < route.at - windowMinutes * minuteMs) from += 1
    const together = index - from + 1
    if (together <= limit) continue
    const start = slotStart(route.at, hourMs)
    if (hour?.start !== start) {
      flush()
      hour = { start, findings: [], routes: new Set(), most: 0 }
    }
    const severity: Severity = isLearned(judging, route.at) ? 'medium' : 'info'
    hour.findings.push({ eventId: route.id, at: route.at, rung: 'scanning', severity })
    hour.most = Math.max(hour.most, together)
    for (const each of templates.slice(from, index + 1)) hour.routes.add(each)
  }
  flush()
  return verdicts
}

function scanningVerdict(
  edge: EdgeState,
  judging: Judging,
  hour: { start: number; findings: readonly Finding[]; routes: ReadonlySet<RouteState>; most: number },
  before: SlotVerdict | undefined,
): SlotVerdict {
  const { templates: limit, windowMinutes } = judging.settings.scanning
  const routes = [...hour.routes]
  const first = routes[0] as RouteState // an hour is opened with a finding, whose window holds its route
  const last = hour.findings.at(-1)?.at ?? first.at
  const from = routes.reduce(strongest, first.from)
  const quietMs = judging.settings.quietMinutes * minuteMs
  const severity = hour.findings.some((finding) => finding.severity === 'medium') ? 'medium' : 'info'
  return {
    rule: 'scanning',
    entity: edgeEntity(edge.caller, judging.destination, from),
    slot: slotName(hour.start),
    findings: hour.findings.slice(0, maxFindings),
    severity,
    confidence: identityConfidence(from),
    title: `${shortName(edge.caller)} is scanning ${shortName(judging.destination)}: ${counted(routes.length, 'new route')}, ${hour.most} within ${windowMinutes} minutes`,
    firstSeenAt: first.at,
    lastSeenAt: last,
    count: routes.length,
    evidence: [...routes.slice(0, maxShown - 2), ...routes.slice(maxShown - 2).slice(-2)].map((route) => ({
      eventId: route.id,
      at: route.at,
      summary: `${operationName({ ...route, port: -1 })} for the first time`,
    })),
    explanation: {
      why: [
        `${counted(hour.most, 'route template')} that had not been seen on this known edge came within ${windowMinutes} minutes.`,
      ],
      windowFrom: first.at,
      windowTo: last,
      margins: [{ name: 'new templates within the window', value: hour.most, limit: limit + 1, unit: 'templates' }],
      wouldNotFireIf: [`there had been at most ${limit} new templates within ${windowMinutes} minutes`],
    },
    labels: { ...labelsOf(edge, judging, first, ''), route: '', method: '' },
    continues: before !== undefined && (hour.findings[0]?.at ?? 0) - before.lastSeenAt <= quietMs ? before.slot : '',
    baseline: baselineAt(judging, first.at),
    suppressed: 0,
  }
}

function strongest(best: RouteState['from'], { from }: RouteState): RouteState['from'] {
  return strongerProvenance(best, from)
}

function baselineAt(judging: Judging, at: number): string {
  return judging.standing.baseline || `learned as of ${slotName(judgedAsOf(at, judging.latenessMs))}`
}

function labelsOf(edge: EdgeState, judging: Judging, route: RouteState, scope: string): Record<string, string> {
  return {
    caller: shownText(edge.caller, 200),
    destination: shownText(judging.destination, 200),
    method: shownText(route.method, 64),
    route: shownText(route.route, 200),
    scope: shownText(scope, 200),
    declared: declaredAt(judging, route.at),
  }
}
