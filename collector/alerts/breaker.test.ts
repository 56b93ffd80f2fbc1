// An endpoint that keeps failing rests, longer each time, and is asked again by one delivery.

import { describe, expect, it } from 'vitest'
import { afterFailure, afterSuccess, type Breaker, closedBreaker, failuresToOpen, isOpen, permits } from './breaker.ts'

function failTimes(times: number, breaker: Breaker = closedBreaker, now = 0): Breaker {
  return Array.from({ length: times }).reduce<Breaker>((so) => afterFailure(so, now), breaker)
}

describe('the breaker', () => {
  it('lets everything through until failures come in a row', () => {
    const almost = failTimes(failuresToOpen - 1)
    expect(permits(almost, 0, 4)).toBe(4)
    expect(isOpen(almost)).toBe(false)
    expect(isOpen(failTimes(failuresToOpen))).toBe(true)
    expect(isOpen(failTimes(failuresToOpen - 1, afterSuccess()))).toBe(false)
  })

  it('rests for half a minute, then lets one through', () => {
    const open = failTimes(failuresToOpen)
    expect(permits(open, 29_999, 4)).toBe(0)
    expect(permits(open, 30_000, 4)).toBe(1)
    expect(permits(afterSuccess(), 30_000, 4)).toBe(4)
  })

  it('rests twice as long after each failed probe, up to five minutes', () => {
    let breaker = failTimes(failuresToOpen)
    const rests: number[] = []
    for (let probe = 0; probe < 5; probe += 1) {
      const now = breaker.restsUntilAt
      breaker = afterFailure(breaker, now)
      rests.push(breaker.restsUntilAt - now)
    }
    expect(rests).toEqual([60_000, 120_000, 240_000, 300_000, 300_000])
  })

  it('does not count what was under way when it opened', () => {
    const open = failTimes(failuresToOpen)
    expect(failTimes(3, open, 1_000)).toEqual(open)
  })
})
