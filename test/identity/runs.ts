// One run over the input: by one process with the embedded log, or by a fleet over Kafka that is interrupted on the way.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStoreClient } from '../../collector/store/client.ts'
import { openFleetSettings } from '../support/fleet.ts'
import { metricsOf, ownedBy } from '../support/fleet-metrics.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import type { KafkaBroker } from '../support/kafka/kafka-broker.ts'
import { runCollector } from '../support/running-collector.ts'
import { openTestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import { type Told, toldBy } from './told.ts'

export interface RunInput {
  readonly lines: readonly string[]
  /** Tells what goes on. */
  readonly say: (text: string) => void
}

const detectorSettings = {
  'token-replay': { learningClock: 'event-time' },
  'unexpected-caller': { learningClock: 'event-time' },
  'refresh-token-reuse': { kill: { holdMs: 1_000 } },
}
/** One deployment has one key: ids of events that hold references hang on it. */
const scrubKey = `identity:${Buffer.alloc(32, 7).toString('base64url')}\n`
const linesPerBody = 40
const partitions = { ingest: 3, keyed: 4, findings: 2 }
/** Beyond lateness and everything that a detector waits for. */
const quietMs = 45_000
const settleMs = 120_000

export async function runAlone({ lines, say }: RunInput): Promise<Told> {
  const data = mkdtempSync(join(tmpdir(), 'eastwest-identity-'))
  writeFileSync(join(data, 'scrub.key'), scrubKey)
  const collector = await runCollector({ data, settings: { detectors: detectorSettings } })
  const reader = openStoreClient({
    url: collector.storeUrl,
    database: 'default',
    timeoutMs: 20_000,
    username: 'reader',
    password: readFileSync(join(collector.data, 'store-reader.password'), 'utf8').trim(),
  })
  try {
    for (const body of bodiesOf(lines)) await post(collector.url, body)
    say('posted; waiting for what detectors wait for')
    await pause(quietMs)
    await post(collector.url, spanLine(1))
    await post(collector.url, spanLine(2))
    return await settled(() => toldBy(reader), lines.length)
  } finally {
    await reader.close()
    await collector.remove()
  }
}

/** @param detecting processes that detect */
export async function runFleet(broker: KafkaBroker, detecting: number, { lines, say }: RunInput): Promise<Told> {
  const store = await openTestStore()
  const more = { detectors: { ...detectorSettings, snapshotSeconds: 2 } }
  const settings = await openFleetSettings({ broker, store, partitions, more })
  const start = (roles: string): Promise<FleetProcess> => startFleetProcess(roles, settings, { scrubKey })
  const receiver = await start('receive')
  const others = new Set<FleetProcess>()
  const add = async (roles: string): Promise<void> => void others.add(await start(roles))
  try {
    for (const roles of ['normalize', 'normalize', 'deliver']) await add(roles)
    for (let index = 0; index < detecting; index++) await add('detect')
    await until(() => ownsAll([receiver, ...others]), 'every partition has an owner', settleMs)
    const bodies = bodiesOf(turned(lines, detecting))
    const interruptAt = new Map([
      [Math.floor(bodies.length / 4), 'detect'],
      [Math.floor(bodies.length / 2), 'normalize'],
      [Math.floor((bodies.length * 3) / 4), 'deliver'],
    ])
    for (const [index, body] of bodies.entries()) {
      await post(receiver.url, body)
      const roles = interruptAt.get(index)
      const victim = [...others].find((each) => each.roles === roles)
      if (victim === undefined || roles === undefined) continue
      say(`kills a process that has the role ${roles}, and starts another`)
      await victim.kill()
      others.delete(victim)
      void add(roles)
    }
    say('posted; waiting for what detectors wait for')
    await pause(quietMs)
    const stopped = [...others].find(({ roles }) => roles === 'detect')
    say('stops a process that detects, and starts another')
    await stopped?.stop()
    if (stopped !== undefined) others.delete(stopped)
    await add('detect')
    await until(() => ownsAll([receiver, ...others]), 'every partition has an owner again', settleMs)
    return await settled(() => toldBy(store.reader), lines.length)
  } finally {
    await Promise.all([receiver, ...others].map((each) => each.stop()))
    await store.close()
  }
}

/** Of neighbouring bodies the order is another in each run. */
function turned(lines: readonly string[], by: number): readonly string[] {
  const bodies = bodiesOf(lines)
  for (let at = by % 2; at + 1 < bodies.length; at += 2) bodies.splice(at, 2, bodies[at + 1] ?? '', bodies[at] ?? '')
  return bodies.join('').trimEnd().split('\n')
}

function bodiesOf(lines: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(lines.length / linesPerBody) }, (_, at) =>
    lines
      .slice(at * linesPerBody, (at + 1) * linesPerBody)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

async function post(url: string, body: string): Promise<void> {
  const reply = await fetch(`${url}/v1/events`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`what was posted was refused: ${reply.status} ${text}`)
}

function spanLine(number: number): string {
  const trace = number.toString(16).padStart(32, '0')
  return JSON.stringify({ schema: 'eastwest.event/v1', kind: 'span', at: '2026-01-01T00:00:00Z', traceId: trace })
}

async function ownsAll(processes: readonly FleetProcess[]): Promise<boolean> {
  for (const { roles, hasEnded, stderr } of processes)
    if (hasEnded()) throw new Error(`a process that has the role ${roles} ended by itself: ${stderr().slice(-2_000)}`)
  const metrics = await Promise.all(processes.map(metricsOf))
  // Who does not answer has ended: that is found at the next look.
  if (metrics.includes('')) return false
  const owned = metrics.reduce((sum, text) => sum + ownedBy(text), 0)
  return owned === partitions.ingest + partitions.keyed + partitions.findings
}

/** Once all events are stored and nothing was said differently for ten seconds. */
async function settled(ask: () => Promise<Told>, events: number): Promise<Told> {
  let told = await ask()
  let since = performance.now()
  await until(
    async () => {
      const next = await ask()
      if (next.digest !== told.digest || next.events !== told.events) since = performance.now()
      told = next
      return told.events === events && performance.now() > since + 10_000
    },
    'the alerts settle',
    settleMs,
  ).catch((cause: unknown) => {
    throw new Error(`${told.events} of ${events} events are stored, ${told.alerts.length} alerts stand`, { cause })
  })
  return told
}
