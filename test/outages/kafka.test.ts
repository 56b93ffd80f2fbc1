// A broker that stands still or dies under a collector: senders wait or are told to send again, and nothing they were promised is lost.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { type OwnBroker, startKafka } from '../support/kafka/kafka-broker.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-kafka-outage-'))
let broker: OwnBroker
let collector: RunningCollector
let sent = 0

beforeAll(async () => {
  broker = await startKafka()
  const kafka = {
    brokers: broker.brokers,
    topicPrefix: `${randomUUID()}.`,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    giveUpMs: 2_000,
  }
  const config = join(folder, 'settings.yaml')
  writeFileSync(config, JSON.stringify({ log: { kafka } }))
  await runCommand(['topics', 'create', '--config', config])
  collector = await runCollector({ settings: { log: { kafka } } })
})

afterAll(async () => {
  await collector.remove()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A line never sent before. */
function nextLine(): string {
  sent += 1
  const second = String(sent % 60).padStart(2, '0')
  return `2025-03-14 11:42:${second} | user_id=USR-${sent} | action=LOGIN | order=ORD-${sent}\n`
}

async function storedLines(): Promise<number> {
  const sql = 'SELECT toString(uniqExact(subject)) AS subjects FROM events'
  const asked = await askStoreOf(collector)
    .one<{ subjects: string }>(sql)
    .catch(() => undefined)
  return Number(asked?.subjects ?? 0)
}

describe('a collector whose broker', () => {
  it('stands still for a second keeps its senders waiting, and takes what they sent', async () => {
    expect((await collector.post(nextLine())).status).toBe(200)
    broker.pause()
    const answer = collector.post(nextLine())
    setTimeout(() => broker.resume(), 1_000)
    expect((await answer).status).toBe(200)
    await until(async () => (await storedLines()) === 2, 'both lines are stored')
  })

  it('dies tells its senders to send again, says so in /readyz, and goes on with the next broker', async () => {
    await broker.kill()
    const line = nextLine()
    const refused = await collector.post(line)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).not.toBeNull()
    expect((await collector.get('/readyz')).status).toBe(503)
    await broker.restart()
    await until(async () => (await collector.post(line)).status === 200, 'the line is taken')
    await until(async () => (await collector.get('/readyz')).status === 200, 'the collector is ready again')
    await until(async () => (await storedLines()) === 3, 'all three lines are stored')
    // Told when it begins and when it ends, not each time something is tried.
    expect(collector.stderr()).toContain('Kafka does not answer as it should')
    expect(collector.stderr()).not.toContain('MaxListeners')
    expect(collector.stderr().trim().split('\n').length).toBeLessThan(20)
  })
})
