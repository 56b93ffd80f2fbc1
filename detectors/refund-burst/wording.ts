// How refund-burst says durations and sums of money.

import { currencyDecimals, unknownCurrency } from '../../schemas/currency.ts'
import type { Refund } from './refunds.ts'

const units = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** `10min`, `6s`, `250ms`: the largest unit that divides it. */
function shortDuration(durationMs: number): readonly [number, string] {
  const unit = units.find(([unitMs]) => durationMs % unitMs === 0)
  return unit === undefined ? [durationMs, 'ms'] : [durationMs / unit[0], unit[1]]
}

/** `3-in-6s`. */
export function rungName(what: string, withinMs: number): string {
  return `${what}-in-${shortDuration(withinMs).join('')}`
}

/** `10 min`: a limit, exactly. */
export function exactDuration(durationMs: number): string {
  return shortDuration(durationMs).join(' ')
}

/** `6 seconds`, `12 minutes`, `21 hours`: what was observed, rounded up. */
export function roundedDuration(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1_000))
  if (seconds < 120) return counted(seconds, 'second')
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? counted(minutes, 'minute') : counted(Math.ceil(minutes / 60), 'hour')
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** `89.99`, `1200 JPY`, `1.250 BHD`: no code where the currency is unknown. */
export function moneyText(amountMinor: number, currency: string): string {
  const decimals = currencyDecimals(currency)
  const digits = String(amountMinor).padStart(decimals + 1, '0')
  const amount = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  return currency === unknownCurrency ? amount : `${amount} ${currency}`
}

const namedCurrencies = 3

/** `414.49`, `100.00 EUR and 5000 JPY`, `at least 89.99` where an amount is unknown, `''` where all are. */
export function totalText(refunds: readonly Refund[]): string {
  const sums = sumsOf(refunds)
  if (sums.length === 0) return ''
  const unknown = refunds.some(({ kept }) => kept.currency === '')
  const texts = sums.slice(0, namedCurrencies).map(([currency, sum]) => moneyText(sum, currency))
  if (sums.length > namedCurrencies) texts.push(`${sums.length - namedCurrencies} more currencies`)
  const last = texts.pop() ?? ''
  const total = texts.length === 0 ? last : `${texts.join(', ')} and ${last}`
  return unknown || sums.some(([, sum]) => sum === Number.MAX_SAFE_INTEGER) ? `at least ${total}` : total
}

/** Sum by currency, in order of code; a sum stops at the largest safe integer. */
export function sumsOf(refunds: readonly Refund[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>()
  for (const { kept } of refunds)
    if (kept.currency !== '')
      sums.set(kept.currency, Math.min(Number.MAX_SAFE_INTEGER, (sums.get(kept.currency) ?? 0) + kept.amountMinor))
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
}
