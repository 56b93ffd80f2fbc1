// Finds the broker that leads a partition, asks it, and finds its way back after a failure.

import { LogError } from '../log.ts'
import { refuseUnspoken } from './api-versions.ts'
import {
  type Broker,
  type BrokerAddress,
  type CuttableCluster,
  type ProducedMessage,
  type ProducerIdentity,
  send,
} from './kafkajs-internals.ts'
import { type FetchedPartition, type FetchFrom, type FetchOptions, fetchRequest } from './wire/fetch.ts'
import { type TopicFacts, topicIdsRequest } from './wire/topic-ids.ts'

/** One topic partition. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface PartitionBounds {
  readonly firstOffset: number
  /** Offset that the next record gets. */
  readonly nextOffset: number
}

export interface Produced {
  readonly baseOffset: number
  /** Epoch ms; −1 where the topic keeps the producers' time. */
  readonly appendedAt: number
}

const earliest = -2
const latest = -1
const produceTimeoutMs = 10_000
/** Of transactions, which are none of ours; the request wants one. */
const transactionTimeoutMs = 60_000

export class KafkaConnection {
  private readonly cluster: CuttableCluster
  private recovering: Promise<void> | undefined

  constructor(cluster: CuttableCluster) {
    this.cluster = cluster
  }

  /** Rejects where no broker answers, one does not speak as we do, or one of the topics is not there. */
  async open(topics: readonly string[]): Promise<readonly TopicFacts[]> {
    await this.cluster.connect()
    const broker = await this.anyBroker()
    const { host, port } = broker.connectionPool
    refuseUnspoken(`${host}:${port}`, broker.versions ?? {})
    const facts = await send(broker, topicIdsRequest(topics))
    const missing = facts.filter(({ error }) => error !== 0)
    if (missing.length > 0) throw missingTopics(missing)
    await this.cluster.addMultipleTargetTopics(topics)
    return facts
  }

  close(): Promise<void> {
    return this.cluster.disconnect()
  }

  /** Its node id. Undefined: the partition has no leader just now, or none that is known. */
  leaderOf({ topic, partition }: TopicPartition): string | undefined {
    try {
      const [leader] = Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]))
      return leader === undefined || Number(leader) < 0 ? undefined : leader
    } catch {
      // The library throws while it knows no broker.
      return undefined
    }
  }

  async fetch(
    nodeId: string,
    wanted: readonly FetchFrom[],
    options: FetchOptions,
  ): Promise<readonly FetchedPartition[]> {
    const broker = await this.cluster.findBroker({ nodeId })
    return send(broker, fetchRequest(wanted, options))
  }

  async producerId(): Promise<ProducerIdentity> {
    const broker = await this.anyBroker()
    return broker.initProducerId({ transactionTimeout: transactionTimeoutMs })
  }

  /** Acknowledged by all in-sync replicas. The messages are one batch: all of them are kept or none. */
  async produce(
    { topic, partition }: TopicPartition,
    identity: ProducerIdentity,
    firstSequence: number,
    messages: readonly ProducedMessage[],
  ): Promise<Produced> {
    const broker = await this.leader({ topic, partition })
    const answer = await broker.produce({
      ...identity,
      acks: -1,
      timeout: produceTimeoutMs,
      topicData: [{ topic, partitions: [{ partition, firstSequence, messages }] }],
    })
    const produced = answer.topics[0]?.partitions[0]
    if (produced === undefined) throw new Error('the broker answered an append without an offset')
    return { baseOffset: Number(produced.baseOffset), appendedAt: Number(produced.logAppendTime) }
  }

  async bounds(of: TopicPartition): Promise<PartitionBounds> {
    const broker = await this.leader(of)
    const at = async (timestamp: number): Promise<number> => {
      const { responses } = await broker.listOffsets({
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ topic: of.topic, partitions: [{ partition: of.partition, timestamp }] }],
      })
      return Number(responses[0]?.partitions[0]?.offset ?? 0)
    }
    return { firstOffset: await at(earliest), nextOffset: await at(latest) }
  }

  /** After a failure: leaders are looked for anew. However many failed at once, they look together. */
  recover(cause: unknown): Promise<void> {
    this.recovering ??= this.lookAnew(cause).finally(() => {
      this.recovering = undefined
    })
    return this.recovering
  }

  private async lookAnew(cause: unknown): Promise<void> {
    this.leave(cause)
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect()
      await this.cluster.refreshMetadata()
    } catch (again) {
      // Whoever asked tries again, and says so when that has lasted for too long.
      this.leave(again)
      this.leaveUngreeted()
    }
  }

  /** The library takes a broker for connected that never answered its greeting, and cannot ask it anything. */
  private leaveUngreeted(): void {
    const { seedBroker } = this.cluster.brokerPool
    if (seedBroker?.versions === null) this.cluster.cutOff(seedBroker.connectionPool)
  }

  /** The library would ask on over a connection that is closed, and over one that answers nothing. */
  private leave(cause: unknown): void {
    const left = leftBy(cause)
    if (left === undefined) return
    if (left.isSilent) this.cluster.cutOff(left)
    this.cluster.removeBroker(left)
  }

  private async leader(of: TopicPartition): Promise<Broker> {
    await this.cluster.refreshMetadataIfNecessary()
    const nodeId = this.leaderOf(of)
    if (nodeId === undefined) throw new Error(`partition ${of.partition} of topic "${of.topic}" has no leader`)
    return this.cluster.findBroker({ nodeId })
  }

  private async anyBroker(): Promise<Broker> {
    await this.cluster.refreshMetadataIfNecessary()
    return this.cluster.findControllerBroker()
  }
}

/** The broker whose connection closed, or answered nothing in time, where the failure or what caused it names it. */
function leftBy(cause: unknown): (BrokerAddress & { readonly isSilent: boolean }) | undefined {
  for (let each = cause; each instanceof Error; each = each.cause) {
    if (each.name === 'KafkaJSConnectionClosedError') return { host: '', port: 0, ...each, isSilent: false }
    if (each.name === 'KafkaJSRequestTimeoutError' && 'broker' in each) {
      const [, host = '', port] = /^(.*):(\d+)$/.exec(String(each.broker)) ?? []
      return { host, port: Number(port), isSilent: true }
    }
  }
  return undefined
}

function missingTopics(missing: readonly TopicFacts[]): LogError {
  const names = missing.map(({ topic, error }) => `"${topic}" (${reasonOf(error)})`)
  return new LogError('ERR_LOG_IO', `cannot read topic ${names.join(', ')}: create it or grant access`, false)
}

/** Of an error's number in Kafka's protocol. */
export function reasonOf(error: number): string {
  if (error === 3) return 'it does not exist'
  if (error === 29) return 'access is not granted'
  return `Kafka error ${error}`
}
