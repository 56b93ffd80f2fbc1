// `npm run crash -- --kills 300`: kills collector or store under load, again and again, and asks the oracle what was lost;
// with `--log kafka` over three real brokers, one of which is killed or paused too; with `--log source-topics` while it
// reads a topic of others; with `--log fleet` processes with roles that share the work over three brokers and one store.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { comeToRest } from '../support/come-to-rest.ts'
import { auditLines } from '../support/numbered-records/audit-lines.ts'
import { lineOf } from '../support/numbered-records/records.ts'
import { judge, type StoreAccount, type Verdict } from '../support/oracle.ts'
import { openWebhookSink, type WebhookSink } from '../support/webhook-sink.ts'
import { startCollector } from './collector-process.ts'
import { openCrashBrokers } from './crash-brokers.ts'
import { DoublingWatch } from './doubling-watch.ts'
import { fleetTrials } from './fleet-mutants.ts'
import { fleetRun } from './fleet-run.ts'
import { type LogKind, logKinds, planKill, seededRandom } from './kill-plan.ts'
import { Load } from './load.ts'
import { type Loading, readerOf, round, type Trial } from './round.ts'
import { judgeSource } from './source-oracle.ts'
import { openSourceTopic, type SourceTopic } from './source-topic.ts'
import { isAsExpected, tellVerdicts } from './verdicts-told.ts'
import { type Mutant, mutants, mutantsOfSourceTopics } from './victim-mutants.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    mutant: { type: 'string' },
    log: { type: 'string', default: 'embedded' },
    target: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

const sendingAtOnce = 2
const mostFailedStarts = 10
const smallInserts = 'store: { port: 0, batchRows: 200, batchMs: 100, minFreeDiskBytes: 0 }\n'

const kills = Number(values.kills)
const seed = Number(values.seed)
const failed = values.log === 'fleet' ? await crashFleets() : await crashCollectors()
process.exit(failed ? 1 : 0)

/** Each build where it is struck. */
async function crashFleets(): Promise<boolean> {
  let failed = false
  for (const trial of fleetTrials(kills)) {
    const { build, target, strikes } = trial
    if ((values.mutant ?? build) !== build || (values.target ?? target) !== target) continue
    console.log(`crash run: ${strikes} strikes at ${target}, log: fleet, build: ${build}, seed: ${seed}`)
    const { verdicts, counts } = await fleetRun(trial, seed)
    tellVerdicts(verdicts, counts)
    if (!isAsExpected(build, verdicts)) failed = true
  }
  return failed
}

async function crashCollectors(): Promise<boolean> {
  const logKind: LogKind = logKinds.find((kind) => kind === values.log) ?? 'embedded'
  const known = logKind === 'source-topics' ? mutantsOfSourceTopics : mutants
  let failed = false
  for (const mutant of known) {
    if ((values.mutant ?? mutant) !== mutant) continue
    // The faulty builds need only as many kills as show the fault.
    const verdicts = await crashRun(mutant, mutant === 'none' ? kills : Math.min(kills, 25), logKind)
    if (!isAsExpected(mutant, verdicts)) failed = true
  }
  return failed
}

async function crashRun(mutant: Mutant, count: number, logKind: LogKind): Promise<readonly Verdict[]> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-crash-'))
  const sink = await openWebhookSink()
  const brokers = logKind === 'kafka' ? await openCrashBrokers() : undefined
  const trial: Trial = { brokers, mutant, folder, config: join(folder, 'settings.yaml'), data: join(folder, 'data') }
  const source = logKind === 'source-topics' ? await openSourceTopic() : undefined
  const settings = settingsText(sink, source?.settings)
  writeFileSync(trial.config, `${settings}${smallInserts}${brokers?.settings ?? ''}`)
  await brokers?.makeTopics(trial.config)
  const random = seededRandom(seed)
  const load = source?.load ?? new Load()
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
    ...(await settleAndJudge(trial, load, source, sink, lives)),
    { check: 'starts that failed', failures: failedStarts, detail: '' },
  ]
  tellVerdicts(verdicts, counts)
  for (const sighting of watch.sightings) console.log(`  coordinates doubled: ${sighting}`)
  await sink.close()
  await brokers?.stop()
  await source?.close()
  if (values.keep) console.log(`kept: ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  return verdicts
}

async function settleAndJudge(
  { config, data, mutant, folder }: Trial,
  load: Loading,
  source: SourceTopic | undefined,
  sink: WebhookSink,
  interruptions: number,
): Promise<readonly Verdict[]> {
  const collector = await startCollector(config, data, mutant, {})
  if (typeof collector === 'string') throw new Error('the collector does not start after the last kill')
  await comeToRest(collector.url, source === undefined ? undefined : ['read', 'judged', 'stored', 'delivered'])
  const uninterrupted = join(folder, 'uninterrupted.yaml')
  writeFileSync(uninterrupted, settingsText(sink))
  const store = readerOf(collector, data)
  const verdicts = await judge({
    store,
    lineOf: source === undefined ? lineOf : auditLines.lineOf,
    acknowledged: load.acknowledged,
    received: sink.received,
    mostAttempts: 1 + interruptions,
    mostRepeats: interruptions * sendingAtOnce,
    config: uninterrupted,
    data,
    file: join(folder, 'lines.log'),
  })
  const ofSource = source === undefined ? [] : await judgeSource(store, source.places)
  await collector.stop()
  return [...verdicts, ...ofSource, { check: 'bad webhook signatures', failures: sink.badSignatures(), detail: '' }]
}

function settingsText(sink: WebhookSink, more = ''): string {
  return `receivers: { http: { port: 0 }${more === '' ? '' : `, ${more}`} }
detectors: { snapshotSeconds: 1 }
telemetry: { logLevel: silent }
alerts:
  channels:
    sink: { type: webhook, url: '${sink.url}', secrets: ['${sink.secret}'], allowPrivateAddresses: true, concurrency: ${sendingAtOnce} }
`
}
