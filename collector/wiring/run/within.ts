// Waits for work, but not for ever.

import { pause } from './pause.ts'

/** Resolves when the work does, or after `ms`; rejects when the work does before that. Leaves no timer behind. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController()
  try {
    await Promise.race([work, pause(ms, settled.signal)])
  } finally {
    settled.abort()
  }
}
