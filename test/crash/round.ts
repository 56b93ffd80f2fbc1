// One life of the collector under load: started, killed at a step or an instant, and seen to its end.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoreAccount } from '../support/oracle.ts'
import { type CollectorProcess, startCollector } from './collector-process.ts'
import type { CrashBrokers } from './crash-brokers.ts'
import type { Kill } from './kill-plan.ts'
import type { Mutant } from './victim-mutants.ts'

export interface Trial {
  /** Keeps the log; undefined: the data folder does. */
  readonly brokers: CrashBrokers | undefined
  readonly mutant: Mutant
  readonly folder: string
  readonly config: string
  readonly data: string
}

/** What goes on while the collector lives. */
export interface Loading {
  /** Numbers of the records that it must not lose. */
  readonly acknowledged: ReadonlySet<number>
  run(url: string): Promise<void>
  stop(): void
}

/** A round ends this long after it began, killed or not. */
const roundMs = 2_500
/** How long a collector whose store was killed goes on before it is killed itself. */
const withoutStoreMs = 800

/** One start, load, kill. The stage at which it struck, or undefined when the step was never reached; `failed start`. */
export async function round(
  kill: Kill,
  { brokers, config, data, mutant }: Trial,
  load: Loading,
  look: (store: StoreAccount) => Promise<void>,
): Promise<string | undefined> {
  const collector = await startCollector(config, data, mutant, kill.environment)
  if (collector === 'killed') return kill.stage
  if (collector === 'failed') return 'failed start'
  const loading = load.run(collector.url)
  const looking = look(readerOf(collector, data))
  const struck =
    kill.outside === undefined
      ? await strikeAtStep(kill, collector)
      : await strikeFromOutside(kill.outside, collector, brokers)
  load.stop()
  collector.kill()
  await Promise.all([collector.gone, loading, looking])
  return struck ? kill.stage : undefined
}

export function readerOf(collector: CollectorProcess, data: string): StoreAccount {
  const password = readFileSync(join(data, 'store-reader.password'), 'utf8').trim()
  return { url: collector.store, username: 'reader', password }
}

/** A collector step ends the collector; a store step ends the child, and the collector goes on a while. */
async function strikeAtStep(kill: Kill, collector: CollectorProcess): Promise<boolean> {
  const ended = collector.gone.then(() => true)
  const waited = new Promise<boolean>((resolve) => setTimeout(() => resolve(kill.stage.startsWith('store:')), roundMs))
  return Promise.race([ended, waited])
}

async function strikeFromOutside(
  outside: NonNullable<Kill['outside']>,
  collector: CollectorProcess,
  brokers: CrashBrokers | undefined,
): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, outside.afterMs))
  if (outside.victim === 'collector') {
    collector.kill()
    return true
  }
  if (outside.victim === 'broker' || outside.victim === 'paused-broker') {
    await (outside.victim === 'broker' ? brokers?.killOne() : brokers?.pauseOne())
    return brokers !== undefined
  }
  const struck = collector.killStore()
  await new Promise((resolve) => setTimeout(resolve, withoutStoreMs))
  return struck
}
