// The same collector over a Kafka cluster: its topics are made and checked, and its alerts are those of one machine.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { runCommand } from '../support/command.ts'
import { type KafkaBroker, kafkaClient, openKafka } from '../support/kafka/kafka-broker.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-kafka-run-'))
const config = join(folder, 'settings.yaml')
const topicPrefix = `${randomUUID()}.`
let broker: KafkaBroker
let settings: unknown

beforeAll(async () => {
  broker = await openKafka()
  settings = { log: { kafka: { brokers: broker.brokers, topicPrefix, replicationFactor: 1, minInsyncReplicas: 1 } } }
  writeFileSync(config, JSON.stringify(settings))
})

afterAll(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

const topics = (what: string) => runCommand(['topics', what, '--config', config])

function linesOf(user: string): string {
  return [
    `2025-03-14 11:42:01 | user_id=${user} | action=REFUND | order=ORD-1201 | amount=89.99`,
    `2025-03-14 11:42:05 | user_id=${user} | action=REFUND | order=ORD-1202 | amount=124.50`,
    `2025-03-14 11:42:07 | user_id=${user} | action=REFUND | order=ORD-1203 | amount=200.00\n`,
  ].join('\n')
}

async function alertsOf(collector: RunningCollector, users: number): Promise<readonly Alert[]> {
  let alerts: readonly Alert[] = []
  await until(async () => {
    const { json } = await collector.get('/api/alerts')
    alerts = alertSchema.array().parse((json as { alerts: unknown }).alerts) // the schema checks what is inside
    return alerts.length >= users
  }, `the alerts of ${users} users are listed`)
  return alerts
}

const canonical = (alerts: readonly Alert[]): readonly string[] => alerts.map(canonicalAlertJson).sort()

async function replayed(lines: string): Promise<readonly string[]> {
  const file = join(folder, 'replayed.log')
  writeFileSync(file, lines)
  const { stdout } = await runCommand(['replay', '--json', '--data', join(folder, 'replay'), file])
  return stdout.trim().split('\n').sort()
}

describe('a collector over Kafka', () => {
  it('says which topics it misses and how to make them, and makes them once', async () => {
    const missing = await topics('check')
    expect(missing.code).toBe(1)
    expect(missing.stdout).toContain(`${topicPrefix}ingest: it is missing: the collector cannot start`)
    await expect(runCollector({ settings })).rejects.toThrow(/topic ".*ingest": it is missing.*eastwest topics create/)
    expect((await topics('create')).stdout.trim().split('\n')).toHaveLength(5)
    expect((await topics('create')).stdout).toContain('all topics are there')
    expect(await topics('check')).toMatchObject({ code: 0, stdout: '5 topics are as they have to be\n' })
  })

  it('refuses a topic whose settings could lose records, and names the setting', async () => {
    const admin = kafkaClient(broker).admin()
    await admin.connect()
    const set = (value: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: `${topicPrefix}control`,
            configEntries: [
              { name: 'cleanup.policy', value: 'compact' },
              { name: 'message.timestamp.type', value },
              { name: 'max.message.bytes', value: '4194304' },
            ],
          },
        ],
      })
    await set('CreateTime')
    await expect(runCollector({ settings })).rejects.toThrow(
      /control": message.timestamp.type is CreateTime, not LogAppendTime.*--add-config message.timestamp.type=LogAppendTime/,
    )
    await set('LogAppendTime')
    await admin.disconnect()
    expect((await topics('check')).code).toBe(0)
  })

  it('raises the alerts of a replay, byte for byte, and keeps them over a kill', async () => {
    const collector = await runCollector({ settings })
    expect((await collector.post(linesOf('USR-1'))).status).toBe(200)
    await alertsOf(collector, 1)
    await collector.post(linesOf('USR-2'))
    await collector.kill()
    const again = await runCollector({ settings, data: collector.data })
    await again.post(linesOf('USR-3'))
    const alerts = await alertsOf(again, 3)
    expect(alerts).toHaveLength(3)
    expect(canonical(alerts)).toEqual(await replayed(['USR-1', 'USR-2', 'USR-3'].map(linesOf).join('')))
    await until(async () => {
      const { json } = await again.get('/api/events?limit=50')
      return (json as { events: readonly unknown[] }).events.length === 9 // of the API's own schema
    }, 'nine events are stored, each once')
    const other = await runCollector({ settings })
    await until(() => again.stderr().includes('another collector took over these topics'), 'the first one ends')
    expect(await again.stop()).toBe(1)
    await other.remove()
    await again.remove()
  })

  it('raises an alert on records of its own topic that were deleted while it was away', async () => {
    const collector = await runCollector({ settings })
    await collector.post(linesOf('USR-5'))
    await until(async () => (await collector.get('/api/alerts')).text.includes('USR-5'), 'it judges')
    expect(await collector.stop()).toBe(0)
    const topic = `${topicPrefix}ingest`
    const producer = kafkaClient(broker).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    const [sent] = await producer.send({ topic, messages: [{ value: 'one' }, { value: 'two' }, { value: 'three' }] })
    await producer.disconnect()
    const admin = kafkaClient(broker).admin()
    await admin.connect()
    const [bounds] = await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: bounds?.high ?? '' }] })
    await admin.disconnect()
    const again = await runCollector({ settings, data: collector.data })
    const from = Number(sent?.baseOffset)
    await until(async () => (await again.get('/api/alerts')).text.includes('record-loss'), 'the loss is an alert')
    const { json } = await again.get('/api/alerts?detector=record-loss')
    expect(json).toMatchObject({
      alerts: [
        {
          title: 'ingest, partition 0: 3 records lost unread',
          evidence: [{ summary: `offsets ${from} to ${from + 2}: they are not there any more` }],
        },
      ],
    })
    await again.remove()
  })
})
