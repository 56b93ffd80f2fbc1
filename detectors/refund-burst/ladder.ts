// At which refunds the conditions of a ladder hold, each judged over the closed window that ends at it.

import { compareSeverity, type Severity } from '../../schemas/findings.ts'
import type { Refund } from './refunds.ts'
import type { RefundBurstSettings } from './settings.ts'
import { rungName } from './wording.ts'

export interface Rung {
  readonly name: string
  readonly refunds: number
  readonly withinMs: number
  readonly severity: Severity
  readonly minPayments: number
  readonly minBeneficiaries: number
  /** Sum from which it holds, in minor units of `currency`; 0: the number alone counts. */
  readonly sumMinor: number
  readonly currency: string
}

/** A refund at which a rung holds, with the refunds `[low, high)` of its list that lie in its window. */
export interface Hit {
  readonly list: readonly Refund[]
  readonly refund: Refund
  readonly rung: Rung
  /** Info where the refunds are parts of too few payments. */
  readonly severity: Severity
  readonly low: number
  readonly high: number
}

/** Rungs, strongest first. */
export interface Ladders {
  readonly people: readonly Rung[]
  /** What agents have instead: more refunds in a minute than theirs. */
  readonly agents: readonly Rung[]
}

const ladders = new WeakMap<RefundBurstSettings, Map<number, Ladders>>()

export function laddersOf(settings: RefundBurstSettings, minBeneficiaries: number): Ladders {
  const known = ladders.get(settings) ?? new Map<number, Ladders>()
  const found = known.get(minBeneficiaries) ?? {
    people: ladderOf(settings, minBeneficiaries),
    agents: agentLadder(settings, minBeneficiaries),
  }
  ladders.set(settings, known.set(minBeneficiaries, found))
  return found
}

/** By severity, then by number. */
function ladderOf(settings: RefundBurstSettings, minBeneficiaries: number): readonly Rung[] {
  const { ladder, minPayments, valueSum } = settings
  const rungs = ladder.map(({ refunds, withinMs, severity }) => ({
    name: rungName(`${refunds}`, withinMs),
    refunds,
    withinMs,
    severity,
    minPayments,
    minBeneficiaries,
    sumMinor: 0,
    currency: '',
  }))
  if (valueSum.limitMinor > 0)
    rungs.push({
      name: rungName('sum', valueSum.withinMs),
      refunds: 1,
      withinMs: valueSum.withinMs,
      severity: valueSum.severity,
      minPayments: 1,
      minBeneficiaries,
      sumMinor: valueSum.limitMinor,
      currency: valueSum.currency,
    })
  return rungs.sort((a, b) => compareSeverity(b.severity, a.severity) || b.refunds - a.refunds)
}

function agentLadder({ agents, minPayments }: RefundBurstSettings, minBeneficiaries: number): readonly Rung[] {
  const refunds = agents.maxPerMinute + 1
  const name = rungName(`${refunds}`, 60_000)
  const { severity } = agents
  return [{ name, refunds, withinMs: 60_000, severity, minPayments, minBeneficiaries, sumMinor: 0, currency: '' }]
}

/** One hit at most for each refund: the strongest rung that holds. `list` is in order and holds distinct refunds. */
export function hitsOf(list: readonly Refund[], rungs: readonly Rung[]): readonly Hit[] {
  const least = Math.min(...rungs.map(({ refunds }) => refunds))
  if (list.length < least) return []
  const payments = lastChangeOf(list, ({ kept }) => kept.payment)
  const beneficiaries = lastChangeOf(list, ({ kept }) => kept.beneficiary)
  const lows = rungs.map(() => 0)
  const sums = rungs.map(({ currency }) => (currency === '' ? undefined : runningSum(list, currency)))
  const hits: Hit[] = []
  let high = 0
  for (const refund of list) {
    while (high < list.length && (list[high] as Refund).at <= refund.at) high += 1 // high < length
    let info: Hit | undefined
    let found: Hit | undefined
    for (const [place, rung] of rungs.entries()) {
      let low = lows[place] as number // one for each rung
      while ((list[low] as Refund).at < refund.at - rung.withinMs) low += 1 // stops at `refund` at the latest
      lows[place] = low
      if (found !== undefined || high - low < rung.refunds) continue
      const sum = sums[place]
      if (sum !== undefined && (sum[high] as number) - (sum[low] as number) < rung.sumMinor) continue // sums of every prefix
      if (!reaches(list, low, high, rung.minBeneficiaries, beneficiaries, ({ kept }) => kept.beneficiary)) continue
      const enough = reaches(list, low, high, rung.minPayments, payments, ({ kept }) => kept.payment)
      const hit = { list, refund, rung, severity: enough ? rung.severity : 'info', low, high } as const
      if (enough) found = hit
      else info ??= hit
    }
    const hit = found ?? info
    if (hit !== undefined) hits.push(hit)
  }
  return hits
}

/** For each refund the index of the last one before it that differs from it, −1 where there is none. */
function lastChangeOf(list: readonly Refund[], read: (refund: Refund) => string): Int32Array {
  const changes = new Int32Array(list.length).fill(-1)
  for (let index = 1; index < list.length; index++) {
    const same = read(list[index] as Refund) === read(list[index - 1] as Refund) // 0 < index < length
    changes[index] = same ? (changes[index - 1] as number) : index - 1 // index - 1 >= 0
  }
  return changes
}

/** True when `[low, high)` holds at least so many distinct known values; an unknown one counts only where one is enough. */
function reaches(
  list: readonly Refund[],
  low: number,
  high: number,
  least: number,
  changes: Int32Array,
  read: (refund: Refund) => string,
): boolean {
  if (least <= 1) return true
  const seen = new Set<string>()
  for (let index = high - 1; index >= low; index = changes[index] as number) {
    const value = read(list[index] as Refund) // low <= index < high
    if (value !== '') seen.add(value)
    if (seen.size >= least) return true
  }
  return false
}

function runningSum(list: readonly Refund[], currency: string): Float64Array {
  const sums = new Float64Array(list.length + 1)
  for (const [index, { kept }] of list.entries())
    sums[index + 1] = (sums[index] as number) + (kept.currency === currency ? kept.amountMinor : 0) // filled up to index
  return sums
}
