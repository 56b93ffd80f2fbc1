// Hands verdicts to the alerts room in order, tries again while the log refuses, and knows when all of them are durable.

import type { JudgedRecord } from '../../../schemas/findings.ts'
import { untilDone } from '../run/until-done.ts'

export interface TellingOptions {
  /** Durable when it resolves. Rejects with `retryable: true` during an outage; nothing of it was applied then. */
  readonly apply: (records: readonly JudgedRecord[]) => Promise<void>
  readonly onApplied: () => void
  readonly onOutage: (error: unknown) => void
  /** A bug: nothing can go on. */
  readonly onFailure: (error: unknown) => void
  readonly wait: (ms: number) => Promise<void>
}

/** Verdicts told before were given up: they are not durable, and will be judged again after a restart. */
export class VerdictsGivenUp extends Error {
  readonly code = 'ERR_VERDICTS_GIVEN_UP'
  readonly retryable = false
}

interface Waiter {
  /** How many verdicts have to be durable. */
  readonly count: number
  readonly resolve: () => void
  readonly reject: (cause: VerdictsGivenUp) => void
}

/** Verdicts waiting before the pipeline pauses. */
const maxWaiting = 10_000

export class Telling {
  private readonly options: TellingOptions
  private waiting: JudgedRecord[] = []
  private working: Promise<void> | undefined
  private stopped = false
  private told = 0
  private applied = 0
  private waiters: Waiter[] = []

  constructor(options: TellingOptions) {
    this.options = options
  }

  /** Resolves at once while there is room. */
  async tell(verdicts: readonly JudgedRecord[]): Promise<void> {
    this.waiting.push(...verdicts)
    this.told += verdicts.length
    this.working ??= this.work()
    if (this.waiting.length >= maxWaiting) await this.working
  }

  /**
   * Resolves once everything told before is durable, however much is told after it.
   * @throws VerdictsGivenUp when it will not be: stopped, or failed for good
   */
  durable(): Promise<void> {
    if (this.applied >= this.told) return Promise.resolve()
    if (this.working === undefined) return Promise.reject(givenUp())
    return new Promise((resolve, reject) => this.waiters.push({ count: this.told, resolve, reject }))
  }

  /** Gives up what is not durable; it is judged again after the restart. */
  stop(): void {
    this.stopped = true
  }

  private async work(): Promise<void> {
    const { onOutage, wait } = this.options
    const trying = { isStopped: () => this.stopped, onOutage, wait }
    try {
      while (this.waiting.length > 0 && !this.stopped) {
        const records = this.waiting
        this.waiting = []
        if (!(await untilDone(() => this.options.apply(records), trying))) break
        this.options.onApplied()
        this.applied += records.length
        this.release()
      }
    } catch (cause) {
      this.options.onFailure(cause)
    } finally {
      this.working = undefined
      for (const { reject } of this.waiters.splice(0)) reject(givenUp())
    }
  }

  /** Who waits for fewer stands before who waits for more. */
  private release(): void {
    const later = this.waiters.findIndex(({ count }) => count > this.applied)
    for (const { resolve } of this.waiters.splice(0, later === -1 ? this.waiters.length : later)) resolve()
  }
}

function givenUp(): VerdictsGivenUp {
  return new VerdictsGivenUp('verdicts were given up before they were durable: they are judged again after a restart')
}
