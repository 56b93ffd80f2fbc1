// A partition that is full of records is read as fast as it is taken, whatever those beside it have.

import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { kafkaConnectionSettings } from '../../../schemas/kafka-connection.ts'
import { type KafkaBroker, kafkaClient, openKafka } from '../../../test/support/kafka/kafka-broker.ts'
import { clientConfig } from './client-config.ts'
import { Reading } from './reading.ts'

const topic = `uneven-${process.pid}`
const recordBytes = 512 * 1024
const records = 96
let broker: KafkaBroker

beforeAll(async () => {
  broker = await openKafka()
  const client = kafkaClient(broker)
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }] })
  await admin.disconnect()
  const producer = client.producer()
  await producer.connect()
  const value = Buffer.alloc(recordBytes, 'x')
  for (let sent = 0; sent < records; sent++) await producer.send({ topic, messages: [{ value, partition: 0 }] })
  await producer.disconnect()
})

afterAll(() => broker.stop())

// Waiting a quarter of a second for the empty partition before each fetch would take three times as long.
it('does not wait for news of an empty partition before it fetches more of a full one', {
  timeout: 8_000,
}, async () => {
  const reading = new Reading({
    client: clientConfig(kafkaConnectionSettings.parse({ brokers: broker.brokers }), () => undefined),
    maxInflatedBytes: 1024 * 1024,
    aheadBytes: recordBytes,
    wait: (ms) => setTimeout(ms),
    onOutage: () => undefined,
  })
  try {
    await reading.facts(topic)
    const place = { topic: 'source', incarnation: '' } as const
    const [full, empty] = [0, 1].map((partition) => reading.add({ topic, partition }, { ...place, partition }, 0))
    const news = empty?.readOn(0).catch(() => undefined)
    let offset = 0
    while (offset < records) offset = (await full?.readOn(offset))?.nextOffset ?? records
    await reading.close()
    expect(await news).toBeUndefined()
  } finally {
    await reading.close()
  }
})
