// A delivery that waits in memory: its times are those of the monotonic clock, which nobody sets.

import type { Clocks } from './clocks.ts'
import type { Delivery } from './delivery.ts'

/** Its body stays in the log. */
export interface Waiting {
  readonly webhookId: string
  /** Monotonic ms. */
  readonly dueAt: number
  /** When its retry time is over, monotonic ms. */
  readonly endsAt: number
  /** Of its newest record. */
  readonly offset: number
}

/** How long a delivery was to wait when that was written down: both instants are of one reading of the wall clock. */
export function waitMs({ nextAttemptAt, updatedAt }: Pick<Delivery, 'nextAttemptAt' | 'updatedAt'>): number {
  return Math.max(0, nextAttemptAt - updatedAt)
}

/**
 * Of a record read back. The wall clock says how much of its wait and of its retry time is left; as it may have been set
 * since, never more than there was.
 */
export function waitingAgain(delivery: Delivery, offset: number, retryForMs: number, { now, clock }: Clocks): Waiting {
  const { webhookId, nextAttemptAt, createdAt } = delivery
  const left = (at: number, mostMs: number): number => Math.min(Math.max(0, at - now()), mostMs)
  return {
    webhookId,
    offset,
    dueAt: clock() + left(nextAttemptAt, waitMs(delivery)),
    endsAt: clock() + left(createdAt + retryForMs, retryForMs),
  }
}
