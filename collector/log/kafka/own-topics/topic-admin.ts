// Looks at our own topics on a cluster, and makes those that are missing.

import kafkajs, { type Admin, type KafkaConfig } from 'kafkajs'
import { type Patience, trying } from '../trying.ts'
import { type Difference, differences, type FoundTopic } from './comparing.ts'
import type { WantedTopic } from './wanted.ts'

export interface TopicStanding {
  readonly wanted: WantedTopic
  readonly isThere: boolean
  readonly differences: readonly Difference[]
}

/** Rejects with the library's error where no broker answers or access is not granted. */
export async function standingOf(
  config: KafkaConfig,
  wanted: readonly WantedTopic[],
): Promise<readonly TopicStanding[]> {
  return withAdmin(config, (admin) => lookAt(admin, wanted))
}

/** Makes what is missing, and waits until all brokers know it; what is there stays as it is. Tells the topics made. */
export async function createMissing(
  config: KafkaConfig,
  wanted: readonly WantedTopic[],
  patience: Patience,
): Promise<readonly WantedTopic[]> {
  return withAdmin(config, async (admin) => {
    const there = new Set(await admin.listTopics())
    const missing = wanted.filter(({ topic }) => !there.has(topic))
    if (missing.length === 0) return []
    await admin.createTopics({
      // The library gives up on a broker that has not heard of them yet.
      waitForLeaders: false,
      topics: missing.map(({ topic, partitions, replicationFactor, config: entries }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
      })),
    })
    await untilKnown(
      config,
      missing.map(({ topic }) => topic),
      patience,
    )
    return missing
  })
}

/** Resolves once every broker knows the leaders of all partitions; rejects with what was said last. */
export async function untilKnown(config: KafkaConfig, topics: readonly string[], patience: Patience): Promise<void> {
  const { brokers } = await withAdmin(config, (admin) => admin.describeCluster())
  const isKnownAt = (broker: string) =>
    // A client that has just connected to one broker asks that one.
    withAdmin({ ...config, brokers: [broker] }, (admin) => admin.fetchTopicMetadata({ topics: [...topics] }))
  const asked = brokers.map(({ host, port }) =>
    trying(
      () => isKnownAt(`${host}:${port}`),
      patience,
      async () => undefined,
    ),
  )
  await Promise.all(asked)
}

async function lookAt(admin: Admin, wanted: readonly WantedTopic[]): Promise<readonly TopicStanding[]> {
  const there = new Set(await admin.listTopics())
  return Promise.all(
    wanted.map(async (each) => {
      const found = there.has(each.topic) ? await foundTopic(admin, each.topic) : undefined
      return { wanted: each, isThere: found !== undefined, differences: differences(each, found) }
    }),
  )
}

async function foundTopic(admin: Admin, topic: string): Promise<FoundTopic> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics[0]?.partitions ?? []
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  })
  const entries = resources[0]?.configEntries ?? []
  return {
    topic,
    partitions: partitions.length,
    replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
  }
}

async function withAdmin<Result>(config: KafkaConfig, ask: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = new kafkajs.Kafka(config).admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}
