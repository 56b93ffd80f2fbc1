// A log over topics of its own on a real broker.

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { openKafkaLog } from '../../../collector/log/kafka/kafka-log.ts'
import type { Shows } from '../../../collector/log/kafka/shown.ts'
import type { Log } from '../../../collector/log/log.ts'
import { topics } from '../../../schemas/topics.ts'
import { type KafkaBroker, kafkaClient } from './kafka-broker.ts'

export interface TemporaryKafkaLog {
  /** Before the names of its topics. */
  readonly prefix: string
  /** Over the same topics, as often as asked. @param shows all that one collector needs where it is left out */
  open(shows?: Shows): Promise<Log>
}

export interface TemporaryKafkaLogOptions {
  readonly maxRecordBytes?: number
  /** What the broker compresses the topics' batches with. */
  readonly compression?: string
  /** How long an answer may take; the log's own deadline unless said. */
  readonly requestTimeoutMs?: number
}

export async function temporaryKafkaLog(
  broker: KafkaBroker,
  { maxRecordBytes = 64 * 1024, compression = 'producer', requestTimeoutMs }: TemporaryKafkaLogOptions = {},
): Promise<TemporaryKafkaLog> {
  const prefix = `${randomUUID()}.`
  await makeTopics(broker, prefix, compression)
  return { prefix, open: (shows) => openLog(broker, prefix, maxRecordBytes, requestTimeoutMs, shows) }
}

function openLog(
  { brokers }: KafkaBroker,
  topicPrefix: string,
  maxRecordBytes: number,
  requestTimeout: number | undefined,
  shows: Shows | undefined,
): Promise<Log> {
  return openKafkaLog({
    client: {
      brokers: [...brokers],
      clientId: 'eastwest-tests',
      logLevel: 0,
      logCreator: () => () => undefined,
      ...(requestTimeout === undefined ? {} : { requestTimeout }),
    },
    topicPrefix,
    maxRecordBytes,
    maxBatchBytes: 900_000,
    maxInflatedBytes: 16 * 1024 * 1024,
    aheadBytes: 4 * 1024 * 1024,
    giveUpMs: 10_000,
    wait: (ms) => pause(ms),
    clock: () => performance.now(),
    random: () => Math.random(),
    onStep: () => undefined,
    onOutage: () => undefined,
    onFailure: (cause) => {
      throw cause
    },
    ...(shows === undefined ? {} : { shows }),
  })
}

async function makeTopics(broker: KafkaBroker, prefix: string, compression: string): Promise<void> {
  const admin = kafkaClient(broker).admin()
  await admin.connect()
  try {
    await admin.createTopics({
      topics: Object.values(topics).map(({ name, keeps }) => ({
        topic: `${prefix}${name}`,
        numPartitions: name === 'ingest' ? 2 : 1,
        replicationFactor: 1,
        configEntries: [
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'cleanup.policy', value: keeps === 'compacted' ? 'compact' : 'delete' },
          { name: 'compression.type', value: compression },
        ],
      })),
    })
  } finally {
    await admin.disconnect()
  }
}
