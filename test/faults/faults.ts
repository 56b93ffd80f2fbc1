// `npm run faults -- --seconds 30`: makes each fault under load, takes it away, and says whether the promises held.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { until } from '../support/until.ts'
import type { FaultCase } from './fault-case.ts'
import { faultsOnOneMachine } from './faults-on-one-machine.ts'
import { channels, faultsOfClocks, faultsOverKafka } from './faults-over-kafka.ts'
import type { Installation } from './installations/installation.ts'
import { openOneMachine } from './installations/one-machine.ts'
import { openOverKafka } from './installations/over-kafka.ts'
import { heading, type Outcome, outcomeOf } from './outcome.ts'
import { runCase } from './run-case.ts'
import { SteadyLoad } from './steady-load.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    /** Records a second. */
    rate: { type: 'string', default: '200' },
    /** What names of faults begin with, such as `store/` or `kafka/half-open`. */
    only: { type: 'string', default: '' },
  },
})

/** What the records of such a fault cost to judge is not paid again with each fault that follows. */
const longSeconds = 60

const startedAt = performance.now()
const seconds = Number(values.seconds)
const perSecond = Number(values.rate)
const folder = mkdtempSync(join(tmpdir(), 'eastwest-faults-run-'))
// The defaults judge as the collector's settings do.
writeFileSync(join(folder, 'reference.json'), '{}')

console.log(`faults of ${seconds} s each, ${perSecond} records/s`)
console.log(heading)
const outcomes = [
  ...(await runAll(faultsOverKafka, () => openOverKafka({ channels, ownClocks: false }))),
  ...(await runAll(faultsOfClocks, () => openOverKafka({ channels: 1, ownClocks: true }))),
  ...(await runAll(faultsOnOneMachine, openOneMachine)),
]
rmSync(folder, { recursive: true, force: true })
if (outcomes.length === 0) console.log(`no fault is named "${values.only}…"`)
const isClean = outcomes.length > 0 && outcomes.every(({ broken }) => broken.length === 0)
console.log(isClean ? 'the promises held' : 'FAILED')
process.exit(isClean ? 0 : 1)

interface Stand<In> {
  readonly installation: In
  readonly load: SteadyLoad
}

/** Each in turn in one installation; after a long one, and one that is not as promised, the next has a new one. */
async function runAll<In extends Installation>(
  cases: readonly FaultCase<In>[],
  open: () => Promise<In>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let stand: Stand<In> | undefined
  for (const fault of cases.filter(({ name }) => name.startsWith(values.only))) {
    process.stderr.write(`… ${fault.name}\n`)
    const outcome = await asOutcome(fault.name, async () => {
      stand ??= await openStand(open)
      return outcomeOf(fault.name, await runCase({ fault, ...stand, seconds, folder }), seconds)
    })
    outcomes.push(outcome)
    console.log(`${outcome.line}  (${Math.round((performance.now() - startedAt) / 1_000)} s)`)
    for (const each of outcome.broken) console.log(`    ${each}`)
    if (outcome.broken.length === 0 && seconds < longSeconds) continue
    await stand?.installation.close()
    stand = undefined
  }
  await stand?.installation.close()
  return outcomes
}

async function openStand<In extends Installation>(open: () => Promise<In>): Promise<Stand<In>> {
  const installation = await open()
  try {
    const isReady = async () => (await installation.collector.get('/readyz')).status === 200
    await until(isReady, 'the collector is ready')
    return { installation, load: new SteadyLoad(perSecond) }
  } catch (cause) {
    await installation.close()
    throw cause
  }
}

/** What could not be run to its end is not as promised either. */
async function asOutcome(name: string, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    return { name, line: `${name.padEnd(28)} BROKEN`, broken: [detail] }
  }
}
