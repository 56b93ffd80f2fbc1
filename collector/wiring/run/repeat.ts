// Runs a task of the house every so often.

import type { Outages } from './outages.ts'

export interface RepeatOptions {
  readonly outages: Pick<Outages, 'set'>
  readonly onFailure: (error: unknown) => void
}

/** One at a time; an outage is shown and tried again, a bug ends the process. Returns the way to stop. */
export function repeat(everyMs: number, { outages, onFailure }: RepeatOptions, task: () => Promise<void>): () => void {
  let stopped = false
  let timer: NodeJS.Timeout
  const turn = async (): Promise<void> => {
    try {
      await task()
      outages.set('housekeeping', undefined)
    } catch (cause) {
      if (stopped) return
      if (!(cause instanceof Error && 'retryable' in cause)) {
        onFailure(cause)
        return
      }
      outages.set('housekeeping', cause)
    }
    if (!stopped) timer = setTimeout(turn, everyMs)
  }
  timer = setTimeout(turn, everyMs)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
