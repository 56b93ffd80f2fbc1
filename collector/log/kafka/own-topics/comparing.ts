// Tells how a topic differs from what it has to be like, what that would cost, and which command mends it.

import type { WantedTopic } from './wanted.ts'

/** Undefined: there is no such topic. */
export type FoundTopic = WantedTopic | undefined

export interface Difference {
  readonly topic: string
  /** What is not as it has to be: `min.insync.replicas is 1, not 2`. */
  readonly says: string
  /** What goes wrong as it is. */
  readonly harm: string
  /** A command line for whoever may change topics. */
  readonly mend: string
}

const harms: Readonly<Record<string, string>> = {
  'cleanup.policy': 'records that are needed would be dropped, or none ever',
  'message.timestamp.type': 'append times would be those of senders’ clocks',
  'min.insync.replicas': 'an acknowledged record could be lost with one broker',
  'max.message.bytes': 'batches of the collector would be refused',
  'unclean.leader.election.enable': 'a broker that lacks acknowledged records could become the leader',
  'retention.ms': 'records could be dropped before they are judged',
  'retention.bytes': 'records could be dropped before they are judged',
}

/** Of these more is as good. */
const atLeast = new Set(['max.message.bytes', 'retention.ms', 'min.insync.replicas'])

export function differences(wanted: WantedTopic, found: FoundTopic): readonly Difference[] {
  const { topic } = wanted
  if (found === undefined) {
    return [{ topic, says: 'it is missing', harm: 'the collector cannot start', mend: 'eastwest topics create' }]
  }
  const config = Object.entries(wanted.config)
    .filter(([name, value]) => !isGoodEnough(name, value, found.config[name] ?? ''))
    .map(
      ([name, value]): Difference => ({
        topic,
        says: `${name} is ${found.config[name] ?? 'not told'}, not ${value}`,
        harm: harms[name] ?? '',
        mend: `kafka-configs.sh --bootstrap-server BROKER --alter --topic ${topic} --add-config ${name}=${value}`,
      }),
    )
  const counted = found.partitions === wanted.partitions ? [] : [otherCount(wanted, found)]
  if (found.replicationFactor >= wanted.replicationFactor) return [...config, ...counted]
  return [
    ...config,
    ...counted,
    {
      topic,
      says: `its replication factor is ${found.replicationFactor}, not ${wanted.replicationFactor}`,
      harm: 'acknowledged records could be lost with one broker',
      mend: `kafka-reassign-partitions.sh --bootstrap-server BROKER --execute (${wanted.replicationFactor} replicas for ${topic}), or set log.kafka.replicationFactor`,
    },
  ]
}

function otherCount({ topic, partitions }: WantedTopic, found: WantedTopic): Difference {
  return {
    topic,
    says: `it has ${found.partitions} partitions, not ${partitions}`,
    harm: 'partitions would be read by nobody, or keys be looked for where they are not',
    mend: `set log.kafka.partitions to what is there, or delete the topic and run: eastwest topics create`,
  }
}

function isGoodEnough(name: string, wanted: string, found: string): boolean {
  if (wanted === found) return true
  if (found === '' || !atLeast.has(name)) return false
  // −1 is without a bound.
  return Number(found) === -1 || Number(found) >= Number(wanted)
}
