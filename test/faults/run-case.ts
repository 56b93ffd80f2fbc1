// One fault under load: made, taken away, caught up with, and judged by the oracle.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { watchMemory } from '../benchmarks/process-facts.ts'
import { comeToRest } from '../support/come-to-rest.ts'
import { lineOf } from '../support/numbered-records/records.ts'
import { judge, type Verdict } from '../support/oracle.ts'
import { lives } from '../support/processes.ts'
import { type CatchUp, catchUpOf, type Look } from './catch-up.ts'
import type { FaultCase } from './fault-case.ts'
import type { Installation } from './installations/installation.ts'
import type { SteadyLoad } from './steady-load.ts'
import { openStoredSoFar } from './stored-so-far.ts'

export interface CaseRun {
  readonly catchUp: CatchUp
  /** The most that collector and store together had of their own. */
  readonly memoryBytes: number
  readonly verdicts: readonly Verdict[]
}

export interface CaseOptions<In> {
  readonly fault: FaultCase<In>
  readonly installation: In
  readonly load: SteadyLoad
  /** How long the fault lasts. */
  readonly seconds: number
  /** For settings and lines of the reference run. */
  readonly folder: string
}

const lookMs = 50
/** Live at most this far behind: some inserts' time. Unit: ms. */
const nearEnoughMs = 1_000
/** Catching up may take this long beside twice the fault's length. */
const patienceMs = 90_000
/** A fault shorter than this is over before the second attempt of a notification. */
const secondAttemptSeconds = 3
/** Attempts fall due 5 min after the second fails, and 30 min after the third. */
const deliveryPatienceMs = (seconds: number): number => (seconds > 200 ? 45 : 9) * 60_000

export async function runCase<In extends Installation>(options: CaseOptions<In>): Promise<CaseRun> {
  const { fault, installation, load, seconds } = options
  const { collector, store, pids } = installation
  const nearEnough = (load.perSecond * nearEnoughMs) / 1_000
  const stored = openStoredSoFar(store)
  const memory = watchMemory(pids)
  const looks: Look[] = []
  const look = async (): Promise<boolean> => {
    await pause(lookMs)
    const now = await stored.look()
    looks.push({ at: performance.now(), due: load.due, stored: now })
    if (!lives(collector.pid)) throw new Error(`the collector ended:\n${collector.stderr().slice(-2_000)}`)
    return load.due - now <= nearEnough
  }
  const lookUntil = async (isDone: (isNear: boolean) => boolean, deadlineMs: number): Promise<void> => {
    const until = performance.now() + deadlineMs
    while (!isDone(await look())) if (performance.now() > until) return
  }
  try {
    load.start(collector.url)
    const startedAt = performance.now()
    await lookUntil((isNear) => isNear && performance.now() - startedAt > 2 * nearEnoughMs, patienceMs)
    const beganAt = performance.now()
    const takeAway = fault.begin(installation)
    try {
      await lookUntil(() => performance.now() - beganAt >= seconds * 1_000, seconds * 1_000)
    } finally {
      takeAway()
    }
    const faultEndedAt = performance.now()
    await lookUntil((isNear) => isNear, 2 * seconds * 1_000 + patienceMs)
    await load.stop()
    const catchUp = catchUpOf({ looks, faultEndedAt, perSecond: load.perSecond, nearEnough })
    const verdicts = await settledVerdicts(options)
    return { catchUp, memoryBytes: memory.stop(), verdicts }
  } finally {
    await load.stop()
    memory.stop()
    await stored.close()
  }
}

async function settledVerdicts<In extends Installation>(options: CaseOptions<In>): Promise<readonly Verdict[]> {
  const { fault, installation, load, seconds, folder } = options
  const waitsForSchedule = fault.delaysDeliveries === true && seconds > secondAttemptSeconds
  await comeToRest(installation.collector.url, undefined, waitsForSchedule ? deliveryPatienceMs(seconds) : undefined)
  return judge({
    store: installation.store,
    lineOf,
    acknowledged: load.acknowledged,
    received: installation.sink.received,
    mostAttempts: Number.POSITIVE_INFINITY,
    mostRepeats: Number.POSITIVE_INFINITY,
    config: join(folder, 'reference.json'),
    data: installation.data,
    file: join(folder, 'lines.log'),
  })
}
