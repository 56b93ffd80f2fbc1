// The parts of kafkajs below its consumer and producer: connections, metadata and single requests. The version is pinned.

import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { logCreator } from 'kafkajs'
import type { BrokerVersions } from './api-versions.ts'
import type { ClientConfig } from './client-config.ts'
import { openSocket, type SocketOptions } from './sockets.ts'
import { type LibraryConnection, Unanswered, unanswered } from './unanswered.ts'
import { type JoiningConnection, takeWholeAnswers } from './whole-answers.ts'
import type { WireRequest } from './wire/wire-request.ts'

export interface Broker {
  readonly nodeId: string
  /** Asked once it is connected. */
  readonly versions: BrokerVersions | null
  readonly connectionPool: {
    readonly host: string
    readonly port: number
    send<Answer>(exchange: {
      readonly request: {
        readonly apiKey: number
        readonly apiVersion: number
        readonly apiName: string
        encode(): Promise<unknown>
      }
      readonly response: {
        decode(bytes: Buffer): Promise<Buffer>
        parse(bytes: Buffer): Promise<Answer>
      }
      readonly requestTimeout?: number
      readonly logResponseError?: boolean
    }): Promise<Answer>
  }
  initProducerId(options: { readonly transactionTimeout: number }): Promise<ProducerIdentity>
  produce(options: ProduceOptions): Promise<ProduceAnswer>
  listOffsets(options: ListOffsetsOptions): Promise<ListOffsetsAnswer>
}

/** Both are long integers of the library's own kind, handed back as they came. */
export interface ProducerIdentity {
  readonly producerId: unknown
  readonly producerEpoch: unknown
}

export interface ProducedMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

export interface ProduceOptions extends ProducerIdentity {
  readonly acks: -1
  readonly timeout: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly firstSequence: number
      readonly messages: readonly ProducedMessage[]
    }[]
  }[]
}

export interface ProduceAnswer {
  readonly topics: readonly {
    readonly partitions: readonly { readonly baseOffset: string; readonly logAppendTime: string }[]
  }[]
}

export interface ListOffsetsOptions {
  readonly replicaId: -1
  readonly isolationLevel: 0 | 1
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[]
  }[]
}

export interface ListOffsetsAnswer {
  readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[]
}

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export interface Cluster {
  /** The one found by the settings' addresses. */
  readonly brokerPool: { readonly seedBroker: Broker | undefined }
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findBroker(options: { readonly nodeId: string }): Promise<Broker>
  findControllerBroker(): Promise<Broker>
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
  removeBroker(address: BrokerAddress): void
}

export interface CuttableCluster extends Cluster {
  /** Ends the connections to a broker; what waits for it fails at once. */
  cutOff(address: BrokerAddress): void
}

/** Makes the connections to each broker. */
interface PoolBuilder {
  build(to?: BrokerAddress): Promise<{ readonly pool: readonly (LibraryConnection & JoiningConnection)[] }>
}

interface Encoder {
  writeBuffer(bytes: Buffer): Encoder
}

interface Internals {
  readonly Cluster: new (options: Record<string, unknown>) => Cluster & { readonly connectionPoolBuilder: PoolBuilder }
  readonly Encoder: new () => Encoder
  readonly createLogger: (options: { readonly level: number; readonly logCreator: logCreator }) => unknown
}

const require = createRequire(import.meta.url)

// The library does not declare what lies below its index; the conformance suite runs over all that is used of it.
const internals = {
  Cluster: require('kafkajs/src/cluster'),
  Encoder: require('kafkajs/src/protocol/encoder'),
  createLogger: require('kafkajs/src/loggers').createLogger,
} as Internals

const metadataMaxAgeMs = 60_000
/** The log itself tries again, for it knows for how long. */
const retry = { retries: 1, initialRetryTime: 100, maxRetryTime: 500 } as const

/** @param wait by a monotonic clock */
export function openCluster(
  { logLevel, logCreator, ...options }: ClientConfig,
  wait: (ms: number) => Promise<void>,
): CuttableCluster {
  const sockets = new Map<Socket, BrokerAddress>()
  const cluster = new internals.Cluster({
    requestTimeout: 30_000,
    ...options,
    logger: internals.createLogger({ level: logLevel, logCreator }),
    socketFactory: patientSockets(sockets),
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    reauthenticationThreshold: 10_000,
    enforceRequestTimeout: true,
    metadataMaxAge: metadataMaxAgeMs,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 1,
    retry,
  })
  fitConnections(cluster.connectionPoolBuilder, new Unanswered(wait))
  return Object.assign(cluster, {
    cutOff: ({ host, port }: BrokerAddress) => {
      for (const [socket, to] of sockets) if (to.host === host && to.port === port) socket.destroy(unanswered())
    },
  })
}

function fitConnections(builder: PoolBuilder, unanswered: Unanswered): void {
  const { build } = builder
  builder.build = async (to) => {
    const connections = await build(to)
    for (const connection of connections.pool) {
      unanswered.watch(connection)
      takeWholeAnswers(connection)
    }
    return connections
  }
}

/** The library adds a listener each time it lets go of a socket that is still connecting: during an outage, many. */
function patientSockets(sockets: Map<Socket, BrokerAddress>): (options: SocketOptions) => Socket {
  return (options) => {
    const socket = openSocket(options).setMaxListeners(0)
    sockets.set(socket, options)
    return socket.once('close', () => sockets.delete(socket))
  }
}

export function send<Answer>(broker: Broker, { api, body, read }: WireRequest<Answer>): Promise<Answer> {
  return broker.connectionPool.send({
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      encode: async () => new internals.Encoder().writeBuffer(body),
    },
    response: { decode: async (bytes) => bytes, parse: async (bytes) => read(bytes) },
    logResponseError: false,
  })
}
