// Topics of others, read as they are by a collector with a log of its own: every record once, and none that blocks the rest.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs, { type Admin, type ProducerRecord } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaClient, type OwnBroker, startKafka } from '../support/kafka/kafka-broker.ts'
import { bytesOfBatch } from '../support/kafka/written-batch.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let broker: OwnBroker
let admin: Admin
let collector: RunningCollector | undefined

beforeAll(async () => {
  broker = await startKafka({
    settings: () => [
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found=true',
      'super.users=User:admin',
    ],
  })
  admin = kafkaClient(broker).admin()
  await admin.connect()
})

afterEach(async () => {
  await collector?.remove()
  collector = undefined
})

afterAll(async () => {
  await admin.disconnect()
  await broker.stop()
})

async function makeTopic(topic: string, partitions: number, compression = 'producer'): Promise<void> {
  const configEntries = [
    { name: 'compression.type', value: compression },
    { name: 'max.message.bytes', value: '10000000' },
  ]
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }] })
}

interface SourceTopic {
  readonly topic: string
  readonly format?: string
}

const settingsFor = (...topics: readonly SourceTopic[]) => ({
  receivers: {
    kafka: { connection: { brokers: broker.brokers }, topics, refreshMs: 200, inflatedBytes: 1024 * 1024 },
  },
})

const refund = (user: string, order: number): string =>
  `2025-03-14 11:42:0${order} | user_id=${user} | action=REFUND | order=ORD-${order} | amount=10.00`

/** By a producer of its own: one that knows a topic fails with it. */
async function produce(record: ProducerRecord): Promise<void> {
  const producer = kafkaClient(broker).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    await producer.send(record)
  } finally {
    await producer.disconnect()
  }
}

const send = (topic: string, values: readonly string[], partition = 0, headers = {}): Promise<void> =>
  produce({ topic, messages: values.map((value) => ({ value, partition, headers })) })

interface Found {
  readonly subject: string
  readonly source: string
}

interface PutAside {
  readonly reason: string
  readonly detail: string
}

/** Of the API's own schema. */
async function listed<Item>(of: RunningCollector, name: string): Promise<readonly Item[]> {
  const { json } = await of.get(`/api/${name}?limit=500`)
  return (json as Readonly<Record<string, readonly Item[]>>)[name] ?? [] // as the line above says
}

const events = (of: RunningCollector) => listed<Found>(of, 'events')
const putAside = (of: RunningCollector) => listed<PutAside>(of, 'quarantine')

const readiness = async (of: RunningCollector): Promise<string> =>
  (await of.get('/readyz?verbose')).text.replaceAll('\\"', '"')

describe('a collector that reads topics of others', () => {
  it('takes every record once, in any codec, over a kill and what came meanwhile', async () => {
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd']
    for (const codec of codecs) await makeTopic(`in-${codec}`, 3, codec)
    const settings = settingsFor(...codecs.map((codec) => ({ topic: `in-${codec}` })))
    const say = (round: number) =>
      Promise.all(
        codecs.flatMap((codec) =>
          [0, 1, 2].map((partition) =>
            send(
              `in-${codec}`,
              [1, 2, 3].map((order) => refund(`${codec}-${partition}-${round}`, order)),
              partition,
            ),
          ),
        ),
      )
    await say(1)
    const first = await runCollector({ settings })
    await until(async () => (await events(first)).length === 36, 'all that was there is stored')
    await Promise.all([say(2), first.kill()])
    collector = await runCollector({ settings, data: first.data })
    const again = collector
    await until(async () => (await events(again)).length >= 72, 'what came meanwhile is stored')
    await say(3)
    await until(async () => (await events(again)).length >= 108, 'and what comes then')
    const subjects = (await events(again)).map(({ subject }) => subject)
    expect(subjects).toHaveLength(108)
    expect(new Set(subjects).size).toBe(36)
    await until(async () => (await listed(again, 'alerts')).length === 36, 'each burst is an alert')
    await again.stop()
    collector = await runCollector({ settings, data: again.data })
    const last = collector
    await until(async () => (await readiness(last)).includes('0 not judged yet'), 'it is ready')
    expect(await events(last)).toHaveLength(108)
  })

  it('puts aside what cannot be read, with its offset, and reads on behind it', async () => {
    await makeTopic('spoilt', 1)
    await send('spoilt', [refund('USR-1', 1)])
    await produce({
      topic: 'spoilt',
      compression: kafkajs.CompressionTypes.GZIP,
      messages: [{ value: 'a'.repeat(5_000_000) }],
    })
    await send('spoilt', [`{"message": "${'b'.repeat(2_000_000)}"}`])
    await send('spoilt', ['', 'no format at all', '{"half":\n{"a"'])
    await admin.disconnect()
    await broker.shutDown()
    // No producer can make a broker take it: it stands in the file as if another version had written it.
    const unknown = bytesOfBatch({
      baseOffset: 6,
      attributes: 6,
      records: [{ key: null, value: Buffer.from('x'), headers: [] }],
    })
    appendFileSync(join(broker.logFolder, 'spoilt-0', '00000000000000000000.log'), unknown)
    await broker.restart()
    await admin.connect()
    await send('spoilt', [refund('USR-2', 2)])
    collector = await runCollector({ settings: settingsFor({ topic: 'spoilt' }) })
    const running = collector
    await until(
      async () => (await events(running)).some(({ subject }) => subject.includes('USR-2')),
      'the last is read',
    )
    const rows = await putAside(running)
    const unreadable = rows.filter(({ reason }) => reason === 'unreadable-source').map(({ detail }) => detail)
    expect(unreadable).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^offset 1: unreadable-header: .*inflates to more than/),
        expect.stringMatching(/^offset 2: .*longer than 262144 bytes/),
        expect.stringMatching(/^offset 3: the record holds no text/),
        expect.stringMatching(/^offset 6: unreadable-header: .*codec 6 is unknown/),
      ]),
    )
    expect(unreadable).toHaveLength(4)
    expect(rows.map(({ reason }) => reason).sort()).toEqual([
      'invalid-json',
      'unknown-format',
      ...unreadable.map(() => 'unreadable-source'),
    ])
  })

  it('raises an alert on records that were deleted before it read them, and only then', async () => {
    await makeTopic('deleted', 2)
    const settings = settingsFor({ topic: 'deleted' })
    await send('deleted', [refund('USR-1', 1)], 1)
    const first = await runCollector({ settings })
    await until(async () => (await events(first)).length === 1, 'what was there is read')
    await first.stop()
    await send(
      'deleted',
      [1, 2, 3, 4].map((order) => refund('USR-2', order)),
      1,
    )
    // The library deletes of topics that it has heard of.
    await admin.fetchTopicOffsets('deleted')
    await admin.deleteTopicRecords({ topic: 'deleted', partitions: [{ partition: 1, offset: '4' }] })
    collector = await runCollector({ settings, data: first.data })
    const running = collector
    await until(async () => (await listed(running, 'alerts')).length > 0, 'the loss is an alert')
    expect(await listed(running, 'alerts')).toMatchObject([
      {
        detector: 'record-loss',
        severity: 'high',
        title: 'deleted, partition 1: 3 records lost unread',
        entity: { keyspace: 'source', key: 'deleted/1' },
        evidence: [{ summary: 'offsets 1 to 3: they are not there any more' }],
      },
    ])
    await until(async () => (await events(running)).some(({ subject }) => subject === 'USR-2'), 'the rest is read')
    expect((await putAside(running)).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^offsets 1 to 3: missing: /),
    ])
  })

  it('tells a topic that may not be read, reads the others, and reads it once it may', async () => {
    await makeTopic('open', 1)
    await makeTopic('closed', 1)
    const acl = {
      resourceType: kafkajs.AclResourceTypes.TOPIC,
      resourceName: 'closed',
      resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
      principal: 'User:someone-else',
      host: '*',
      operation: kafkajs.AclOperationTypes.ALL,
      permissionType: kafkajs.AclPermissionTypes.ALLOW,
    }
    await send('closed', [refund('USR-9', 1)])
    await admin.createAcls({ acl: [acl] })
    collector = await runCollector({ settings: settingsFor({ topic: 'closed' }, { topic: 'open' }) })
    const running = collector
    await send('open', [refund('USR-1', 1)])
    await until(async () => (await events(running)).length === 1, 'the open topic is read')
    await until(
      async () => /topic "closed": .*access is not granted/.test(await readiness(running)),
      'the other is told',
    )
    await admin.deleteAcls({ filters: [{ ...acl }] })
    await until(async () => (await events(running)).length === 2, 'it is read once it may')
    await until(async () => !(await readiness(running)).includes('topic "closed"'), 'the trouble is over')
  })

  it('tells a topic that was deleted, and reads it from its beginning once it is made anew', async () => {
    await makeTopic('passing', 1)
    await send(
      'passing',
      [1, 2, 3].map((order) => refund('USR-1', order)),
    )
    collector = await runCollector({ settings: settingsFor({ topic: 'passing' }) })
    const running = collector
    await until(async () => (await events(running)).length === 3, 'the topic is read')
    await admin.deleteTopics({ topics: ['passing'] })
    await until(async () => (await readiness(running)).includes('topic "passing": '), 'that it is gone is told')
    await makeTopic('passing', 2)
    await send('passing', [refund('USR-2', 1)])
    await send('passing', [refund('USR-3', 1)], 1)
    await until(async () => (await events(running)).length === 5, 'the new one is read')
    await until(async () => !(await readiness(running)).includes('topic "passing"'), 'the trouble is over')
  })

  it('takes the format that a record names, and partitions that are added', async () => {
    await makeTopic('mixed', 1)
    collector = await runCollector({ settings: settingsFor({ topic: 'mixed', format: 'istio-json' }) })
    const running = collector
    await send('mixed', [refund('USR-1', 1)], 0, { format: 'audit-line' })
    await send('mixed', [refund('USR-2', 1)], 0, { format: 'of-somebody-else' })
    await until(async () => (await events(running)).length === 1, 'the named format is read')
    await until(async () => (await putAside(running)).length === 1, 'the other is no line of that format')
    await admin.createPartitions({ topicPartitions: [{ topic: 'mixed', count: 2 }] })
    const settled = (): Promise<boolean> =>
      send('mixed', [refund('USR-3', 1)], 1, { format: 'audit-line' }).then(
        () => true,
        () => false,
      )
    await until(settled, 'the new partition takes records')
    await until(async () => (await events(running)).some(({ subject }) => subject.includes('USR-3')), 'it is read')
  })
})
