// What our own topics have to be like, so that nothing acknowledged is lost and append time is the broker's.

import { type PartitionedTopic, topics, topicsOfOne } from '../../../../schemas/topics.ts'

export interface WantedTopic {
  readonly topic: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Kafka's names and values. */
  readonly config: Readonly<Record<string, string>>
}

export interface WantedOptions {
  readonly topicPrefix: string
  readonly replicationFactor: number
  readonly minInsyncReplicas: number
  readonly batchBytes: number
  /** Unit: ms. */
  readonly retentionMs: number
  /** Where roles share the work. */
  readonly partitions?: Readonly<Record<PartitionedTopic, number>> | undefined
}

export function wantedTopics(options: WantedOptions): readonly WantedTopic[] {
  const { partitions } = options
  const needed = partitions === undefined ? topicsOfOne : Object.values(topics)
  return needed.map(({ name, keeps, partitionedAs }) => ({
    topic: `${options.topicPrefix}${name}`,
    partitions: partitionedAs === 'one' ? 1 : (partitions?.[partitionedAs] ?? 1),
    replicationFactor: options.replicationFactor,
    config: {
      'cleanup.policy': keeps === 'compacted' ? 'compact' : 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'min.insync.replicas': String(options.minInsyncReplicas),
      'max.message.bytes': String(options.batchBytes),
      'unclean.leader.election.enable': 'false',
      ...(keeps === 'compacted' ? {} : { 'retention.ms': String(options.retentionMs), 'retention.bytes': '-1' }),
    },
  }))
}
