// Lets an endpoint that keeps failing rest, then asks it with one delivery at a time. Pure.

/** Failures in a row before the endpoint rests. */
export const failuresToOpen = 5
const firstRestMs = 30_000
const longestRestMs = 300_000

export interface Breaker {
  /** Failures of the endpoint in a row. */
  readonly failures: number
  /** Until then nothing is sent, monotonic ms; 0 while it works. */
  readonly restsUntilAt: number
  readonly restMs: number
}

export const closedBreaker: Breaker = { failures: 0, restsUntilAt: 0, restMs: firstRestMs }

export function isOpen(breaker: Breaker): boolean {
  return breaker.restsUntilAt > 0
}

/** How many deliveries may be under way at `now`: none while it rests, one to probe, then all. */
export function permits(breaker: Breaker, now: number, concurrency: number): number {
  if (!isOpen(breaker)) return concurrency
  return now >= breaker.restsUntilAt ? 1 : 0
}

export function afterSuccess(): Breaker {
  return closedBreaker
}

/** A failed probe doubles the rest, up to five minutes. What began before the rest and fails in it changes nothing. */
export function afterFailure(breaker: Breaker, now: number): Breaker {
  if (now < breaker.restsUntilAt) return breaker
  const failures = breaker.failures + 1
  if (failures < failuresToOpen) return { ...breaker, failures }
  const restMs = isOpen(breaker) ? Math.min(longestRestMs, breaker.restMs * 2) : breaker.restMs
  return { failures, restsUntilAt: now + restMs, restMs }
}
