// `npm run crash -- --kills 300`: kills collector or store under load, again and again, and asks the oracle what was lost;
// with `--log kafka` over three real brokers, one of which is killed or paused too.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { comeToRest } from '../support/come-to-rest.ts'
import { judge, type StoreAccount, type Verdict } from '../support/oracle.ts'
import { openWebhookSink, type WebhookSink } from '../support/webhook-sink.ts'
import { type CollectorProcess, startCollector } from './collector-process.ts'
import { type CrashBrokers, openCrashBrokers } from './crash-brokers.ts'
import { DoublingWatch } from './doubling-watch.ts'
import { type Kill, type LogKind, planKill, seededRandom } from './kill-plan.ts'
import { Load } from './load.ts'
import { type Mutant, mutants } from './victim-mutants.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    mutant: { type: 'string' },
    log: { type: 'string', default: 'embedded' },
    keep: { type: 'boolean', default: false },
  },
})

interface Trial {
  /** Keeps the log; undefined: the data folder does. */
  readonly brokers: CrashBrokers | undefined
  readonly mutant: Mutant
  readonly folder: string
  readonly config: string
  readonly data: string
}

/** A round ends this long after it began, killed or not. */
const roundMs = 2_500
const sendingAtOnce = 2
const mostFailedStarts = 10
const smallInserts = 'store: { port: 0, batchRows: 200, batchMs: 100, minFreeDiskBytes: 0 }\n'

const kills = Number(values.kills)
const seed = Number(values.seed)
const logKind: LogKind = values.log === 'kafka' ? 'kafka' : 'embedded'
const checked: readonly Mutant[] =
  values.mutant === undefined ? mutants : mutants.filter((mutant) => mutant === values.mutant)
let failed = false
for (const mutant of checked) {
  // The faulty builds need only as many kills as show the fault.
  const verdicts = await crashRun(mutant, mutant === 'none' ? kills : Math.min(kills, 25))
  const broken = verdicts.filter(({ failures }) => failures > 0)
  const expectedToFail = mutant !== 'none'
  if (broken.length > 0 !== expectedToFail) failed = true
  console.log(
    expectedToFail
      ? `the build that ${mutant} ${broken.length > 0 ? 'was caught, as it must be' : 'WAS NOT CAUGHT'}`
      : broken.length === 0
        ? 'nothing lost, nothing doubled'
        : 'FAILED',
  )
}
process.exit(failed ? 1 : 0)

async function crashRun(mutant: Mutant, count: number): Promise<readonly Verdict[]> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-crash-'))
  const sink = await openWebhookSink()
  const brokers = logKind === 'kafka' ? await openCrashBrokers() : undefined
  const trial: Trial = { brokers, mutant, folder, config: join(folder, 'settings.yaml'), data: join(folder, 'data') }
  writeFileSync(trial.config, `${settingsText(sink)}${smallInserts}${brokers?.settings ?? ''}`)
  await brokers?.makeTopics(trial.config)
  const random = seededRandom(seed)
  const load = new Load()
  const counts = new Map<string, number>()
  const watch = new DoublingWatch()
  let lastKill = 'no kill'
  console.log(`crash run: ${count} kills, log: ${logKind}, build: ${mutant}, seed: ${seed}`)
  let struck = 0
  let lives = 0
  let failedStarts = 0
  for (; struck < count && failedStarts < mostFailedStarts; lives++) {
    const kill = planKill(lives, random, logKind)
    const look = (store: StoreAccount): Promise<void> => watch.look(store, lastKill)
    const stage = await round(kill, trial, load, look)
    if (stage === 'failed start') failedStarts += 1
    if (stage === undefined || stage === 'failed start') continue
    struck += 1
    lastKill = `kill ${struck} (${stage})`
    counts.set(stage, (counts.get(stage) ?? 0) + 1)
    if (struck % 25 === 0) console.log(`  ${struck} kills, ${load.acknowledged.size} records acknowledged`)
  }
  const verdicts = [
    ...(await settleAndJudge(trial, load, sink, lives)),
    { check: 'starts that failed', failures: failedStarts, detail: '' },
  ]
  console.log(
    [...counts]
      .sort()
      .map(([stage, kills]) => `  ${String(kills).padStart(4)} kills at ${stage}`)
      .join('\n'),
  )
  for (const { check, failures, detail } of verdicts)
    console.log(`  ${String(failures).padStart(4)} ${check}${detail === '' ? '' : ` (${detail})`}`)
  for (const sighting of watch.sightings) console.log(`  coordinates doubled: ${sighting}`)
  await sink.close()
  await brokers?.stop()
  if (values.keep) console.log(`kept: ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  return verdicts
}

/** One start, load, kill. The stage at which it struck, or undefined when the step was never reached; `failed start`. */
async function round(
  kill: Kill,
  { brokers, config, data, mutant }: Trial,
  load: Load,
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
  await new Promise((resolve) => setTimeout(resolve, 800))
  return struck
}

async function settleAndJudge(
  { config, data, mutant, folder }: Trial,
  load: Load,
  sink: WebhookSink,
  interruptions: number,
): Promise<readonly Verdict[]> {
  const collector = await startCollector(config, data, mutant, {})
  if (typeof collector === 'string') throw new Error('the collector does not start after the last kill')
  await comeToRest(collector.url)
  const uninterrupted = join(folder, 'uninterrupted.yaml')
  writeFileSync(uninterrupted, settingsText(sink))
  const verdicts = await judge({
    store: readerOf(collector, data),
    acknowledged: load.acknowledged,
    received: sink.received,
    mostAttempts: 1 + interruptions,
    mostRepeats: interruptions * sendingAtOnce,
    config: uninterrupted,
    data,
    file: join(folder, 'lines.log'),
  })
  await collector.stop()
  return [...verdicts, { check: 'bad webhook signatures', failures: sink.badSignatures(), detail: '' }]
}

function readerOf(collector: CollectorProcess, data: string): StoreAccount {
  const password = readFileSync(join(data, 'store-reader.password'), 'utf8').trim()
  return { url: collector.store, username: 'reader', password }
}

function settingsText(sink: WebhookSink): string {
  return `receivers: { http: { port: 0 } }
detectors: { snapshotSeconds: 1 }
telemetry: { logLevel: silent }
alerts:
  channels:
    sink: { type: webhook, url: '${sink.url}', secrets: ['${sink.secret}'], allowPrivateAddresses: true, concurrency: ${sendingAtOnce} }
`
}
