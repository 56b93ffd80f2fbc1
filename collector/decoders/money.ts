// Reads an amount of money into whole minor units, digit by digit: no binary fraction is ever computed with.

import { unknownCurrency } from '../../schemas/currency.ts'
import { currencyExponent, currencyOfSign } from './currency.ts'

export interface Money {
  readonly amountMinor: number
  /** ISO 4217 code; `XXX` where neither record nor settings name one. */
  readonly currency: string
}

/** Why a text is no amount, for the detail of a refusal: without the field's name, lower-case. */
export interface NoMoney {
  readonly problem: string
}

const plainNumber = /^([+-]?)(\d*)(?:\.(\d*))?$/
const amountWithCurrency =
  /^([+-]?)\s*(?:([A-Za-z]{3})\s*|(\p{Sc})\s*)?([+-]?[\d.,]+)(?:\s*([A-Za-z]{3})|\s*(\p{Sc}))?$/u
const maxCharacters = 40

/**
 * Reads `89.99`, `1,234.50`, `1.234,50`, `89,99`, `EUR 89.99`, `89.99 EUR`, `€89.99`, `-5`. A currency beside the number
 * must agree with `recordCurrency`; where neither is there, `defaultCurrency` holds, else `XXX`. More decimals than the
 * currency has are a problem, not rounded; zeros at the end do not count.
 */
export function parseMoney(amount: string | number, recordCurrency: string, defaultCurrency: string): Money | NoMoney {
  const { text, beside } = typeof amount === 'string' ? withoutCurrency(amount.trim()) : { text: '', beside: '' }
  const named = recordCurrency.trim().toUpperCase()
  if (named !== '' && beside !== '' && named !== beside)
    return { problem: `the amount says ${beside} and the currency says ${named}` }
  const currency = named || beside || defaultCurrency.toUpperCase() || unknownCurrency
  const exponent = currencyExponent(currency)
  if (exponent === undefined) return { problem: `${JSON.stringify(currency.slice(0, 12))} is no ISO 4217 code` }
  const minor = typeof amount === 'number' ? minorOfNumber(amount, exponent) : minorOfText(text, exponent)
  if (typeof minor === 'string') return { problem: minor.replace('%', currency) }
  return { amountMinor: minor, currency }
}

/** Reads an amount that is already in minor units. */
export function parseMinor(amount: string | number, recordCurrency: string, defaultCurrency: string): Money | NoMoney {
  const currency = recordCurrency.trim().toUpperCase() || defaultCurrency.toUpperCase() || unknownCurrency
  if (currencyExponent(currency) === undefined)
    return { problem: `${JSON.stringify(currency.slice(0, 12))} is no ISO 4217 code` }
  const value =
    typeof amount === 'number' ? amount : /^[+-]?\d{1,16}$/.test(amount.trim()) ? Number(amount) : Number.NaN
  if (!Number.isSafeInteger(value)) return { problem: 'an amount in minor units is a whole number below 2^53' }
  return { amountMinor: value === 0 ? 0 : value, currency }
}

function withoutCurrency(text: string): { text: string; beside: string } {
  const match = text.length > maxCharacters ? null : amountWithCurrency.exec(text)
  if (match === null) return { text, beside: '' }
  const [, sign = '', codeBefore, signBefore, number = '', codeAfter, signAfter] = match
  const code = codeBefore ?? codeAfter
  const symbol = signBefore ?? signAfter
  const beside = code?.toUpperCase() ?? (symbol === undefined ? '' : currencyOfSign(symbol))
  return beside === undefined ? { text, beside: '' } : { text: `${sign}${number}`, beside }
}

/** The same number with `.` for its decimals and nothing between its thousands; undefined where that is a guess. */
function plain(text: string): string | undefined {
  const commas = text.split(',').length - 1
  const points = text.split('.').length - 1
  if (commas === 0 && points <= 1) return text
  if (commas > 0 && points > 0) {
    const decimal = text.lastIndexOf(',') > text.lastIndexOf('.') ? ',' : '.'
    return decimal === '.' ? grouped(text, ',', '.') : grouped(text, '.', ',')
  }
  const only = commas > 0 ? ',' : '.'
  if (commas + points > 1) return grouped(text, only, '')
  return /,\d{3}$/.test(text) ? undefined : text.replace(',', '.')
}

function grouped(text: string, between: string, decimal: string): string | undefined {
  const [whole = '', fraction, ...more] = decimal === '' ? [text] : text.split(decimal)
  if (more.length > 0) return undefined
  const groups = whole.replace(/^[+-]/, '').split(between)
  const shaped = groups.every((group, at) => (at === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group))
  if (!shaped) return undefined
  return `${whole.split(between).join('')}${fraction === undefined ? '' : `.${fraction}`}`
}

function minorOfText(text: string, exponent: number): number | string {
  if (text.length > maxCharacters) return 'the amount is too long for a number'
  const number = plain(text)
  if (number === undefined) return 'thousands and decimals cannot be told apart: write it with a point, as in 1234.00'
  const match = plainNumber.exec(number)
  const [, sign = '', whole = '', fraction = ''] = match ?? []
  if (match === null || whole.length + fraction.length === 0) return 'it is no amount of money'
  const decimals = fraction.replace(/0+$/, '')
  if (decimals.length > exponent) return `it has more decimals than % carries (${exponent})`
  const minor = Number(`${whole}${decimals.padEnd(exponent, '0')}`)
  if (!Number.isSafeInteger(minor)) return 'the amount is beyond 2^53 minor units'
  return sign === '-' && minor !== 0 ? -minor : minor
}

/** A JSON number is a binary fraction: what lies within its last bits of a whole minor unit is that minor unit. */
function minorOfNumber(value: number, exponent: number): number | string {
  if (!Number.isFinite(value)) return 'it is no amount of money'
  const text = String(value)
  const exact = minorOfText(text, exponent)
  if (typeof exact === 'number') return exact
  const rounded = value.toFixed(exponent)
  if (Math.abs(Number(rounded) - value) > Math.abs(value) * 2 ** -50 || Number(rounded) === 0) return exact
  return minorOfText(rounded, exponent)
}
