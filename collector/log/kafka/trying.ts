// Tries a request again while that may help: leaders move, connections break, brokers start.

import { type Failure, failureOf } from './failures.ts'

export interface Patience {
  /** How long something is tried. Unit: ms. */
  readonly giveUpMs: number
  readonly wait: (ms: number) => Promise<void>
  /** Monotonic milliseconds. */
  readonly clock: () => number
  /** From 0 up to 1: keeps those who failed together from trying again together. */
  readonly random: () => number
}

const pauseMs = { first: 50, longest: 1_000 } as const

/**
 * Rejects with the last failure, at once where trying again cannot help.
 *
 * @param recover what to do before the next try
 * @param onFailure hears of every failure, and whether it is the last
 */
export async function trying<Result>(
  attempt: () => Promise<Result>,
  { giveUpMs, wait, clock, random }: Patience,
  recover: (cause: unknown) => Promise<void>,
  onFailure: (failure: Failure, isLast: boolean) => void = () => undefined,
): Promise<Result> {
  const until = clock() + giveUpMs
  for (let pause: number = pauseMs.first; ; pause = Math.min(2 * pause, pauseMs.longest)) {
    try {
      return await attempt()
    } catch (cause) {
      const failure = failureOf(cause)
      const isLast = failure === 'too-large' || failure === 'refused' || clock() > until
      onFailure(failure, isLast)
      if (isLast) throw cause
      await recover(cause)
      await wait(pause * (0.5 + random() / 2))
    }
  }
}
