// The detector's rules over a whole sorted set of calls, as plainly as they can be said: what the folds are tested against.

import type { Severity } from '../../schemas/findings.ts'
import { dayMs, hourMs, hourOf, judgedAsOf, minuteMs } from '../calls/hours.ts'
import { shortName } from '../calls/names.ts'
import type { RecordedEvent } from '../engine/recording.ts'
import { slotName } from '../engine/slot.ts'
import { heldAfterMs } from './decisions.ts'
import { type Declared, standingOf } from './declared.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { rowOf } from './verdict-table.ts'

export interface NaiveCall {
  readonly id: string
  readonly at: number
  readonly caller: string
  readonly destination: string
  readonly instance: string
  readonly request: string
  readonly denied: boolean
  readonly shadow: boolean
}

export interface NaiveDecision {
  readonly id: string
  readonly at: number
  readonly caller: string
  readonly destination: string
  readonly accepts: boolean
}

interface Context {
  readonly decisions: readonly NaiveDecision[]
  readonly calls: readonly NaiveCall[]
  readonly settings: UnexpectedCallerSettings
  readonly latenessMs: number
}

interface Alert {
  severity: Severity
  readonly findings: Set<string>
}

/** `rule entity slot` → severity and ids of findings, for the rules that are made of calls. */
export type NaiveAlerts = ReadonlyMap<string, { readonly severity: Severity; readonly findings: readonly string[] }>

export function naiveDecision({ fields }: RecordedEvent, id: string): NaiveDecision {
  const { eventAt, caller, destination, action } = fields
  return {
    id,
    at: eventAt,
    caller: String(caller),
    destination: String(destination),
    accepts: action === 'edge.accept',
  }
}

export function naiveCall({ fields }: RecordedEvent, id: string): NaiveCall {
  const status = Number(fields.httpStatus)
  return {
    id,
    at: fields.eventAt,
    caller: String(fields.caller),
    destination: String(fields.destination),
    instance: String(fields.callerInstance),
    request: String(fields.requestId),
    denied: status === 401 || status === 403 || fields.outcome === 'denied',
    shadow: fields.shadowOutcome === 'would-deny',
  }
}

/** `calls` and `decisions`: each event once, in order, calls all reported by their destinations. Nothing is bounded. */
export function evaluateNaively(
  calls: readonly NaiveCall[],
  settings: UnexpectedCallerSettings,
  latenessMs: number,
  decisions: readonly NaiveDecision[] = [],
): NaiveAlerts {
  const context = { calls, settings, latenessMs, decisions }
  const alerts = new Map<string, Alert>()
  const unknownDenied: NaiveCall[] = []
  const raisedFirsts: NaiveCall[] = []
  for (const call of calls) {
    const { rule, told } = judge(context, call)
    if (rule === undefined) continue
    if (rule.rule === 'new-edge' && call.denied) unknownDenied.push(call)
    if (rule.rule === 'new-edge' && rule.rung === 'accepted' && rule.severity === 'high') raisedFirsts.push(call)
    const slot = rule.rule === 'new-edge' ? `new-edge:${epochOf(context, call).index}` : hourSlot(call.at)
    add(alerts, `${rule.rule} ${edgeName(call)} ${slot}${told ? ' told' : ''}`, rule.severity, call.id)
  }
  for (const call of calls)
    if (!call.denied && call.shadow)
      add(alerts, `would-be-blocked ${edgeName(call)} ${hourSlot(call.at)}`, 'info', call.id)
  decideReplies(context, alerts)
  probe(context, alerts, unknownDenied)
  foldIdentities(context, alerts, raisedFirsts)
  return new Map(
    [...alerts].map(([name, { severity, findings }]) => [name, { severity, findings: [...findings].sort() }]),
  )
}

function judge(context: Context, call: NaiveCall) {
  const { latenessMs } = context
  const { calls } = epochOf(context, call)
  const asOf = judgedAsOf(call.at, latenessMs)
  const { declared, isAccepted } = saidOf(context, call, calls)
  const known = isAccepted || isKnown(context, calls, (each) => !each.denied, asOf)
  const usual = isKnown(context, calls, (each) => each.denied, asOf)
  if (known && call.denied && usual && declared !== 'allow') return { rule: undefined, told: false }
  const rule = rowOf({ declared, known, learned: isLearned(context, call.destination, call.at), denied: call.denied })
  return { rule, told: rule?.rule === 'new-edge' && rule.severity === 'info' }
}

/** The newest decision from more than two seconds before a call holds; an acceptance is forgotten with its edge. */
function saidOf({ decisions, settings }: Context, call: NaiveCall, epoch: readonly NaiveCall[]) {
  const newest = decisions.findLast(
    ({ caller, destination, at }) =>
      caller === call.caller && destination === call.destination && at + heldAfterMs < call.at,
  )
  const isForgotten = (newest?.at ?? 0) < (epoch[0]?.at ?? 0) - settings.forgottenDays * dayMs
  const standing = standingOf(settings, call, call.caller)
  const declared: Declared = newest?.accepts === false ? 'deny' : standing.declared
  return { declared, isAccepted: newest?.accepts === true && !isForgotten }
}

/** The edge's calls between pauses in which it is forgotten. */
function epochOf({ calls, settings }: Context, call: NaiveCall): { calls: readonly NaiveCall[]; index: number } {
  const edge = calls.filter(({ caller, destination }) => caller === call.caller && destination === call.destination)
  const epochs = clusters(edge, ({ at }) => hourOf(at) * hourMs, settings.forgottenDays * dayMs)
  const index = epochs.findIndex((epoch) => epoch.includes(call))
  return { calls: epochs[index] ?? [], index }
}

function clusters(
  calls: readonly NaiveCall[],
  timeOf: (call: NaiveCall) => number,
  pauseMs: number,
): readonly (readonly NaiveCall[])[] {
  const found: NaiveCall[][] = []
  for (const call of calls) {
    const last = found.at(-1)?.at(-1)
    if (last !== undefined && timeOf(call) - timeOf(last) <= pauseMs) found.at(-1)?.push(call)
    else found.push([call])
  }
  return found
}

function isLearned(context: Context, destination: string, at: number): boolean {
  const { calls, settings, latenessMs } = context
  const asOf = judgedAsOf(at, latenessMs)
  const all = calls.filter((call) => call.destination === destination)
  const epoch = clusters(all, (call) => hourOf(call.at) * hourMs, settings.forgottenDays * dayMs).find((each) =>
    each.some((call) => hourOf(call.at) === hourOf(at)),
  )
  const first = epoch?.[0]
  if (epoch === undefined || first === undefined) return false
  const spanMs = asOf - first.at
  const requests = new Set(epoch.filter((call) => call.at < asOf).map(({ request, id }) => request || id))
  const { fullDays, shortHours, shortCalls } = settings.learning
  return spanMs >= fullDays * dayMs || (spanMs >= shortHours * hourMs && requests.size >= shortCalls)
}

function isKnown(
  context: Context,
  epoch: readonly NaiveCall[],
  supports: (call: NaiveCall) => boolean,
  asOf: number,
): boolean {
  const { settings } = context
  const before = epoch.filter((call) => supports(call) && call.at < asOf)
  const distinct = (key: (call: NaiveCall) => unknown): number => new Set(before.map(key)).size
  const replicas = new Set(before.map(({ instance }) => instance).filter((instance) => instance !== ''))
  const supported =
    distinct(({ at }) => hourOf(at)) >= settings.support.hours &&
    (replicas.size >= settings.support.instances ||
      distinct(({ at }) => Math.floor(at / dayMs)) >= settings.support.days)
  const first = supports({ ...(epoch[0] as NaiveCall), denied: false }) ? epoch[0] : epoch.find(supports) // an epoch has calls
  if (!supported || first === undefined) return false
  const { declared, isAccepted } = saidOf(context, first, epoch)
  const raised =
    declared === 'deny' || (declared === 'none' && !isAccepted && isLearned(context, first.destination, first.at))
  return !raised || asOf >= first.at + settings.quarantineDays * dayMs
}

/** Attempts of one request are one call, for which the accepted one counts; three denied ones are medium. */
function decideReplies({ calls, settings }: Context, alerts: Map<string, Alert>): void {
  for (const [name, alert] of [...alerts]) {
    if (name.startsWith('would-be-blocked') && alert.findings.size === 0) continue
    const inOrder = calls.filter(({ id }) => alert.findings.has(id))
    const byRequest = new Map<string, NaiveCall>()
    for (const call of inOrder) {
      const decided = byRequest.get(call.request || call.id)
      if (decided === undefined || (decided.denied && !call.denied)) byRequest.set(call.request || call.id, call)
    }
    alert.findings.clear()
    const told = name.endsWith(' told')
    for (const call of told ? inOrder.slice(0, 1) : byRequest.values()) alert.findings.add(call.id)
    const denied = [...byRequest.values()].filter((call) => call.denied).length
    if (name.startsWith('new-edge') && alert.severity === 'low' && denied >= settings.deniedForMedium)
      alert.severity = 'medium'
    if (!told) continue
    // What raises decides over what is only told.
    alerts.delete(name)
    const raised = name.slice(0, -' told'.length)
    if (!alerts.has(raised)) alerts.set(raised, alert)
  }
}

function probe(context: Context, alerts: Map<string, Alert>, denied: readonly NaiveCall[]): void {
  const { settings } = context
  const isFirstOfSecond = (call: NaiveCall): boolean =>
    !denied.some(
      (other) =>
        other.caller === call.caller &&
        other.destination === call.destination &&
        Math.floor(other.at / 1_000) === Math.floor(call.at / 1_000) &&
        (other.at < call.at || (other.at === call.at && other.id < call.id)),
    )
  const probes = denied.filter(
    (call) =>
      isFirstOfSecond(call) && !epochOf(context, call).calls.some((other) => !other.denied && other.at <= call.at),
  )
  for (const call of probes) {
    const window = probes.filter(
      ({ caller, at }) =>
        caller === call.caller && at <= call.at && at >= call.at - settings.probing.windowMinutes * minuteMs,
    )
    if (new Set(window.map(({ destination }) => destination)).size >= settings.probing.targets)
      add(alerts, `probing ${shortName(call.caller)} ${hourSlot(call.at)}`, 'high', call.id)
  }
}

function foldIdentities({ calls, settings }: Context, alerts: Map<string, Alert>, raised: readonly NaiveCall[]): void {
  const births = new Map<string, Map<string, { alert: string; first: NaiveCall }>>()
  for (const call of raised) {
    const own = calls.filter(({ caller }) => caller === call.caller)
    const active = clusters(own, ({ at }) => at, settings.forgottenDays * dayMs).find((each) => each.includes(call))
    const born = active?.[0]?.at ?? call.at
    const name = [...alerts.keys()].find(
      (each) => alerts.get(each)?.findings.has(call.id) && each.startsWith('new-edge'),
    )
    if (name === undefined || alerts.get(name)?.severity !== 'high') continue
    const ofBirth = births.get(`${shortName(call.caller)} ${slotName(born)}`) ?? new Map()
    births.set(`${shortName(call.caller)} ${slotName(born)}`, ofBirth)
    const isFirst = !raised.some(
      (other) => other !== call && alerts.get(name)?.findings.has(other.id) && isBefore(other, call),
    )
    if (isFirst && call.at - born <= settings.newIdentity.windowHours * hourMs)
      ofBirth.set(name, { alert: name, first: call })
  }
  for (const [birth, edges] of births) {
    const destinations = new Set([...edges.values()].map(({ first }) => first.destination))
    if (destinations.size < settings.newIdentity.destinations) continue
    const [caller = '', born = ''] = birth.split(' ')
    for (const { alert, first } of edges.values()) {
      const folded = alerts.get(alert)
      if (folded !== undefined) folded.severity = 'info'
      add(alerts, `new-identity ${caller} new-identity:${born}`, 'info', first.id)
    }
  }
}

function isBefore(a: NaiveCall, b: NaiveCall): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id)
}

const ranks: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

function add(alerts: Map<string, Alert>, name: string, severity: Severity, id: string): void {
  const alert = alerts.get(name) ?? { severity, findings: new Set<string>() }
  if (ranks.indexOf(severity) > ranks.indexOf(alert.severity)) alert.severity = severity
  alert.findings.add(id)
  alerts.set(name, alert)
}

function edgeName({ caller, destination }: NaiveCall): string {
  return `${shortName(caller)} → ${shortName(destination)}`
}

function hourSlot(at: number): string {
  return slotName(hourOf(at) * hourMs)
}
