// Instants move in the form in which they stand, and nothing else does.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shiftLine, spanMs } from './shift.ts'

const startsAt = Date.parse('2025-03-14T09:00:00Z')
const hour = 3_600_000

describe('a moved line', () => {
  it.each([
    ['{"start_time":"2025-03-14T09:00:01.234Z"}', '{"start_time":"2025-03-14T10:00:01.234Z"}'],
    ['{"timestamp":"2025-03-14T09:00:01.123456789Z"}', '{"timestamp":"2025-03-14T10:00:01.123456789Z"}'],
    ['{"time":"2025-03-14T11:00:01+02:00"}', '{"time":"2025-03-14T12:00:01+02:00"}'],
    ['2025-03-14 23:30:01 | user_id=USR-99', '2025-03-15 00:30:01 | user_id=USR-99'],
    ['2025-03-14 09:00:01,088 WARN  [org.keycloak.events]', '2025-03-14 10:00:01,088 WARN  [org.keycloak.events]'],
    ['[2025-03-14T09:00:01.234Z] "GET / HTTP/2"', '[2025-03-14T10:00:01.234Z] "GET / HTTP/2"'],
    ['{"jwt_iat":1741942800,"jwt_exp":1741946400}', '{"jwt_iat":1741946400,"jwt_exp":1741950000}'],
    ['{"time":1741942801234}', '{"time":1741946401234}'],
    ['{"ts":1741942801.5}', '{"ts":1741946401.5}'],
    ['{"timeUnixNano":"1741942801234567891"}', '{"timeUnixNano":"1741946401234567891"}'],
    ['iat=1741942800 exp=1741946400.', 'iat=1741946400 exp=1741950000.'],
  ])('%s', (line, moved) => {
    expect(shiftLine(line, startsAt, hour)).toBe(moved)
  })

  it.each([
    ['an id', '{"order":"ORD-1741942800"}'],
    ['part of a longer number', '{"amount":17419428001}'],
    ['part of a trace id', '{"trace_id":"1741942800abcdef"}'],
    ['long ago', '{"born":"1990-05-01T00:00:00Z","at":641520000}'],
    ['the certificate’s end', '{"not_after":"2035-03-14T09:00:00Z"}'],
    ['no instant', '{"phone":"2025-03-14T09:00"}'],
    ['an address', '10.20.30.40:17419 1.1741942800.2'],
  ])('keeps %s', (_, line) => {
    expect(shiftLine(line, startsAt, hour)).toBe(line)
  })

  it('comes back, byte for byte, when it is moved back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -spanMs / 1000, max: spanMs / 1000 }),
        fc.integer({ min: 0, max: spanMs / 1000 }),
        fc.nat(999),
        fc.string(),
        (by, at, fraction, noise) => {
          const instant = new Date(startsAt + at * 1000 + fraction)
          const line = `${instant.toISOString()} ${instant.getTime()} ${JSON.stringify(noise)}`
          const there = shiftLine(line, startsAt, by * 1000)
          expect(shiftLine(there, startsAt + by * 1000, -by * 1000)).toBe(line)
        },
      ),
    )
  })
})
