// A topic of others for a crash run: a producer that goes on whoever dies, and knows where each record lies.

import kafkajs, { type Admin, type Producer } from 'kafkajs'
import { kafkaClient, type OwnBroker, startKafka } from '../support/kafka/kafka-broker.ts'
import { auditLines } from '../support/numbered-records/audit-lines.ts'
import type { Loading } from './round.ts'

const topic = 'refunds-of-others'
const partitions = 4
const perMessageBatch = 40
const pauseMs = 20
/** Records of one user follow each other, and lie in one partition: so their order is the producer's. */
const perUser = 4
const users = 50

export interface SourceTopic {
  /** What the collector's settings say of it, as YAML. */
  readonly settings: string
  readonly load: Loading
  /** Where each record lies, by its number: all that was acknowledged. */
  readonly places: ReadonlyMap<number, string>
  close(): Promise<void>
}

export async function openSourceTopic(): Promise<SourceTopic> {
  const broker = await startKafka()
  const admin = kafkaClient(broker).admin()
  const producer = kafkaClient(broker).producer({
    idempotent: true,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] })
  await producer.connect()
  const places = new Map<number, string>()
  const brokers = broker.brokers.map((address) => `'${address}'`).join(', ')
  return {
    settings: `kafka: { connection: { brokers: [${brokers}] }, topics: [{ topic: ${topic} }], refreshMs: 200 }`,
    load: producing(producer, places),
    places,
    close: () => closeAll(admin, producer, broker),
  }
}

function producing(producer: Producer, places: Map<number, string>): Loading {
  const acknowledged = new Set<number>()
  let next = 0
  let isStopped = false
  return {
    acknowledged,
    run: async () => {
      isStopped = false
      while (!isStopped) {
        const numbers = Array.from({ length: perMessageBatch }, (_, at) => next + at)
        next += perMessageBatch
        for (const [number, place] of await produced(producer, numbers)) {
          acknowledged.add(number)
          places.set(number, place)
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    },
    stop: () => {
      isStopped = true
    },
  }
}

async function produced(
  producer: Producer,
  numbers: readonly number[],
): Promise<readonly (readonly [number, string])[]> {
  const messages = numbers.map((number) => ({ partition: partitionOf(number), value: auditLines.lineOf(number) }))
  const answers = await producer.send({ topic, acks: -1, messages })
  const nextOffsets = new Map(answers.map(({ partition, baseOffset }) => [partition, Number(baseOffset)]))
  return numbers.map((number) => {
    const partition = partitionOf(number)
    const offset = nextOffsets.get(partition) ?? 0
    nextOffsets.set(partition, offset + 1)
    return [number, `partition ${partition}, offset ${offset}`] as const
  })
}

function partitionOf(number: number): number {
  return (Math.floor(number / perUser) % users) % partitions
}

async function closeAll(admin: Admin, producer: Producer, broker: OwnBroker): Promise<void> {
  await Promise.all([admin.disconnect(), producer.disconnect()])
  await broker.stop()
}
