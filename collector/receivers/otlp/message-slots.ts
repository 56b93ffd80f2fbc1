// Bounds how many gRPC messages are in memory at once: whoever comes later waits, unread, for a while.

import type { Refusal } from '../http/refusal.ts'

export interface SlotsOptions {
  readonly slots: number
  readonly waitMs: number
  /** Calls `run` later; what it returns calls it off. */
  readonly schedule: (delayMs: number, run: () => void) => () => void
}

export interface Slots {
  /** A slot, to be given back once, or why there is none. */
  take(): Promise<(() => void) | Refusal>
}

export function openSlots({ slots, waitMs, schedule }: SlotsOptions): Slots {
  let free = slots
  const waiting = new Set<() => void>()
  const open = (): (() => void) => {
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      free++
      const [next] = waiting
      if (next !== undefined) next()
    }
  }
  return {
    take: () => {
      if (free > 0) {
        free--
        return Promise.resolve(open())
      }
      return new Promise((resolve) => {
        const callOff = schedule(waitMs, () => {
          waiting.delete(go)
          resolve(noSlot)
        })
        const go = (): void => {
          waiting.delete(go)
          callOff()
          free--
          resolve(open())
        }
        waiting.add(go)
      })
    },
  }
}

const noSlot: Refusal = {
  status: 429,
  code: 'too-many-bytes-in-flight',
  message: 'too many messages are being received at once',
  hint: 'send again after the time in RetryInfo',
  setting: 'receivers.http.inFlightBytes',
  retryAfterSeconds: 1,
}
