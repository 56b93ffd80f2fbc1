// Why a slot's alert fired, by how much, and what would have to be different for it not to fire.

import { currencyDecimals } from '../../schemas/currency.ts'
import type { Explanation, Margin } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import type { KeyView } from './key-view.ts'
import type { Hit } from './ladder.ts'
import type { Refund } from './refunds.ts'
import type { RefundBurstSettings } from './settings.ts'
import type { SlotDraft } from './slot-draft.ts'
import { counted, exactDuration, moneyText } from './wording.ts'

const maxNameLength = 60

/** Of a draft with members. */
export function explanationOf(draft: SlotDraft, view: KeyView, settings: RefundBurstSettings): Explanation {
  const decisive = draft.leading.reduce<Hit | undefined>(
    (best, hit) => (best === undefined || isStronger(hit, best) ? hit : best),
    undefined,
  )
  if (decisive === undefined) throw new Error(`slot ${draft.slotAt} of "${draft.rule}" has members and no hit`)
  const window = decisive.list.slice(decisive.low, decisive.high)
  const { rung, refund } = decisive
  return {
    why: [
      draft.rule === 'duplicate-refund' ? whyTwice(window) : whyBurst(draft, decisive, window),
      ...otherRungs(draft, decisive),
      ...(draft.severity === 'info' ? [whyInfo(decisive, window)] : []),
      ...(draft.severity !== decisive.severity ? ['the total is large, which raises the severity by one step'] : []),
      ...(draft.suppressed > 0 ? [`${counted(draft.suppressed, 'finding')} more are covered by exceptions`] : []),
    ],
    windowFrom: refund.at - rung.withinMs,
    windowTo: refund.at,
    margins: marginsOf(draft, decisive, window, view),
    wouldNotFireIf:
      draft.rule === 'duplicate-refund' ? ifNotTwice(window, settings) : ifNoBurst(decisive, window, view),
  }
}

/** By number of the rung, then by refunds in the window; the earliest of equals stays. */
function isStronger(hit: Hit, than: Hit): boolean {
  const byRung = hit.rung.refunds - than.rung.refunds
  return byRung > 0 || (byRung === 0 && hit.high - hit.low > than.high - than.low)
}

function whyBurst({ rule }: SlotDraft, { rung }: Hit, window: readonly Refund[]): string {
  const kind = rule === 'refund-probing' ? 'declined refund' : 'distinct refund'
  const payments = counted(
    distinct(window, ({ kept }) => kept.payment),
    'payment',
  )
  const limit =
    rung.sumMinor > 0
      ? `${moneyText(rung.sumMinor, rung.currency)} in ${exactDuration(rung.withinMs)}`
      : `${rung.refunds} in ${exactDuration(rung.withinMs)}`
  const sum = rung.sumMinor > 0 ? ` come to ${moneyText(sumOf(window, rung.currency), rung.currency)}` : ''
  return `${counted(window.length, kind)} of ${payments} in ${seconds(window)} s${sum}; limit ${limit}`
}

function whyTwice(window: readonly Refund[]): string {
  const [first, second] = window
  if (first === undefined || second === undefined) return 'paid out twice'
  const { amountMinor, currency } = second.kept
  return (
    `${nameOf(second)} was paid out a second time: ${moneyText(amountMinor, currency)} as "${operationOf(second)}", ` +
    `${((second.at - first.at) / 1_000).toFixed(1)} s after "${operationOf(first)}"`
  )
}

function whyInfo({ rung, severity }: Hit, window: readonly Refund[]): string {
  const payments = distinct(window, ({ kept }) => kept.payment)
  return severity === 'info' && payments < rung.minPayments
    ? `they belong to ${counted(payments, 'known payment')}, fewer than ${rung.minPayments}: parts of one order`
    : 'they happened in a sandbox'
}

function otherRungs({ hits }: SlotDraft, decisive: Hit): readonly string[] {
  const names = new Set(hits.map(({ rung }) => rung.name))
  names.delete(decisive.rung.name)
  return names.size === 0 ? [] : [`these held as well: ${[...names].sort().join(', ')}`]
}

function marginsOf({ rule }: SlotDraft, { rung }: Hit, window: readonly Refund[], view: KeyView): readonly Margin[] {
  const within = exactDuration(rung.withinMs)
  const what = rule === 'refund-probing' ? 'declined refunds' : rule === 'duplicate-refund' ? 'payouts' : 'refunds'
  const margins: Margin[] = [
    { name: `${what} within ${within}`, value: window.length, limit: rung.refunds, unit: what },
    { name: 'time from first to last', value: Number(seconds(window)), limit: rung.withinMs / 1_000, unit: 's' },
  ]
  if (rule === 'duplicate-refund') return margins
  const payments = distinct(window, ({ kept }) => kept.payment)
  margins.push({ name: 'distinct payments', value: payments, limit: rung.minPayments, unit: 'payments' })
  if (!view.isBeneficiary) {
    const beneficiaries = distinct(window, ({ kept }) => kept.beneficiary)
    margins.push({ name: 'distinct users', value: beneficiaries, limit: rung.minBeneficiaries, unit: 'users' })
  }
  if (rung.sumMinor > 0) {
    const units = 10 ** currencyDecimals(rung.currency)
    const value = sumOf(window, rung.currency) / units
    margins.push({ name: `sum within ${within}`, value, limit: rung.sumMinor / units, unit: rung.currency })
  }
  return margins
}

function ifNoBurst({ rung }: Hit, window: readonly Refund[], view: KeyView): readonly string[] {
  const last = window.at(-1)
  const previous = window.at(-2)
  if (last === undefined || previous === undefined || rung.sumMinor > 0)
    return [`would not fire if the sum were below ${moneyText(rung.sumMinor, rung.currency)}`]
  const spare = window.length - rung.refunds
  const retry = 'the same refund id or idempotency key, or the same payment and amount'
  const reasons =
    spare === 0
      ? [
          `would not fire if ${nameOf(last)} were a retry of ${nameOf(previous)} (${retry})`,
          `would not fire if more than ${exactDuration(rung.withinMs)} lay between the first and the last`,
        ]
      : [`would not fire if ${spare + 1} of these ${window.length} were retries of others (${retry})`]
  if (rung.minPayments > 1)
    reasons.push(`would not fire if all belonged to ${counted(rung.minPayments - 1, 'payment')}`)
  if (!view.isBeneficiary) reasons.push(`would not fire if all went to ${counted(rung.minBeneficiaries - 1, 'user')}`)
  return reasons
}

function ifNotTwice(window: readonly Refund[], { sameAmountMs }: RefundBurstSettings): readonly string[] {
  const [first, second] = window
  if (first === undefined || second === undefined) return []
  return [
    `would not fire if "${operationOf(second)}" were a retry of "${operationOf(first)}", under its id and key`,
    `would not fire if either had been reversed, or if more than ${exactDuration(sameAmountMs)} lay between them`,
  ]
}

function nameOf({ kept }: Refund): string {
  const name = kept.payment || kept.refund || kept.key
  return name === '' ? 'the last refund' : shownText(name, maxNameLength)
}

function operationOf({ kept }: Refund): string {
  return shownText(kept.refund || kept.key, maxNameLength)
}

function seconds(window: readonly Refund[]): string {
  return (((window.at(-1)?.at ?? 0) - (window[0]?.at ?? 0)) / 1_000).toFixed(1)
}

function distinct(window: readonly Refund[], read: (refund: Refund) => string): number {
  const values = new Set(window.map(read))
  values.delete('')
  return values.size
}

function sumOf(window: readonly Refund[], currency: string): number {
  return window.reduce((sum, { kept }) => (kept.currency === currency ? sum + kept.amountMinor : sum), 0)
}
