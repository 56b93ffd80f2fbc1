// What one attempt makes of a delivery. Pure.

import type { AttemptOutcome } from './channels/channel.ts'
import type { Delivery } from './delivery.ts'
import { nextAttemptInMs } from './retry-schedule.ts'

export function begin(delivery: Delivery, now: number): Delivery {
  return {
    ...delivery,
    state: 'attempting',
    attempts: delivery.attempts + 1,
    updatedAt: now,
    version: delivery.version + 1,
  }
}

export interface SettleContext {
  /** Epoch ms. */
  readonly now: number
  /** Left of its retry time. Unit: ms. */
  readonly endsInMs: number
  /** In [0, 1). */
  readonly random: number
}

/** `begun` is the delivery whose attempt ended with `outcome`. An endpoint that is gone for good gets no further attempt. */
export function settle(begun: Delivery, outcome: AttemptOutcome, context: SettleContext): Delivery {
  const { now, endsInMs, random } = context
  const settled = { ...begun, updatedAt: now, version: begun.version + 1 }
  if (outcome.delivered) return { ...settled, state: 'delivered', lastError: '', nextAttemptAt: now }
  const lastError = `${outcome.reason}: ${outcome.detail}`.slice(0, 500)
  const attempts = begun.attempts - begun.replayedAfter
  const failed = { attempts, endsInMs, retryAfterMs: outcome.retryAfterMs, random }
  const inMs = outcome.reason === 'gone' ? undefined : nextAttemptInMs(failed)
  return inMs === undefined
    ? { ...settled, state: 'dead', lastError, nextAttemptAt: now }
    : { ...settled, state: 'pending', lastError, nextAttemptAt: now + inMs }
}

/** Given up without an attempt, because there is nowhere to send it. */
export function bury(delivery: Delivery, why: string, now: number): Delivery {
  return {
    ...delivery,
    state: 'dead',
    lastError: why,
    nextAttemptAt: now,
    updatedAt: now,
    version: delivery.version + 1,
  }
}

/** A dead letter sent again by a person: the retry time begins anew, the id stays. */
export function revive(delivery: Delivery, now: number): Delivery {
  return {
    ...delivery,
    state: 'pending',
    replayedAfter: delivery.attempts,
    createdAt: now,
    nextAttemptAt: now,
    updatedAt: now,
    version: delivery.version + 1,
  }
}
