// Runs a task of the house every so often.

import type { Outages } from './outages.ts'

export interface RepeatOptions {
  readonly outages: Pick<Outages, 'set'>
  readonly onFailure: (error: unknown) => void
  /** Which is out while the task cannot be done. */
  readonly part: string
}

/** One at a time; an outage is shown and tried again, a bug ends the process. Returns the way to stop. */
export function repeat(
  everyMs: number,
  { outages, onFailure, part }: RepeatOptions,
  task: () => Promise<void>,
): () => void {
  let stopped = false
  let timer: NodeJS.Timeout
  const turn = async (): Promise<void> => {
    try {
      await task()
      outages.set(part, undefined)
    } catch (cause) {
      if (stopped) return
      if (!(cause instanceof Error && 'retryable' in cause)) {
        onFailure(cause)
        return
      }
      outages.set(part, cause)
    }
    if (!stopped) timer = setTimeout(turn, everyMs)
  }
  timer = setTimeout(turn, everyMs)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
