// Slows senders down while judging is behind: requests are held for a moment, and refused where that did not help.

import type { Refusal } from '../../receivers/http/refusal.ts'

export interface PressureOptions {
  /** Bytes of log appended and not judged yet. */
  readonly lagBytes: () => number
  /** Above this, records are refused. */
  readonly maxLagBytes: number
  readonly wait: (ms: number) => Promise<void>
  /** Monotonic milliseconds. */
  readonly clock: () => number
}

export interface Pressure {
  /** Judging is so far behind that whoever reads by itself waits with the next. */
  isHeld(): boolean
  /** Why nothing can be taken just now. */
  refusal(): Refusal | undefined
  /** The same, once judging has caught up or a sender has been held for long enough. */
  refusalInTime(): Promise<Refusal | undefined>
}

/**
 * Senders and readers are held beyond this: two reads of the judging thread and some more to go on with. What waits for longer is kept
 * by the garbage collector as if for good, and looking for it all over the heap costs several per cent of a processor.
 */
const heldFromBytes = 6 * 1024 * 1024
const holdMs = { longest: 1_000, look: 10 } as const

export function openPressure({ lagBytes, maxLagBytes, wait, clock }: PressureOptions): Pressure {
  let nextLook: Promise<void> | undefined
  /** One timer for all who are held. */
  const look = (): Promise<void> => {
    nextLook ??= wait(holdMs.look).finally(() => {
      nextLook = undefined
    })
    return nextLook
  }
  const refusal = (): Refusal | undefined => {
    const behind = lagBytes()
    return behind <= maxLagBytes ? undefined : detectionBehind(behind)
  }
  const isHeld = (): boolean => lagBytes() > Math.min(heldFromBytes, maxLagBytes)
  return {
    isHeld,
    refusal,
    refusalInTime: async () => {
      for (const until = clock() + holdMs.longest; isHeld() && clock() < until; ) await look()
      return refusal()
    },
  }
}

function detectionBehind(behind: number): Refusal {
  return {
    status: 429,
    code: 'detection-behind',
    message: `detection is ${Math.round(behind)} bytes behind`,
    hint: 'send again after the time in Retry-After',
    setting: 'receivers.http.maxLagBytes',
    retryAfterSeconds: 1,
  }
}
