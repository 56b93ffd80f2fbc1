// A cluster takes a moment to tell its brokers of a new topic.

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import kafkajs, { type Admin, type KafkaConfig } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KafkaBroker, openKafka } from '../../../../test/support/kafka/kafka-broker.ts'
import { untilKnown } from './topic-admin.ts'

const patience = { wait: (ms: number) => pause(ms), clock: () => performance.now(), random: () => 0 }
const client = (): KafkaConfig => ({
  brokers: [...broker.brokers],
  logLevel: kafkajs.logLevel.NOTHING,
  retry: { retries: 0 },
})
let broker: KafkaBroker
let admin: Admin

beforeAll(async () => {
  broker = await openKafka()
  admin = new kafkajs.Kafka(client()).admin()
  await admin.connect()
})
afterAll(async () => {
  await admin.disconnect()
  await broker.stop()
})

it('is waited for while a broker does not know it', async () => {
  const topic = `known-${randomUUID()}`
  await expect(admin.fetchTopicMetadata({ topics: [topic] })).rejects.toThrow('does not host this topic-partition')
  let pauses = 0
  const wait = (ms: number): Promise<void> => {
    pauses += 1
    return pause(ms)
  }
  const known = untilKnown(client(), [topic], { ...patience, wait, giveUpMs: 60_000 })
  await expect.poll(() => pauses).toBeGreaterThan(2)
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3 }] })
  await known
})

it('is given up when it does not show itself in time, in the words of the broker', async () => {
  const never = untilKnown(client(), [`never-${randomUUID()}`], { ...patience, giveUpMs: 200 })
  await expect(never).rejects.toThrow('does not host this topic-partition')
})
