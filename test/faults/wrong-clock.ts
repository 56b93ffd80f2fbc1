// The fault of a clock that is wrong for a while.

import type { ShiftedClock } from '../support/shifted-clock.ts'
import type { FaultCase } from './fault-case.ts'

export const hourSeconds = 3_600

export function wrongClock<In>(
  name: string,
  clockOf: (installation: In) => ShiftedClock | undefined,
  seconds: number,
): FaultCase<In> {
  return {
    name,
    begin: (installation) => {
      const clock = clockOf(installation)
      clock?.shift(seconds)
      return () => clock?.shift(0)
    },
  }
}
