// The time that old things are ended by: a wall clock that leaps ahead is believed only once it stays there.

import type { Clocks } from '../../alerts/clocks.ts'

/** A clock that was set wrong is mended within this time, or nobody looks after it. */
const believedAfterMs = 3_600_000
/** Clocks are trued up by less than this in one step all the time. */
const leapMs = 60_000

/**
 * Epoch ms. What was closed, forgotten or dropped by a clock that is years ahead for a moment would be gone for good. Set
 * back, nothing is done too early: that is believed at once.
 */
export function openSteadyClock({ now, clock }: Clocks): () => number {
  let steady = now()
  let askedAt = clock()
  let aheadSince: number | undefined
  return () => {
    const wall = now()
    const at = clock()
    const expected = steady + (at - askedAt)
    askedAt = at
    const isAhead = wall > expected + leapMs
    aheadSince = isAhead ? (aheadSince ?? at) : undefined
    const isDoubted = aheadSince !== undefined && at - aheadSince < believedAfterMs
    steady = isDoubted ? expected : wall
    if (!isDoubted) aheadSince = undefined
    return steady
  }
}
