// Topics of others, read by processes that share the work: every record once, though one of them goes and another sleeps.

import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFleetSettings } from '../support/fleet.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import { type KafkaBroker, kafkaClient, openKafka } from '../support/kafka/kafka-broker.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

const topic = `decisions-${randomUUID()}`
const sources = 6
const scrubKey = `sources:${Buffer.alloc(32, 5).toString('base64url')}\n`
const takeOverMs = 60_000
let broker: KafkaBroker
let store: TestStore
let settings: unknown
const running = new Set<FleetProcess>()

beforeAll(async () => {
  broker = await openKafka()
  store = await openTestStore()
  settings = await openFleetSettings({
    broker,
    store,
    partitions: { ingest: 3, keyed: 1, findings: 1 },
    batchMs: 200,
    more: { receivers: { kafka: { topics: [{ topic }] } } },
  })
  const admin = kafkaClient(broker).admin()
  await admin.connect()
  // Who reads the topic, and who writes to it, waits for its leaders by itself.
  await admin.createTopics({ topics: [{ topic, numPartitions: sources, replicationFactor: 1 }], waitForLeaders: false })
  await admin.disconnect()
}, 120_000)

afterAll(async () => {
  await Promise.all([...running].map((each) => each.stop()))
  await store.close()
  await broker.stop()
}, 60_000)

async function start(): Promise<FleetProcess> {
  const started = await startFleetProcess('normalize', settings, { scrubKey })
  running.add(started)
  return started
}

async function produce(from: number, count: number): Promise<void> {
  const producer = kafkaClient(broker).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let at = from; at < from + count; at += 30) {
    const messages = Array.from({ length: 30 }, (_, index) => ({
      partition: (at + index) % sources,
      value: `2025-03-14 11:42:01 | user_id=U-${at + index} | action=LOGIN | order=O-${at + index}`,
    }))
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
}

async function counted(): Promise<{ readonly rows: number; readonly users: number }> {
  const query = 'SELECT toString(count()) AS rows, toString(uniqExact(subject)) AS users FROM event_rows'
  const [row] = await (await store.reader.query({ query, format: 'JSONEachRow' })).json<{
    rows: string
    users: string
  }>()
  return { rows: Number(row?.rows), users: Number(row?.users) }
}

const stored = (users: number) =>
  until(async () => (await counted()).users === users, `${users} records are stored`, takeOverMs)

it('takes every record once, whoever reads its partition', async () => {
  const first = await start()
  await produce(0, 600)
  await stored(600)
  const second = await start()
  await until(
    async () => (await fetch(`${second.url}/readyz?verbose`)).text().then((text) => /owns \d/.test(text)),
    'the work is shared',
    takeOverMs,
  )
  await produce(600, 600)
  await stored(1_200)
  first.signal('SIGSTOP')
  await produce(1_200, 600)
  await stored(1_800)
  first.signal('SIGCONT')
  await produce(1_800, 300)
  await second.kill()
  running.delete(second)
  await produce(2_100, 300)
  await stored(2_400)
  expect(await counted()).toEqual({ rows: 2_400, users: 2_400 })
  expect(first.hasEnded()).toBe(false)
}, 300_000)
