// One crash run over a fleet: processes that share the work over three brokers and one store, all of them struck under load.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openFleetSettings } from '../support/fleet.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import { lineOf } from '../support/numbered-records/records.ts'
import { judge, type Verdict } from '../support/oracle.ts'
import { openWebhookSink, type WebhookSink } from '../support/webhook-sink.ts'
import { type CrashBrokers, openCrashBrokers } from './crash-brokers.ts'
import { buildDeduplicationStrikes } from './deduplication-strike.ts'
import type { FleetTrial } from './fleet-mutants.ts'
import { FleetPlace } from './fleet-place.ts'
import { places, planFleetStrike } from './fleet-plan.ts'
import { fleetComesToRest } from './fleet-rest.ts'
import { seededRandom } from './kill-plan.ts'
import { Load } from './load.ts'
import { openStruckStore, type StoreStrike, type StruckStore } from './store-strikes.ts'
import { Strikes } from './strikes.ts'
import { tokenWindow } from './trusting-tokens.ts'

const partitions = { ingest: 4, keyed: 4, findings: 2 }
const owned = partitions.ingest + partitions.keyed + partitions.findings
const sendingAtOnce = 2
/** Between two bodies, each of which is 8 s of events: their time runs at most twenty times as fast as ours. */
const restMs = 400
/**
 * A fleet folds what is up to five seconds of appends ahead of the slowest partition, here 100 s of events. What a detector
 * waits for is more than that: less would make it late by the speed of this run alone.
 */
const latenessMs = 120_000
/** Whoever is struck holds rows that are not stored yet. */
const batchMs = 500
/** What the receiver of notifications takes for each: less than its channel waits. */
const slowAnswerMs = 8_000
/** Longest time until somebody takes up what nobody owns, and says so. */
const takeOverMs = 30_000
const surroundingsMs = 12_000
const storeSteps = ['store:before-insert', 'store:after-insert', 'store:before-ack'] as const
/** One deployment has one key: ids of events that hold references hang on it. */
const scrubKey = `crash:${Buffer.alloc(32, 7).toString('base64url')}\n`
const faultyEntry = fileURLToPath(new URL('./fleet-victim.js', import.meta.url))

export interface FleetOutcome {
  readonly verdicts: readonly Verdict[]
  /** Strikes by stage. */
  readonly counts: ReadonlyMap<string, number>
}

export async function fleetRun({ build, target, strikes: count }: FleetTrial, seed: number): Promise<FleetOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-crash-'))
  const random = seededRandom(seed)
  const strikes = new Strikes(count)
  const sink = await openWebhookSink()
  // Sleepers have notifications to send when they wake, which others have sent meanwhile.
  if (target === 'sleepers') sink.answerAfter(slowAnswerMs)
  const brokers = await openCrashBrokers()
  const struck = await openStruckStore(
    target === 'store' ? buildDeduplicationStrikes(random) : stepsOf(target, random),
    strikes,
  )
  // The engine writes tokens down whether or not it is told to mind them: so both builds pass the place.
  if (target === 'store') await struck.store.writer.command({ query: tokenWindow })
  const own = settingsOf(sink)
  const settings = await openFleetSettings({
    broker: brokers,
    store: struck.store,
    partitions,
    kafka: { replicationFactor: 3, minInsyncReplicas: 2, giveUpMs: 3_000 },
    batchMs,
    more: own,
  })
  const start = (roles: string, environment: Readonly<Record<string, string>>): Promise<FleetProcess> =>
    build === 'none'
      ? startFleetProcess(roles, settings, { scrubKey, environment })
      : startFleetProcess(roles, settings, {
          scrubKey,
          entry: faultyEntry,
          environment: { ...environment, EASTWEST_MUTANT: build },
        })
  let planned = 0
  const fleet = places.map(
    (roles) =>
      new FleetPlace({
        plan: () => planFleetStrike(planned++, roles, random, target),
        start: (environment) => start(roles, environment),
        strikes,
        onSleep: () => sink.answerAfter(0),
      }),
  )
  const load = new Load()
  try {
    await Promise.all([
      ...fleet.map((place) => place.run()),
      post(load, fleet, strikes),
      target === 'everything' ? strikeSurroundings(brokers, struck, strikes, random) : undefined,
      tell(load, strikes),
    ])
    await struck.spare()
    const standing = (): FleetProcess[] => fleet.flatMap(({ standing }) => standing ?? [])
    await fleetComesToRest(standing, struck.store.reader, { partitions: owned, quietMs: latenessMs + takeOverMs })
    writeFileSync(join(folder, 'settings.yaml'), JSON.stringify(own))
    writeFileSync(join(folder, 'scrub.key'), scrubKey)
    const takenOver = fleet.reduce((sum, { takenUp }) => sum + takenUp, 0) - partitions.findings
    const verdicts = await judge({
      store: { url: struck.store.child.url, ...struck.store.child.reader },
      lineOf,
      acknowledged: load.acknowledged,
      received: sink.received,
      mostAttempts: 1 + takenOver,
      mostRepeats: takenOver * sendingAtOnce,
      config: join(folder, 'settings.yaml'),
      data: folder,
      file: join(folder, 'lines.log'),
    })
    const ended = [
      ...strikes.failures,
      ...standing().flatMap((each) => (each.hasEnded() ? [each.stderr().slice(-2_000)] : [])),
    ]
    return {
      counts: strikes.counts,
      verdicts: [
        ...verdicts,
        { check: 'bad webhook signatures', failures: sink.badSignatures(), detail: '' },
        {
          check: 'processes that ended by themselves',
          failures: ended.length,
          detail: [`${strikes.startsInVain} starts again`, ...ended].join('; '),
        },
      ],
    }
  } finally {
    await Promise.all(fleet.map(({ standing }) => standing?.kill()))
    await sink.close()
    await struck.store.close()
    await brokers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function settingsOf({ url, secret }: WebhookSink): object {
  const channel = { type: 'webhook', url, secrets: [secret], allowPrivateAddresses: true, concurrency: sendingAtOnce }
  return {
    receivers: { http: { port: 0 }, otlp: { port: 0, grpcPort: 0 } },
    detectors: { snapshotSeconds: 1, latenessMs },
    alerts: { channels: { sink: channel } },
  }
}

/** To one who receives for as long as it answers, then to another; the same again where it was not taken. */
async function post(load: Load, fleet: readonly FleetPlace[], strikes: Strikes): Promise<void> {
  for (let turn = 0; !strikes.isOver(); await pause(restMs)) {
    const receivers = fleet.flatMap(({ standing }) => (standing?.roles.includes('receive') ? [standing.url] : []))
    const url = receivers[turn % receivers.length]
    if (url === undefined || (await load.post(url)) !== 'taken') turn += 1
  }
}

function stepsOf(target: FleetTrial['target'], random: () => number): () => StoreStrike {
  if (target !== 'everything') return () => ({ stage: 'store at any instant', environment: {} })
  return () => {
    const stage = storeSteps[Math.floor(random() * storeSteps.length)] ?? 'store:before-insert'
    return { stage, environment: { EASTWEST_FAILPOINTS: `${stage}=${50 + Math.floor(random() * 300)}` } }
  }
}

/** The store now and then, and one broker at a time: killed, or standing still for a while. */
async function strikeSurroundings(
  brokers: CrashBrokers,
  struck: StruckStore,
  strikes: Strikes,
  random: () => number,
): Promise<void> {
  while (!strikes.isOver()) {
    await pause(surroundingsMs * (0.5 + random()))
    if (strikes.isOver()) return
    const drawn = random()
    if (drawn < 0.4) struck.kill()
    else if (drawn < 0.7) {
      strikes.count('broker killed')
      await brokers.killOne()
    } else {
      strikes.count('broker paused')
      await brokers.pauseOne()
    }
  }
}

async function tell(load: Load, strikes: Strikes): Promise<void> {
  const everyMs = 30_000
  for (let toldAt = performance.now(); !strikes.isOver(); await pause(500)) {
    if (performance.now() < toldAt + everyMs) continue
    toldAt = performance.now()
    console.log(`  ${strikes.total} strikes, ${load.acknowledged.size} records acknowledged`)
  }
}
