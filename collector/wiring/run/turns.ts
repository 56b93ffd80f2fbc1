// Lets long work of several requests take turns with each other and with the rest of the process.

import type { Steps } from '../../scrub/steps.ts'

export interface TurnsOptions {
  /** Monotonic milliseconds. */
  readonly clock: () => number
  /** Calls back once everything else has had its turn. */
  readonly afterOthers: (call: () => void) => void
}

export type Turns = <Result>(steps: Steps<Result>) => Promise<Result>

/** Longest stretch of such work between two looks at the rest of the process, all requests together. */
const turnMs = 4
/** Longest stretch of one request's work while others wait. */
const sliceMs = 1

interface Job {
  /** One step at least; true when it is done. Never throws. */
  readonly work: (untilMs: number) => boolean
}

export function openTurns({ clock, afterOthers }: TurnsOptions): Turns {
  const jobs: Job[] = []
  let spentMs = 0
  let isCalled = false
  const callAfterOthers = (): void => {
    if (isCalled) return
    isCalled = true
    afterOthers(() => {
      isCalled = false
      spentMs = 0
      workOn()
    })
  }
  /** Whoever waits longest goes first, a slice each, until the turn is spent. */
  const workOn = (): void => {
    for (let job = jobs.shift(); job !== undefined; job = spentMs < turnMs ? jobs.shift() : undefined) {
      const startedAt = clock()
      const mostMs = jobs.length === 0 ? turnMs : sliceMs
      if (!job.work(startedAt + Math.min(mostMs, turnMs - spentMs))) jobs.push(job)
      spentMs += clock() - startedAt
    }
    if (spentMs > 0) callAfterOthers()
  }
  return (steps) =>
    new Promise((resolve, reject) => {
      jobs.push({
        work: (untilMs) => {
          try {
            for (let step = steps.next(); ; step = steps.next()) {
              if (step.done === true) {
                resolve(step.value)
                return true
              }
              if (clock() >= untilMs) return false
            }
          } catch (cause) {
            reject(cause)
            return true
          }
        },
      })
      if (spentMs < turnMs) workOn()
    })
}
