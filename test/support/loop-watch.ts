// Imported before the collector: tells over the IPC channel how long its event loop stood still since the last question.

import { closeSync, openSync, readSync } from 'node:fs'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** Milliseconds beyond what a timer takes anyway. */
export interface Delays {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface LoopDelay {
  /** As others feel it. */
  readonly felt: Delays
  /** Without the time that the thread waited for a processor: what its own work takes on a machine of its own. */
  readonly own: Delays
}

const paceMs = 2
const felt = createHistogram()
const own = createHistogram()
const place = Buffer.alloc(128)

/** Nanoseconds that the main thread was ready to run and did not; 0 where the kernel does not say. */
function waitedNs(): number {
  let file: number
  try {
    file = openSync('/proc/self/schedstat', 'r')
  } catch {
    return 0
  }
  const length = readSync(file, place, 0, place.length, 0)
  closeSync(file)
  return Number(place.toString('latin1', 0, length).split(' ')[1] ?? 0)
}

let at = process.hrtime.bigint()
let waited = waitedNs()
function look(): void {
  const now = process.hrtime.bigint()
  const waitedNow = waitedNs()
  const delay = Number(now - at) - paceMs * 1e6
  felt.record(Math.max(1, Math.round(delay)))
  own.record(Math.max(1, Math.round(delay - (waitedNow - waited))))
  at = process.hrtime.bigint()
  waited = waitedNow
  setTimeout(look, paceMs).unref()
}
look()

function told(histogram: RecordableHistogram): Delays {
  const delays = {
    p50: histogram.percentile(50) / 1e6,
    p99: histogram.percentile(99) / 1e6,
    max: histogram.max / 1e6,
  }
  histogram.reset()
  return delays
}

process.on('message', (message) => {
  if (message === 'loop-delay') process.send?.({ felt: told(felt), own: told(own) } satisfies LoopDelay)
})
process.channel?.unref()
