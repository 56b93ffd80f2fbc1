// What a run of one fault comes to: its line in the table, and what of it is not as promised.

import type { CaseRun } from './run-case.ts'

export interface Outcome {
  readonly name: string
  readonly line: string
  /** Empty: all promises held. */
  readonly broken: readonly string[]
}

const mebi = 1024 * 1024
/** Of collector and store together. */
const mostMemoryMebi = 1_024
const leastLiveRates = 2
/** After a shorter fault the speed is printed and not judged: what else the machine does in that second weighs more. */
const tellingSeconds = 10
/** A request over a connection that died is given up after 30 s at the latest, and tried again a moment later. */
const mostBackAfterMs = 35_000

export const heading = `${'fault'.padEnd(28)} ${'backlog'.padStart(8)} ${'back after'.padStart(11)} ${'catch-up'.padStart(10)} ${'memory'.padStart(9)}  promises`

export function outcomeOf(name: string, { catchUp, memoryBytes, verdicts }: CaseRun, seconds: number): Outcome {
  const { backlog, backAfterMs, liveRates, hasCaughtUp } = catchUp
  const memory = Math.round(memoryBytes / mebi)
  const broken = [
    ...verdicts.filter(({ failures }) => failures > 0).map((each) => `${each.failures} ${each.check} (${each.detail})`),
    ...(hasCaughtUp ? [] : ['it does not catch up']),
    ...(seconds >= tellingSeconds && liveRates !== undefined && liveRates < leastLiveRates
      ? [`it catches up at less than ${leastLiveRates} times the live rate`]
      : []),
    ...(backAfterMs > mostBackAfterMs ? [`nothing moves for ${mostBackAfterMs} ms after the fault`] : []),
    ...(memory > mostMemoryMebi ? [`more than ${mostMemoryMebi} MiB of memory`] : []),
  ]
  const columns = [
    name.padEnd(28),
    String(backlog).padStart(8),
    `${(backAfterMs / 1_000).toFixed(1)} s`.padStart(11),
    (liveRates === undefined ? '–' : `${liveRates.toFixed(1)} ×`).padStart(10),
    `${memory} MiB`.padStart(9),
    ` ${broken.length === 0 ? 'hold' : 'BROKEN'}`,
  ]
  return { name, line: columns.join(' '), broken }
}
