// Processes that share the work over Kafka: what one receives others store, judge and tell, whoever of them goes or sleeps.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { openFleetSettings } from '../support/fleet.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import { type KafkaBroker, openKafka } from '../support/kafka/kafka-broker.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-roles-'))
const config = join(folder, 'settings.yaml')
const takeOverMs = 60_000
let broker: KafkaBroker
let store: TestStore
let webhooks: SignedWebhooks
let settings: unknown
const running = new Set<FleetProcess>()

beforeAll(async () => {
  broker = await openKafka()
  store = await openTestStore()
  webhooks = await openSignedWebhooks()
  settings = await openFleetSettings({
    broker,
    store,
    partitions: { ingest: 2, keyed: 2, findings: 1 },
    more: { alerts: { channels: { 'on-call': webhooks.channel } } },
  })
  writeFileSync(config, JSON.stringify(settings))
}, 120_000)

afterAll(async () => {
  await Promise.all([...running].map((each) => each.stop()))
  await webhooks.receiver.close()
  await store.close()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

async function start(roles: string): Promise<FleetProcess> {
  const started = await startFleetProcess(roles, settings)
  running.add(started)
  return started
}

async function owns(process: FleetProcess, what: string): Promise<boolean> {
  const reply = await fetch(`${process.url}/readyz?verbose`)
  return (await reply.text()).includes(what)
}

async function burst(receiver: FleetProcess, user: string): Promise<void> {
  const lines = [1, 5, 7].map(
    (second) =>
      `2025-03-14 11:42:0${second} | user_id=${user} | action=REFUND | order=O-${user}-${second} | amount=89.99\n`,
  )
  const reply = await fetch(`${receiver.url}/v1/events`, {
    method: 'POST',
    body: lines.join(''),
    headers: { 'content-type': 'text/plain' },
  })
  expect(await reply.json()).toMatchObject({ accepted: 3 })
}

const told = (user: string) => webhooks.receiver.received.filter(({ body }) => body.includes(`"${user}"`))

async function isTold(user: string): Promise<void> {
  try {
    await until(() => told(user).length > 0, `the channel hears of ${user}`, takeOverMs)
  } catch (cause) {
    throw new Error(
      `the channel heard nothing of ${user}:\n${(await Promise.all([...running].map(stateOf))).join('\n')}`,
      {
        cause,
      },
    )
  }
}

async function stateOf({ roles, url, stderr }: FleetProcess): Promise<string> {
  const reply = await fetch(`${url}/readyz?verbose`)
  return `${roles}: ${await reply.text()}\n${stderr()}`
}

async function rows(query: string): Promise<readonly Record<string, string>[]> {
  return (await store.reader.query({ query, format: 'JSONEachRow' })).json()
}

it('refuses roles and settings that do not fit, and says what would', async () => {
  const refused = (more: readonly string[]) => runCommand(['run', '--config', config, '--data', folder, ...more])
  expect(await refused(['--roles', 'detect,judge'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"judge" is no role; there are: receive, normalize, detect, deliver, serve'),
  })
  expect(await refused([])).toMatchObject({ stderr: expect.stringContaining('--roles') })
  const alone = join(folder, 'alone.yaml')
  writeFileSync(alone, '{}')
  expect(await runCommand(['run', '--config', alone, '--data', folder, '--roles', 'detect'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('log.kafka.brokers'),
  })
}, 60_000)

it('stores, judges and tells what another process receives, each row and each notification once', async () => {
  const receiver = await start('receive,normalize')
  await start('detect,deliver')
  await burst(receiver, 'U-first')
  await isTold('U-first')
  expect(told('U-first')).toHaveLength(1)
  await until(async () => (await rows('SELECT event_id FROM events')).length === 3, 'the events are stored')
  await until(
    async () => (await rows("SELECT id FROM alerts WHERE entity = 'U-first'")).length === 1,
    'the alert is stored',
  )
}, 120_000)

it('goes on with what a process owned that is gone, and with what one owned that slept and woke', async () => {
  const [first, second] = running
  if (first === undefined || second === undefined) throw new Error('nothing runs')
  const judge = await start('detect,deliver')
  await until(() => owns(judge, '"detect","ready":true,"detail":"owns'), 'the work is shared', takeOverMs)
  await until(
    async () => (await owns(judge, 'owns 0')) || (await owns(judge, 'owns 1')),
    'it owns something',
    takeOverMs,
  )
  second.signal('SIGSTOP')
  await burst(first, 'U-asleep')
  await isTold('U-asleep')
  second.signal('SIGCONT')
  await burst(first, 'U-awake')
  await isTold('U-awake')
  await judge.kill()
  running.delete(judge)
  await burst(first, 'U-killed')
  await isTold('U-killed')
  for (const user of ['U-asleep', 'U-awake', 'U-killed']) expect(told(user).length).toBeLessThanOrEqual(2)
  await until(async () => (await rows('SELECT event_id FROM event_rows')).length === 12, 'the events are stored')
  await until(async () => (await rows('SELECT id FROM alerts FINAL')).length === 4, 'the alerts are stored')
  expect([first, second].map(({ hasEnded }) => hasEnded())).toEqual([false, false])
}, 240_000)
