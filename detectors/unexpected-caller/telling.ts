// Tells what changed about an edge: verdicts on its alerts, and signals to the stages of its caller.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { hourMs, minuteMs } from '../calls/hours.ts'
import type { Signal } from '../engine/detector.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { edgeVerdict, withdrawnEdgeVerdict } from './edge-verdict.ts'
import type { Judging } from './judging.ts'
import { alertName, type Member, membersByAlert } from './kept-calls.ts'
import { routeSlot, routeVerdict, scanningVerdicts, scopeSlot, scopeVerdict } from './route-verdicts.ts'
import { signalOf } from './signals.ts'
import type { EdgeState, RouteState } from './state.ts'
import { undeclaredSlot, undeclaredVerdict } from './undeclared.ts'
import type { Rule } from './verdict-table.ts'

/** What one event changes. */
export interface Told {
  readonly verdicts: SlotVerdict[]
  readonly signals: Signal[]
}

/** Rules whose alerts are made of kept calls. */
const callRules = ['new-edge', 'known-edge', 'grant-denied', 'would-be-blocked', 'dormant-edge'] as const
type Groups = ReadonlyMap<string, readonly Member[]>

/** Alerts made of calls: those named and what continues them, or all. */
export function tellCalls(edge: EdgeState, judging: Judging, names: ReadonlySet<string> | 'all', told: Told): void {
  if (names !== 'all' && names.size === 0) return
  const groups = membersByAlert(edge, judging)
  for (const [name, [first, ...rest]] of groups) {
    if (first === undefined) continue
    const earlier = earlierName(first)
    if (names !== 'all' && !names.has(name) && !names.has(earlier)) continue
    const members = [first, ...rest] as const
    say(edge, judging, name, edgeVerdict(edge, judging, members, continued(groups, earlier, first, judging)), told)
  }
  if (names !== 'all') return
  for (const name of Object.keys(edge.said)) {
    const rule = callRules.find((each) => name.startsWith(`${each}|`))
    if (rule !== undefined && !groups.has(name)) withdraw(edge, judging, rule, name.slice(rule.length + 1), told)
  }
}

/** Alerts on the routes and scopes given, and on scanning. */
export function tellRoutes(
  edge: EdgeState,
  judging: Judging,
  changed: readonly { readonly route: RouteState; readonly scopes: readonly string[] }[],
  told: Told,
): void {
  for (const { route, scopes } of changed) {
    sayOrWithdraw(edge, judging, 'new-route', routeSlot(edge, judging, route), routeVerdict(edge, judging, route), told)
    for (const scope of route.scopes)
      if (scopes.includes(`${scope.key}`))
        sayOrWithdraw(
          edge,
          judging,
          'new-scope',
          scopeSlot(edge, judging, route, scope),
          scopeVerdict(edge, judging, route, scope),
          told,
        )
  }
  const scanned = scanningVerdicts(edge, judging)
  for (const verdict of scanned) say(edge, judging, alertName('scanning', verdict.slot), verdict, told)
  for (const name of Object.keys(edge.said))
    if (name.startsWith('scanning|') && !scanned.some(({ slot }) => name === `scanning|${slot}`))
      withdraw(edge, judging, 'scanning', name.slice('scanning|'.length), told)
}

/** Once told it stays as it is, until what the edge is judged with changes. */
export function tellUndeclaredOnce(edge: EdgeState, judging: Judging, told: Told): void {
  if (edge.said[alertName('undeclared-edge', undeclaredSlot(edge, judging))] === undefined)
    tellUndeclared(edge, judging, told)
}

function tellUndeclared(edge: EdgeState, judging: Judging, told: Told): void {
  const slot = undeclaredSlot(edge, judging)
  sayOrWithdraw(edge, judging, 'undeclared-edge', slot, undeclaredVerdict(edge, judging), told)
}

/** Everything that stands on an edge, after what it is judged with has changed. */
export function tellAll(edge: EdgeState, judging: Judging, told: Told): void {
  tellCalls(edge, judging, 'all', told)
  const routes = edge.routes.map((route) => ({ route, scopes: route.scopes.map(({ key }) => `${key}`) }))
  tellRoutes(edge, judging, routes, told)
  tellUndeclared(edge, judging, told)
}

/** Name of the alert of the hour before; `''` where alerts are not by the hour. */
function earlierName({ call, place }: Member): string {
  if (place.rule === 'new-edge' || place.firstOnly) return ''
  return alertName(place.rule, slotName(slotStart(call.at, hourMs) - hourMs))
}

function continued(groups: Groups, earlier: string, first: Member, { settings }: Judging): string {
  const last = groups.get(earlier)?.at(-1)
  const isClose = last !== undefined && first.call.at - last.call.at <= settings.quietMinutes * minuteMs
  return isClose ? last.place.slot : ''
}

function sayOrWithdraw(
  edge: EdgeState,
  judging: Judging,
  rule: Rule,
  slot: string,
  verdict: SlotVerdict | undefined,
  told: Told,
): void {
  if (verdict !== undefined) say(edge, judging, alertName(rule, slot), verdict, told)
  else if (edge.said[alertName(rule, slot)] !== undefined) withdraw(edge, judging, rule, slot, told)
}

function withdraw(edge: EdgeState, judging: Judging, rule: Rule, slot: string, told: Told): void {
  delete edge.said[alertName(rule, slot)]
  hand(edge, judging, withdrawnEdgeVerdict(edge, judging, rule, slot), told)
}

function say(edge: EdgeState, judging: Judging, name: string, verdict: SlotVerdict, told: Told): void {
  const digest = verdictDigest(verdict)
  if (edge.said[name] === digest) return
  edge.said[name] = digest
  hand(edge, judging, verdict, told)
}

/** A new edge's verdict goes to the caller's stage, which alone knows whether the caller as a whole is new. */
function hand(edge: EdgeState, judging: Judging, verdict: SlotVerdict, told: Told): void {
  if (verdict.rule !== 'new-edge') {
    told.verdicts.push(verdict)
    return
  }
  const accepted =
    verdict.severity === 'high' ? verdict.findings.find(({ severity }) => severity === 'high') : undefined
  const [first] = verdict.findings
  told.signals.push(
    signalOf(
      edge.caller,
      { id: first?.eventId ?? edge.firstId, at: first?.at ?? edge.firstAt },
      {
        kind: 'new-edge',
        destination: judging.destination,
        epoch: edge.forgotten,
        edgeAcceptedAt: edge.acceptedAt,
        acceptedAt: accepted?.at ?? -1,
        acceptedId: accepted?.eventId ?? '',
        predecessor: judging.predecessor,
        verdict,
      },
      first === undefined,
    ),
  )
}
