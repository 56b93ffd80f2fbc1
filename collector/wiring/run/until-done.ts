// Tries again for as long as an outage lasts, with longer and longer waits in between.

export interface UntilDoneOptions {
  readonly isStopped: () => boolean
  /** Told after each try that failed. */
  readonly onOutage: (cause: unknown) => void
  readonly wait: (ms: number) => Promise<void>
}

const retryMs = { first: 100, longest: 5_000 } as const

/** False when stopped before it was done. @throws what no retry mends */
export async function untilDone(attempt: () => Promise<void>, options: UntilDoneOptions): Promise<boolean> {
  const { isStopped, onOutage, wait } = options
  for (let waitMs: number = retryMs.first; !isStopped(); waitMs = Math.min(waitMs * 2, retryMs.longest)) {
    try {
      await attempt()
      return true
    } catch (cause) {
      if (!isOutage(cause)) throw cause
      onOutage(cause)
      await wait(waitMs)
    }
  }
  return false
}

/** True of what may be tried again. */
export function isOutage(cause: unknown): boolean {
  return cause instanceof Error && 'retryable' in cause && cause.retryable === true
}
