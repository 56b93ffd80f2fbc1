// What receivers write into `Retry-After`, sensible or absurd.

import { describe, expect, it } from 'vitest'
import { readRetryAfter } from './retry-after.ts'

const now = Date.parse('2026-03-14T12:00:00.000Z')

describe('readRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['0', 0],
    ['999999999999999', 999_999_999_999_999_000],
    ['Sat, 14 Mar 2026 12:01:00 GMT', 60_000],
    ['Sat, 14 Mar 2026 11:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 251_628_811_199_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['0x10', undefined],
    ['9999999999999999', undefined],
    ['tomorrow', undefined],
    ['2026-03-14T12:01:00Z', undefined],
    ['Sat, 99 Mar 2026 12:01:00 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(readRetryAfter(value, now)).toBe(expected)
  })
})
