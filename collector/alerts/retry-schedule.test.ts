// Failed deliveries are tried again for the whole retry time, and not a moment longer.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxRetryAfterMs, nextAttemptInMs, retryDelaysMs } from './retry-schedule.ts'

const hourMs = 3_600_000
const retryForMs = 72 * hourMs
const failed = { attempts: 1, endsInMs: retryForMs, retryAfterMs: undefined, random: 0.5 }

describe('nextAttemptInMs', () => {
  it.each([
    [1, 5_000],
    [2, 300_000],
    [3, 1_800_000],
    [4, 2 * hourMs],
    [5, 5 * hourMs],
    [6, 10 * hourMs],
    [7, 14 * hourMs],
    [8, 20 * hourMs],
    [9, 24 * hourMs],
    [50, 24 * hourMs],
  ])('waits after attempt %d for %d ms', (attempts, delayMs) => {
    expect(nextAttemptInMs({ ...failed, attempts })).toBe(delayMs)
    expect(nextAttemptInMs({ ...failed, attempts, random: 0 })).toBe(delayMs * 0.8)
    expect(nextAttemptInMs({ ...failed, attempts, random: 1 })).toBe(delayMs * 1.2)
  })

  it.each([
    ['what the receiver asked for', 60_000, 60_000],
    ['no less than the schedule', 1_000, 5_000],
    ['no longer than a day', 1e15, maxRetryAfterMs],
    ['the schedule when it asks for the past', -1, 5_000],
  ])('waits %s', (_, retryAfterMs, expected) => {
    expect(nextAttemptInMs({ ...failed, retryAfterMs })).toBe(expected)
  })

  it('spreads its attempts over the retry time, the last one at its end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (random) => {
          const made: number[] = []
          for (let inMs: number | undefined = 0; inMs !== undefined; ) {
            made.push((made.at(-1) ?? 0) + inMs)
            const endsInMs = retryForMs - (made.at(-1) ?? 0)
            inMs = nextAttemptInMs({
              ...failed,
              attempts: made.length,
              endsInMs,
              random: random[made.length % 20] ?? 0,
            })
          }
          expect(made.at(-1)).toBe(retryForMs)
          expect(made.length).toBeGreaterThanOrEqual(retryDelaysMs.length - 1)
          expect(made.length).toBeLessThanOrEqual(retryDelaysMs.length + 1)
        },
      ),
    )
  })

  it('gives up once the retry time is over, also when the process was down meanwhile', () => {
    expect(nextAttemptInMs({ ...failed, endsInMs: 0 })).toBeUndefined()
    expect(nextAttemptInMs({ ...failed, endsInMs: -hourMs })).toBeUndefined()
  })
})
