// Says what each rung makes of one refund event: how many distinct refunds its best window held, and what kept it from more.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { severities } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import type { ExamineContext } from '../engine/detector.ts'
import type { Examination, Gate, Trial } from '../engine/examination.ts'
import { slotName, slotStart } from '../engine/slot.ts'
import { isAcceptance, isSandbox, type KeptRefund, signsOf } from './kept-refund.ts'
import type { KeyView } from './key-view.ts'
import { laddersOf, type Rung } from './ladder.ts'
import type { Ledger } from './ledger.ts'
import { attemptedRefunds, committedRefunds, oncePerBatch, type Refund } from './refunds.ts'
import type { Rule } from './rules.ts'
import type { RefundBurstSettings } from './settings.ts'
import { counted, exactDuration, moneyText } from './wording.ts'

const maxTextLength = 300
const maxNameLength = 60

/** The refunds that one rule counts, with the one that the event told of. */
interface Counted {
  readonly rule: Rule
  readonly refunds: readonly Refund[]
  readonly own: Refund
}

export function examineRefund(
  ledger: Ledger,
  event: SecurityEvent,
  view: KeyView,
  { settings }: ExamineContext<RefundBurstSettings>,
): Examination {
  const sandbox = isSandbox(event, settings)
  const trials: Trial[] = []
  const notes: string[] = []
  let found = false
  for (const sign of signsOf(event)) {
    const name = sandbox ? 'sandbox' : sign === 'declined' ? 'declined' : 'settled'
    const kept = ledger[name]?.kept ?? []
    const entry = kept.find(({ id }) => id === event.eventId)
    if (entry === undefined) continue
    found = true
    const isAttempt = name === 'declined'
    const refunds = isAttempt
      ? attemptedRefunds(kept, ledger.settled?.kept ?? [], settings)
      : committedRefunds(kept, settings)
    const own = refundOf(entry, refunds, settings)
    if (own === undefined) {
      notes.push(unaccounted(entry, isAttempt))
      continue
    }
    if (own.id !== entry.id)
      notes.push(`it is the same refund as the one told by event ${own.id}, and is counted with it`)
    if (own.repeats !== undefined && !settings.repeatsCount)
      notes.push(`it pays out again what event ${own.repeats.id} told of: in a burst the two count once`)
    const listed = countedIn(refunds, own, view, settings)
    const rule = isAttempt ? 'refund-probing' : 'refund-burst'
    trials.push(...rungsOf({ rule, refunds: listed, own }, event, view, sandbox, settings))
    if (!isAttempt && !sandbox && view.isBeneficiary) trials.push(secondPayout(own, event, settings))
  }
  return found ? { trials, notes } : { trials, notes, forgotten: true }
}

/** The refund that a record belongs to, by the names that make it one. */
function refundOf(
  entry: KeptRefund,
  refunds: readonly Refund[],
  { sameRefundMs, sameAmountMs }: RefundBurstSettings,
): Refund | undefined {
  const itself = refunds.find(({ id }) => id === entry.id)
  if (itself !== undefined) return itself
  const near = (refund: Refund, withinMs: number): boolean => Math.abs(refund.at - entry.at) <= withinMs
  return (
    refunds.find(
      (refund) =>
        near(refund, sameRefundMs) &&
        ((entry.refund !== '' && refund.kept.refund === entry.refund) ||
          (entry.key !== '' && refund.kept.key === entry.key)),
    ) ??
    refunds.find(
      (refund) =>
        near(refund, sameAmountMs) &&
        entry.payment !== '' &&
        refund.kept.payment === entry.payment &&
        refund.kept.amountMinor === entry.amountMinor &&
        refund.kept.currency === entry.currency,
    )
  )
}

function unaccounted(entry: KeptRefund, isAttempt: boolean): string {
  if (isAttempt) return 'as a declined refund it does not count: the same refund was accepted'
  return isAcceptance(entry)
    ? 'it does not count: a later record takes the refund back'
    : 'it takes a refund back: it can end an alert and raises none'
}

/** As `rules.ts` counts: second payouts and batches once; agents and other people apart. */
function countedIn(
  refunds: readonly Refund[],
  own: Refund,
  view: KeyView,
  settings: RefundBurstSettings,
): readonly Refund[] {
  const once = settings.repeatsCount ? refunds : refunds.filter(({ repeats }) => repeats === undefined)
  if (!view.isActor) return once
  return oncePerBatch(once, settings).filter(({ kept }) => kept.agent === own.kept.agent)
}

function rungsOf(
  { rule, refunds, own }: Counted,
  event: SecurityEvent,
  view: KeyView,
  sandbox: boolean,
  settings: RefundBurstSettings,
): readonly Trial[] {
  const ladders = laddersOf(settings, view.isBeneficiary ? 1 : settings.minBeneficiaries)
  const rungs = view.isActor && own.kept.agent ? ladders.agents : ladders.people
  const uncovered = refunds.filter(({ kept }) => kept.ticket === '')
  const covered: readonly Gate[] = own.kept.ticket === '' ? [] : [exceptionGate(own.kept.ticket)]
  return rungs.map((rung) => {
    // What an exception covers is shown as it would count without it.
    const listed = covered.length > 0 ? refunds : uncovered
    const window = bestWindow(listed, own, rung)
    return {
      rule,
      rung: rung.name,
      severity: rule === 'refund-probing' ? settings.attemptSeverity : rung.severity,
      gates: [
        ...gatesOf(rule, rung, window, shortestSpan(listed, own, rung), view),
        ...covered,
        ...(sandbox ? [sandboxGate(event)] : []),
      ],
      slot: slotName(slotStart(window.at(-1)?.at ?? event.eventAt, settings.slotMs)),
    }
  })
}

/** The refunds of the fullest closed window with the event's own one in it; of equals the earliest. */
function bestWindow(refunds: readonly Refund[], own: Refund, { withinMs }: Rung): readonly Refund[] {
  let best: readonly Refund[] = []
  let low = 0
  for (const [high, last] of refunds.entries()) {
    if (last.at < own.at) continue
    if (last.at > own.at + withinMs) break
    while ((refunds[low]?.at ?? last.at) < last.at - withinMs) low += 1
    if (high + 1 - low > best.length) best = refunds.slice(low, high + 1)
  }
  return best
}

/** The least time that as many refunds as the rung takes lie in, the event's own among them; undefined: there are too few. */
function shortestSpan(refunds: readonly Refund[], own: Refund, rung: Rung): number | undefined {
  let shortest: number | undefined
  for (const [at, last] of refunds.slice(rung.refunds - 1).entries()) {
    const first = refunds[at]
    if (first === undefined || first.at > own.at || last.at < own.at) continue
    shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, last.at - first.at)
  }
  return shortest
}

function gatesOf(
  rule: Rule,
  rung: Rung,
  window: readonly Refund[],
  spanMs: number | undefined,
  view: KeyView,
): readonly Gate[] {
  const within = exactDuration(rung.withinMs)
  const kind = rule === 'refund-probing' ? 'declined refund' : 'distinct refund'
  const gates: Gate[] = []
  if (rung.sumMinor > 0) {
    const sum = window.reduce((total, { kept }) => total + (kept.currency === rung.currency ? kept.amountMinor : 0), 0)
    const [value, limit] = [moneyText(sum, rung.currency), moneyText(rung.sumMinor, rung.currency)]
    gates.push({
      name: `sum in ${within}`,
      passed: sum >= rung.sumMinor,
      value: sum,
      limit: rung.sumMinor,
      unit: `minor unit of ${rung.currency}`,
      text: `${value} in ${within}; limit ${limit}`,
    })
  } else gates.push(numberGate(kind, rung, window, spanMs))
  if (!view.isBeneficiary) {
    const users = distinct(window, ({ kept }) => kept.beneficiary)
    gates.push(least('distinct users', users, rung.minBeneficiaries, `${counted(users, 'user')} among them`))
  }
  const payments = distinct(window, ({ kept }) => kept.payment)
  const text = `${counted(payments, 'known payment')} among them`
  gates.push({ ...least('distinct payments', payments, rung.minPayments, text), lowers: true })
  return gates
}

/** By number, or by time where enough refunds lie closer to the window than their number says. */
function numberGate(kind: string, rung: Rung, window: readonly Refund[], spanMs: number | undefined): Gate {
  const within = exactDuration(rung.withinMs)
  const gate = least(
    `${kind}s in ${within}`,
    window.length,
    rung.refunds,
    `${counted(window.length, kind)} in ${within}`,
  )
  if (gate.passed || spanMs === undefined || rung.withinMs / spanMs < window.length / rung.refunds) return gate
  return {
    ...gate,
    name: `time for ${rung.refunds} ${kind}s`,
    value: spanMs / 1_000,
    limit: rung.withinMs / 1_000,
    unit: 's',
    text: `${gate.text}; ${rung.refunds} took ${(spanMs / 1_000).toFixed(1)} s`,
  }
}

function least(name: string, value: number, limit: number, text: string): Gate {
  return { name, passed: value >= limit, value, limit, unit: '', text: `${text}; limit ${limit}` }
}

function exceptionGate(ticket: string): Gate {
  const text = shownText(`an exception covers it: ticket ${ticket}`, maxTextLength)
  return { name: 'no exception', passed: false, value: shownText(ticket, maxNameLength), limit: 'none', unit: '', text }
}

function sandboxGate({ environment }: SecurityEvent): Gate {
  const value = shownText(environment, maxNameLength)
  const text = `it happened in "${value}", which is a sandbox`
  return { name: 'no sandbox', passed: false, value, limit: 'none', unit: '', text, lowers: true }
}

function secondPayout(own: Refund, event: SecurityEvent, settings: RefundBurstSettings): Trial {
  const { repeats, kept } = own
  const within = exactDuration(settings.sameAmountMs)
  const text =
    repeats === undefined
      ? `no other refund of the same payment and amount in the ${within} before, under a name of its own`
      : `event ${repeats.id} paid the same out ${((own.at - repeats.at) / 1_000).toFixed(1)} s before`
  const payouts = repeats === undefined ? 1 : 2
  return {
    rule: 'duplicate-refund',
    rung: 'second-payout',
    severity: severities.find((each) => each === settings.duplicateSeverity) ?? 'medium',
    gates: [
      { name: `payouts in ${within}`, passed: payouts >= 2, value: payouts, limit: 2, unit: '', text },
      ...(kept.ticket === '' ? [] : [exceptionGate(kept.ticket)]),
    ],
    slot: slotName(slotStart(event.eventAt, settings.slotMs)),
  }
}

function distinct(window: readonly Refund[], read: (refund: Refund) => string): number {
  const values = new Set(window.map(read))
  values.delete('')
  return values.size
}
