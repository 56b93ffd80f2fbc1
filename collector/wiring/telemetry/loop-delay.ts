// How long the event loop stands still: everything waits meanwhile, so it is the first thing to look at when all is slow.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/** Seconds beyond what a timer takes anyway, over the last one to two minutes. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface LoopDelayGauge {
  read(): LoopDelay
  close(): void
}

const resolutionMs = 10
export const windowMs = 60_000

/**
 * Two histograms, started a window apart and each emptied after two: whoever asks, however often, gets the older one,
 * so that no reader takes a maximum away from another.
 */
export function watchLoopDelay(every: (ms: number, call: () => void) => () => void): LoopDelayGauge {
  let older = monitorEventLoopDelay({ resolution: resolutionMs })
  let younger = monitorEventLoopDelay({ resolution: resolutionMs })
  older.enable()
  younger.enable()
  const stop = every(windowMs, () => {
    older.reset()
    const emptied = older
    older = younger
    younger = emptied
  })
  return {
    read: () => ({
      p50: secondsOf(older, older.percentile(50)),
      p99: secondsOf(older, older.percentile(99)),
      max: secondsOf(older, older.max),
    }),
    close: () => {
      stop()
      older.disable()
      younger.disable()
    },
  }
}

/** What is recorded is the time between two looks: the part beyond the pace is delay. */
function secondsOf({ max }: IntervalHistogram, nanoseconds: number): number {
  return max === 0 ? 0 : Math.max(0, nanoseconds / 1e6 - resolutionMs) / 1000
}
