// Named instants at which a crash test may kill the process; without such a test nothing happens there.

import { failpointVariable, readFailpoints } from '../../store/embedded/failpoints.ts'

/** Called with the name of each step that is passed. */
export type Failpoint = (step: string) => void

export const noFailpoint: Failpoint = () => undefined

/** `EASTWEST_FAILPOINTS=step=count,…`: `kill` is called when a step is passed for the count-th time. Only crash tests set it. */
export function failpointFrom(environment: Readonly<Record<string, string | undefined>>, kill: () => void): Failpoint {
  const text = environment[failpointVariable]
  if (text === undefined) return noFailpoint
  const strikes = readFailpoints(text)
  return (step) => {
    if (strikes(step)) kill()
  }
}
