// Proves that every spelling of a time stamp is read to the millisecond, and that what is none is refused.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOfNumber, latestInstantMs, parseInstant, parseStamp } from './instant.ts'
import { openTimeZone, utc } from './time-zone.ts'

const read = (text: string): string => new Date(parseInstant(text, utc)).toISOString()

describe('a time stamp', () => {
  it.each([
    ['2025-03-14 11:42:01', '2025-03-14T11:42:01.000Z'],
    ['2025-03-14T11:42:01', '2025-03-14T11:42:01.000Z'],
    ['2025-03-14 11:42:01.5', '2025-03-14T11:42:01.500Z'],
    ['2025-03-14 11:42:01,05', '2025-03-14T11:42:01.050Z'],
    ['2025-03-14 11:42:01.5+01', '2025-03-14T10:42:01.500Z'],
    ['2025-03-14 11:42:01,123', '2025-03-14T11:42:01.123Z'],
    ['2025-03-14T11:42:01Z', '2025-03-14T11:42:01.000Z'],
    ['2025-03-14T11:42:01.123456789Z', '2025-03-14T11:42:01.123Z'],
    ['2025-03-14T11:42:01.9999999Z', '2025-03-14T11:42:01.999Z'],
    ['2025-03-14T11:42:01+01:00', '2025-03-14T10:42:01.000Z'],
    ['2025-03-14 11:42:01.250 -0530', '2025-03-14T17:12:01.250Z'],
    ['2025-03-14 11:42:01 UTC', '2025-03-14T11:42:01.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['1741952521', '2025-03-14T11:42:01.000Z'],
    ['1741952521.123', '2025-03-14T11:42:01.123Z'],
    ['1741952521123', '2025-03-14T11:42:01.123Z'],
    ['1741952521123456', '2025-03-14T11:42:01.123Z'],
    ['1741952521123456789', '2025-03-14T11:42:01.123Z'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('uses the zone only where the stamp has no offset', () => {
    const berlin = openTimeZone('Europe/Berlin') ?? utc
    expect(parseStamp('2025-03-14 11:42:01', berlin)).toBe(Date.UTC(2025, 2, 14, 10, 42, 1))
    expect(parseStamp('2025-03-14 11:42:01Z', berlin)).toBe(Date.UTC(2025, 2, 14, 11, 42, 1))
  })

  it.each([
    '',
    'yesterday',
    '2025-03-14',
    '2025-13-14 11:42:01',
    '2025-00-14 11:42:01',
    '2025-02-29 11:42:01',
    '2025-04-31 11:42:01',
    '2025-03-14 24:00:00',
    '2025-03-14 11:60:00',
    '2025-03-14 11:42:61',
    '2025-03-14 11:42:01.',
    '2025-03-14 11:42:01 CET',
    '2025-03-14 11:42:01+1',
    '2025-03-14 11:42:01+01:99',
    '2025-03-14 11:42:01 and more',
    '1969-12-31 23:59:59',
    '0001-01-01T00:00:00Z',
    '2300-01-01T00:00:00Z',
    '12.5',
    '-1741952521',
    '1e400',
    '99999999999999999999',
  ])('%j is none', (text) => {
    expect(parseInstant(text, utc)).toBeNaN()
  })

  it('comes back from any ISO text to the same millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: latestInstantMs }), (at) => {
        expect(parseStamp(new Date(at).toISOString(), utc)).toBe(at)
      }),
    )
  })

  it('never throws and never gives an instant outside what the store holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ .,+-]{0,40}$/)), (text) => {
        const at = parseInstant(text, utc)
        expect(Number.isNaN(at) || (Number.isInteger(at) && at >= 0 && at <= latestInstantMs)).toBe(true)
      }),
    )
  })
})

describe('a number as time stamp', () => {
  it.each([
    ['seconds', 1741952521.123],
    ['seconds with microseconds', 1741952521.1239],
    ['milliseconds', 1741952521123],
    ['microseconds', 1741952521123000],
    ['nanoseconds', 1741952521123000000],
  ])('in %s is told by its size', (_, value) => {
    expect(instantOfNumber(value)).toBe(1741952521123)
  })

  it.each([0, -1, 12.5, Number.NaN, Number.POSITIVE_INFINITY, 1e30])('%d is none', (value) => {
    expect(instantOfNumber(value)).toBeNaN()
  })
})
