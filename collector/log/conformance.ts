// What every log must do, whatever stands behind the port: one suite, run by each implementation's own test.

import { afterEach, describe } from 'vitest'
import { describeAppending } from './conformance/appending.ts'
import { describeCompacting } from './conformance/compacting.ts'
import { describeLasting } from './conformance/lasting.ts'
import type { Bench, LogUnderTest } from './conformance/log-under-test.ts'
import { describeTrimming } from './conformance/trimming.ts'

/** What the implementation lets the suite control. */
export interface Conformance {
  /** A new, empty log that reads the clock it is given and takes records up to `maxRecordBytes`. */
  readonly open: (clock: { readonly now: () => number }, maxRecordBytes: number) => Promise<LogUnderTest>
  /** Whether `trim` decides what goes. Where a broker decides, it does not. */
  readonly trims: boolean
  /** Whether append time comes from the clock that the log is given, or can be modelled. Where a broker tells it, neither. */
  readonly tellsTime: boolean
}

const maxRecordBytes = 64 * 1024
const startsAt = 1_000_000

export function describeLog(name: string, { open, trims, tellsTime }: Conformance): void {
  describe(`the log on ${name}`, { timeout: 120_000 }, () => {
    let under: LogUnderTest | undefined
    let clockAt = startsAt
    const openWithClock = () => open({ now: () => clockAt }, maxRecordBytes)
    const bench: Bench = {
      start: async () => {
        clockAt = startsAt
        under = await openWithClock()
        return under
      },
      open: openWithClock,
      setClock: (at) => {
        clockAt = at
      },
      maxRecordBytes,
      tellsTime,
    }
    afterEach(async () => {
      await under?.dispose()
      under = undefined
    })

    describeAppending(bench)
    describeLasting(bench)
    describeCompacting(bench)
    if (trims) describeTrimming(bench)
  })
}
