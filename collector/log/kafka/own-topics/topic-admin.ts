// Looks at our own topics on a cluster, and makes those that are missing.

import kafkajs, { type Admin, type KafkaConfig } from 'kafkajs'
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

/** Makes what is missing; what is there stays as it is. Tells the topics made. */
export async function createMissing(
  config: KafkaConfig,
  wanted: readonly WantedTopic[],
): Promise<readonly WantedTopic[]> {
  return withAdmin(config, async (admin) => {
    const there = new Set(await admin.listTopics())
    const missing = wanted.filter(({ topic }) => !there.has(topic))
    if (missing.length === 0) return []
    await admin.createTopics({
      topics: missing.map(({ topic, partitions, replicationFactor, config: entries }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
      })),
    })
    return missing
  })
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
