// Reads partitions over a connection of its own: those of our log apart from its own reading, and topics of others.

import { type Coordinate, LogError } from '../log.ts'
import type { ClientConfig } from './client-config.ts'
import { KafkaConnection, type PartitionBounds, type TopicPartition } from './connection.ts'
import { Fetching } from './fetching.ts'
import { openCluster } from './kafkajs-internals.ts'
import { News } from './news.ts'
import { Partition } from './partition.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Stretch } from './stretch.ts'
import type { TopicFacts } from './wire/topic-ids.ts'

export interface ReadingOptions {
  readonly client: ClientConfig
  readonly maxInflatedBytes: number
  /** Fetched ahead of what was read, a partition. Unit: bytes. */
  readonly aheadBytes: number
  readonly wait: (ms: number) => Promise<void>
  /** A broker does not answer as it should, and is asked on; `undefined`: it does again. */
  readonly onOutage: (cause: unknown) => void
}

export class Reading {
  private readonly options: ReadingOptions
  private readonly connection: KafkaConnection
  private readonly partitions: Partition[] = []
  private readonly fetching: Fetching
  private readonly closed = new News()
  private isClosed = false

  constructor(options: ReadingOptions) {
    const { client, wait, onOutage } = options
    this.options = options
    this.connection = new KafkaConnection(openCluster(client, wait))
    this.fetching = new Fetching({ connection: this.connection, partitions: this.partitions, wait, onOutage })
  }

  /** Id and partitions as they are now. Rejects where no broker answers, and where the topic is not there or not to be read. */
  async facts(topic: string): Promise<TopicFacts> {
    const [facts] = await told(this.connection.open([topic]))
    if (facts === undefined) throw new LogError('ERR_LOG_IO', `no broker tells of topic "${topic}"`, true)
    return facts
  }

  bounds(of: TopicPartition): Promise<PartitionBounds> {
    return told(this.connection.bounds(of))
  }

  /** Begins to read a partition of a topic that `facts` was asked for. */
  add(of: TopicPartition, place: Omit<Coordinate, 'offset'>, offset: number): PartitionReading {
    const news = new News()
    const held = new ReadAhead(offset, this.options.aheadBytes)
    let failure: unknown
    const partition = new Partition({
      of,
      place,
      firstOffset: 0,
      nextOffset: 0,
      held,
      maxInflatedBytes: this.options.maxInflatedBytes,
      onNews: () => news.tell(),
      findBounds: () => this.bounds(of),
      onFailure: (cause) => {
        failure = cause
        news.tell()
      },
    })
    this.partitions.push(partition)
    return {
      readOn: async (from) => {
        for (;;) {
          const next = news.next()
          const end = this.closed.next()
          if (this.isClosed) throw new LogError('ERR_LOG_CLOSED', 'the reading is closed', false)
          if (failure !== undefined) throw failure
          const stretch = held.stretchFrom(from)
          this.fetching.nudge()
          if (stretch !== undefined) return stretch
          await Promise.race([next, end])
        }
      },
      behind: (from) => Math.max(0, partition.bounds().nextOffset - from),
    }
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.closed.tell()
    await this.fetching.close()
    await this.connection.close()
  }
}

/** What the library rejects with, as an outage. */
async function told<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch (cause) {
    if (cause instanceof LogError) throw cause
    throw new LogError('ERR_LOG_IO', cause instanceof Error ? cause.message : String(cause), true, { cause })
  }
}

export interface PartitionReading {
  /** What follows from `offset` on, once there is something. Rejects where the partition cannot be read on, or after `close`. */
  readOn(offset: number): Promise<Stretch>
  /** Records from `offset` to the end of the partition, as far as it is known. */
  behind(offset: number): number
}
