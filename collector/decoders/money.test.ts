// Proves that amounts become whole minor units exactly, in every currency, or are refused with a reason.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyExponent } from './currency.ts'
import { parseMinor, parseMoney } from './money.ts'

describe('an amount of money', () => {
  it.each([
    ['89.99', '', '', 8999, 'XXX'],
    ['124.50', '', '', 12450, 'XXX'],
    ['200.00', '', '', 20000, 'XXX'],
    ['200', 'EUR', '', 20000, 'EUR'],
    ['0.1', 'eur', '', 10, 'EUR'],
    ['.5', '', 'GBP', 50, 'GBP'],
    ['5.', '', '', 500, 'XXX'],
    ['-12.30', 'EUR', '', -1230, 'EUR'],
    ['-0.00', 'EUR', '', 0, 'EUR'],
    ['+7', 'EUR', '', 700, 'EUR'],
    ['007.10', 'EUR', '', 710, 'EUR'],
    ['89.990000', 'EUR', '', 8999, 'EUR'],
    ['1500', 'JPY', '', 1500, 'JPY'],
    ['1500.00', 'JPY', '', 1500, 'JPY'],
    ['1.234', 'BHD', '', 1234, 'BHD'],
    ['1.2345', 'CLF', '', 12345, 'CLF'],
    ['89.99 EUR', '', '', 8999, 'EUR'],
    ['EUR 89.99', 'EUR', 'USD', 8999, 'EUR'],
    ['eur89.99', '', '', 8999, 'EUR'],
    ['€89.99', '', '', 8999, 'EUR'],
    ['89.99 €', '', '', 8999, 'EUR'],
    ['-£5.10', '', '', -510, 'GBP'],
    ['$89.99', '', '', 8999, 'XXX'],
    ['$89.99', 'CAD', '', 8999, 'CAD'],
    ['1,234.50', 'EUR', '', 123450, 'EUR'],
    ['1.234,50', 'EUR', '', 123450, 'EUR'],
    ['1,234,567.89', 'EUR', '', 123456789, 'EUR'],
    ['1.234.567', 'EUR', '', 123456700, 'EUR'],
    ['89,99', 'EUR', '', 8999, 'EUR'],
    ['1,5', 'EUR', '', 150, 'EUR'],
    ['90071992547409.91', 'EUR', '', Number.MAX_SAFE_INTEGER, 'EUR'],
    [89.99, 'EUR', '', 8999, 'EUR'],
    [1.1 + 2.2, 'EUR', '', 330, 'EUR'],
    [0.29 * 100, 'EUR', '', 2900, 'EUR'],
    [1e3, 'EUR', '', 100000, 'EUR'],
    [-0, 'EUR', '', 0, 'EUR'],
  ])('%j with currency %j and default %j is %d %s', (amount, currency, fallback, amountMinor, code) => {
    expect(parseMoney(amount, currency, fallback)).toEqual({ amountMinor, currency: code })
  })

  it.each([
    ['89.999', 'EUR', 'it has more decimals than EUR carries (2)'],
    ['1500.5', 'JPY', 'it has more decimals than JPY carries (0)'],
    ['0.001', '', 'it has more decimals than XXX carries (2)'],
    [89.999, 'EUR', 'it has more decimals than EUR carries (2)'],
    [1e-7, 'EUR', 'it is no amount of money'],
    ['1,234', 'EUR', 'thousands and decimals cannot be told apart: write it with a point, as in 1234.00'],
    ['1,23,456.00', 'EUR', 'thousands and decimals cannot be told apart: write it with a point, as in 1234.00'],
    ['12.34.56', 'EUR', 'thousands and decimals cannot be told apart: write it with a point, as in 1234.00'],
    ['', 'EUR', 'it is no amount of money'],
    ['.', 'EUR', 'it is no amount of money'],
    ['ten', 'EUR', 'it is no amount of money'],
    ['1e3', 'EUR', 'it is no amount of money'],
    ['0x10', 'EUR', 'it is no amount of money'],
    ['٣', 'EUR', 'it is no amount of money'],
    ['--5', 'EUR', 'it is no amount of money'],
    [Number.NaN, 'EUR', 'it is no amount of money'],
    [Number.POSITIVE_INFINITY, 'EUR', 'it is no amount of money'],
    [1e300, 'EUR', 'it is no amount of money'],
    ['90071992547409.92', 'EUR', 'the amount is beyond 2^53 minor units'],
    ['9'.repeat(41), 'EUR', 'the amount is too long for a number'],
    ['5', 'EURO', '"EURO" is no ISO 4217 code'],
    ['5', 'constructor', '"CONSTRUCTOR" is no ISO 4217 code'],
    ['5 EUR', 'USD', 'the amount says EUR and the currency says USD'],
  ])('%j in %j is refused: %s', (amount, currency, problem) => {
    expect(parseMoney(amount, currency, '')).toEqual({ problem })
  })

  it('is exact for every whole number of minor units in every exponent', () => {
    const codes = fc.constantFrom('JPY', 'EUR', 'BHD', 'CLF')
    fc.assert(
      fc.property(fc.maxSafeInteger(), codes, (minor, currency) => {
        const exponent = currencyExponent(currency) ?? 0
        const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
        const whole = digits.slice(0, digits.length - exponent)
        const text = `${minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`
        expect(parseMoney(text, currency, '')).toEqual({ amountMinor: minor, currency })
      }),
    )
  })

  it('never throws and is either whole minor units or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double()), fc.string(), (amount, currency) => {
        const money = parseMoney(amount, currency, '')
        if ('problem' in money) expect(money.problem).not.toBe('')
        else expect(Number.isSafeInteger(money.amountMinor)).toBe(true)
      }),
    )
  })
})

describe('an amount in minor units', () => {
  it.each([
    [4200, 'EUR', 4200, 'EUR'],
    ['4200', '', 4200, 'XXX'],
    ['-5', 'JPY', -5, 'JPY'],
  ])('%j %j is taken as it is', (amount, currency, amountMinor, code) => {
    expect(parseMinor(amount, currency, '')).toEqual({ amountMinor, currency: code })
  })

  it.each([[42.5], ['42.5'], ['9007199254740993'], [''], [1e300]])('%j is refused', (amount) => {
    expect(parseMinor(amount, 'EUR', '')).toEqual({ problem: 'an amount in minor units is a whole number below 2^53' })
  })
})
