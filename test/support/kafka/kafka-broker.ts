// Real Kafka brokers for tests: the one that the environment names, one of their own, or a cluster of several.

import { randomBytes } from 'node:crypto'
import kafkajs, { type Kafka } from 'kafkajs'
import { freePort } from '../free-port.ts'
import { type KafkaNode, type NodeOptions, type NodePlace, startNode } from './kafka-node.ts'

export interface KafkaBroker {
  /** Each as `host:port`. */
  readonly brokers: readonly string[]
  stop(): Promise<void>
}

/** A broker that a test may do things to. */
export type OwnBroker = KafkaBroker & KafkaNode

export interface OwnCluster extends KafkaBroker {
  readonly nodes: readonly KafkaNode[]
}

/** The broker that KAFKA_BROKERS names, or one of its own. */
export async function openKafka(): Promise<KafkaBroker> {
  const given = process.env.KAFKA_BROKERS
  if (given !== undefined && given !== '') return { brokers: given.split(','), stop: async () => undefined }
  return startKafka()
}

export async function startKafka(options: NodeOptions = {}): Promise<OwnBroker> {
  const { brokers, nodes } = await startCluster(1, options)
  const [node] = nodes
  if (node === undefined) throw new RangeError('a cluster of one has one node')
  return { ...node, brokers }
}

/** Resolves once all of them answer. */
export async function startCluster(count: number, options: NodeOptions = {}): Promise<OwnCluster> {
  const places: NodePlace[] = []
  for (let id = 1; id <= count; id++) places.push({ id, port: await freePort(), controllerPort: await freePort() })
  // The storage tool takes an id that begins with a dash for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const nodes = await Promise.all(places.map((place) => startNode(place, places, clusterId, options)))
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await Promise.all(nodes.map((node) => node.answers()))
  } catch (cause) {
    await stop()
    throw cause
  }
  return { brokers: places.map(({ port }) => `127.0.0.1:${port}`), nodes, stop }
}

/** For tests that look at a broker or make its topics. Says nothing of what it tries again. */
export function kafkaClient({ brokers }: Pick<KafkaBroker, 'brokers'>): Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], clientId: 'eastwest-tests', logLevel: kafkajs.logLevel.NOTHING })
}
