// When a failed delivery is tried again, and when it is given up. Pure.

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Wait before the first, second … attempt, each ±20 %; the last one repeats. */
export const retryDelaysMs: readonly number[] = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
]

const jitterShare = 0.2
/** A receiver may ask for patience, not for silence. */
export const maxRetryAfterMs = 24 * hourMs

export interface FailedAttempt {
  /** Attempts made since the delivery was created or replayed, the failed one included. */
  readonly attempts: number
  /** Left of its retry time. Unit: ms. */
  readonly endsInMs: number
  /** What `Retry-After` asked for, if anything. */
  readonly retryAfterMs: number | undefined
  /** In [0, 1). */
  readonly random: number
}

/**
 * Milliseconds until the next attempt, or `undefined` when this was the last. The last attempt falls on the end of the
 * retry time, so that the receiver has all of it to come back.
 */
export function nextAttemptInMs(failed: FailedAttempt): number | undefined {
  if (failed.endsInMs <= 0) return undefined
  const delayMs = retryDelaysMs[Math.min(failed.attempts, retryDelaysMs.length - 1)] ?? 0
  const jittered = delayMs * (1 + jitterShare * (2 * failed.random - 1))
  const asked = Math.min(Math.max(0, failed.retryAfterMs ?? 0), maxRetryAfterMs)
  return Math.ceil(Math.min(failed.endsInMs, Math.round(Math.max(jittered, asked))))
}
