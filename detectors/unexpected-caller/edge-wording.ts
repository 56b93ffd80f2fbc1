// Titles and explanations of alerts on one edge, in words an analyst can check.

import type { Explanation, Margin } from '../../schemas/findings.ts'
import type { First } from '../calls/firsts.ts'
import { dayMs, judgedAsOf } from '../calls/hours.ts'
import { counted, operationName, shortName } from '../calls/names.ts'
import { slotName } from '../engine/slot.ts'
import { saidBy } from './decisions.ts'
import type { EdgeCase } from './edge-verdict.ts'
import { decisionOn, isLearned } from './judging.ts'

export function titleOfEdge(edgeCase: EdgeCase): string {
  const { edge, judging, rule, deciding, denied } = edgeCase
  const caller = shortName(edge.caller)
  const destination = shortName(judging.destination)
  const what = operationName(deciding.call)
  switch (deciding.place.rung) {
    case 'enforcement-gap':
      return `${destination} accepted ${caller}, which is declared denied: ${what}`
    case 'accepted':
      return `${caller} called ${destination} ${howNew(edgeCase)}: ${what} accepted`
    case 'first-use':
      return `${caller} used its grant to call ${destination} ${howNew(edgeCase)}: ${what}`
    case 'denied':
      return `${destination} denied ${caller}, which it does not know: ${what}${denied > 1 ? ` (${counted(denied, 'call')})` : ''}`
    case 'now-denied':
      return `${destination} now denies ${caller}, a known caller: ${what}`
    case 'grant-denied':
      return `${destination} denied ${caller} in spite of its grant: ${what}`
    case 'would-be-blocked':
      return `${caller} would be blocked at ${destination}: ${what}`
    case 'returned':
      return `${caller} called ${destination} again after a long pause: ${what}`
    default:
      throw new Error(`no title for "${deciding.place.rung}" of rule "${rule}"`)
  }
}

function howNew({ edge, judging, calls }: EdgeCase): string {
  const first = calls[0]?.call
  if (first !== undefined && edge.firstAt < judgedAsOf(first.at, judging.latenessMs))
    return 'although it is no known caller'
  return edge.forgotten > 0 ? `for the first time in ${judging.settings.forgottenDays} days` : 'for the first time'
}

export function explainEdge(edgeCase: EdgeCase): Pick<Explanation, 'why' | 'margins' | 'wouldNotFireIf'> {
  return { why: whyOf(edgeCase), margins: marginsOf(edgeCase), wouldNotFireIf: remediesOf(edgeCase) }
}

function whyOf(edgeCase: EdgeCase): readonly string[] {
  const { edge, judging, rule, deciding, accepted, denied, calls, atLeast } = edgeCase
  const { standing, settings } = judging
  const decision = decisionOn(judging, deciding.call.at)
  const lines = decision === undefined ? [] : [`Decided: ${saidBy(decision)}.`]
  if (decision === undefined || decision.accepts) lines.push(declarationLine(edgeCase))
  if (rule === 'new-edge') lines.push(knownLine(edgeCase))
  if (rule === 'known-edge' && deciding.place.rung === 'now-denied')
    lines.push('The caller is known here and was not usually denied before: a release, a changed policy, or an attack.')
  if (rule === 'new-edge' && !isLearned(judging, deciding.call.at))
    lines.push('The destination is still being learned: only what was declared raises an alert.')
  if (accepted > 0 && denied > 0)
    lines.push(`${counted(accepted, 'call')} got through, which decides; ${counted(denied, 'call')} denied.`)
  if (rule === 'grant-denied' || rule === 'would-be-blocked') lines.push(...policyLines(edgeCase))
  if (rule === 'dormant-edge')
    lines.push(`The edge was unseen for more than ${settings.dormantDays} days and is not forgotten yet.`)
  if (standing.isGateway)
    lines.push('The caller is a gateway: who called through it is hidden, the alert is on the gateway itself.')
  if (judging.theirs) lines.push('Only callers or gateways reported this; the destination itself did not.')
  if (deciding.call.from === 'jwt' || deciding.call.from === 'asserted')
    lines.push('The caller is named by a claim or by the log, not by its certificate.')
  if (judging.predecessor !== '' && rule === 'new-edge')
    lines.push(`Its owner, "${edge.owner}", also owns ${shortName(judging.predecessor)}, which is known here.`)
  if (atLeast)
    lines.push(
      `Of accepted and of denied calls the first ${settings.limits.calls} are counted: there may have been more than ${calls.length}.`,
    )
  return lines
}

function declarationLine({ judging }: EdgeCase): string {
  const { standing } = judging
  switch (standing.declared) {
    case 'allow':
      return `Declared: ${standing.because}.`
    case 'deny':
      return `Declared: ${standing.because}.`
    case 'none':
      return 'No declared list names the destination.'
    default:
      return standing.declared satisfies never
  }
}

function knownLine({ edge, judging, calls }: EdgeCase): string {
  const first = calls[0]?.call.at ?? edge.firstAt
  const { hours, days, instances } = supportBefore(edgeBefore(edge.accepted, first, judging.latenessMs))
  const rule = judging.settings.support
  if (hours + days + instances === 0) return 'No accepted call of this edge had been seen before its hour.'
  const seen = `Seen before: ${counted(hours, 'hour')}, ${counted(instances, 'replica')}, ${counted(days, 'day')}; known from ${rule.hours} hours and ${rule.instances} replicas or ${rule.days} days.`
  return judging.isQuarantined
    ? `${seen} It began with an alert: not learned before ${slotName(edge.firstAt + judging.settings.quarantineDays * dayMs)}.`
    : seen
}

interface Before {
  readonly hours: readonly First[]
  readonly days: readonly First[]
  readonly instances: readonly First[]
}

function edgeBefore({ hours, days, instances }: Before, at: number, latenessMs: number): Before {
  const asOf = judgedAsOf(at, latenessMs)
  const before = (firsts: readonly First[]): readonly First[] => firsts.filter((first) => first.at < asOf)
  return { hours: before(hours), days: before(days), instances: before(instances) }
}

function supportBefore({ hours, days, instances }: Before): { hours: number; days: number; instances: number } {
  return { hours: hours.length, days: days.length, instances: instances.length }
}

function policyLines({ calls }: EdgeCase): readonly string[] {
  const counts = new Map<string, number>()
  for (const { call } of calls) {
    const policy = (call.denied ? call.policy : call.shadow) || '(not named)'
    counts.set(policy, (counts.get(policy) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([policy, count]) => `Policy ${policy}: ${counted(count, 'call')}.`)
}

function marginsOf({ edge, judging, rule, denied, accepted, calls }: EdgeCase): readonly Margin[] {
  if (rule !== 'new-edge') return []
  const { settings, latenessMs } = judging
  const first = calls[0]?.call.at ?? edge.firstAt
  const { hours, days, instances } = supportBefore(edgeBefore(edge.accepted, first, latenessMs))
  const margins: Margin[] = [
    { name: 'distinct hours seen before', value: hours, limit: settings.support.hours, unit: 'hours' },
    { name: 'caller replicas seen before', value: instances, limit: settings.support.instances, unit: 'replicas' },
    { name: 'distinct days seen before', value: days, limit: settings.support.days, unit: 'days' },
  ]
  if (accepted === 0)
    margins.push({ name: 'denied calls for medium', value: denied, limit: settings.deniedForMedium, unit: 'calls' })
  return margins
}

function remediesOf({ edge, judging, rule, deciding }: EdgeCase): readonly string[] {
  const caller = shortName(edge.caller)
  const destination = shortName(judging.destination)
  const { support } = judging.settings
  switch (rule) {
    case 'new-edge':
      if (deciding.place.rung === 'enforcement-gap') return enforcementRemedies(caller, destination)
      return [
        `a declared list for ${destination} allowed ${caller}`,
        `${caller} had been accepted before in ${support.hours} distinct hours, from ${support.instances} replicas or on ${support.days} days`,
        ...(deciding.call.denied ? [] : ['the reply had been 401, 403 or a policy denial: then it would be low']),
      ]
    case 'known-edge':
      return deciding.place.rung === 'enforcement-gap'
        ? enforcementRemedies(caller, destination)
        : [`${destination} had accepted the call`, `such denials had been usual on this edge before its hour`]
    default:
      return []
  }
}

function enforcementRemedies(caller: string, destination: string): readonly string[] {
  return [`the policy of ${destination} had denied the call`, `the declared list for ${destination} allowed ${caller}`]
}
