// Opens the receiver of topics of others; Kafka's client is loaded only where there are any.

import type { Logger } from 'pino'
import { decoders } from '../../decoders/catalog.ts'
import type { Log } from '../../log/log.ts'
import { type KafkaReceiver, openKafkaReceiver } from '../../receivers/kafka/kafka-receiver.ts'
import { openMessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { lossNote } from '../pipeline/loss-note.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import { pause } from './pause.ts'
import type { Status } from './status.ts'
import type { Turns } from './turns.ts'

export interface SourceTopicsOptions {
  readonly settings: Settings
  readonly log: Log
  readonly scrubber: Scrubber
  readonly pressure: () => boolean
  readonly turns: Turns
  readonly status: Pick<Status, 'setNote'>
  readonly meters: Pick<Telemetry['meters'], 'count'>
  /** Whether a partition of a topic is read here; all are where it is left out. */
  readonly isOurs?: (topic: string, partition: number) => boolean
  readonly logger: Logger
  readonly onFailure: (cause: unknown) => void
}

/** Undefined: the settings name no topic. */
export async function openSourceTopics(options: SourceTopicsOptions): Promise<KafkaReceiver | undefined> {
  const { settings, scrubber, meters, logger, status } = options
  const { kafka, http } = settings.receivers
  if (kafka.topics.length === 0) return undefined
  const connection = kafka.connection ?? settings.log.kafka
  if (connection === undefined) throw new RangeError('the settings passed although no cluster holds the topics')
  const { clientConfig } = await import('../../log/kafka/client-config.ts')
  const { Reading } = await import('../../log/kafka/reading.ts')
  const client = clientConfig(connection, (message, facts) => logger.debug({ kafka: facts }, message))
  const { depth, keys } = settings.decoders.limits
  const inTrouble = new Set<string>()
  return openKafkaReceiver({
    ...options,
    settings: kafka,
    messages: openMessageScrubber(scrubber, settings.scrub),
    limits: {
      records: http.records,
      depth,
      keys,
      lineBytes: Math.min(settings.decoders.limits.lineBytes, kafka.lineBytes),
    },
    formats: new Set(decoders.map(({ id }) => id)),
    openReading: (onOutage) =>
      new Reading({
        client,
        maxInflatedBytes: kafka.inflatedBytes,
        aheadBytes: kafka.aheadBytes,
        wait: pause,
        onOutage,
      }),
    onReceived: (records, bytes) => {
      meters.count('receivedRecords', records, { receiver: 'kafka' })
      meters.count('receivedBytes', bytes, { receiver: 'kafka' })
    },
    onMissed: (topic, partition, fromOffset, toOffset) => {
      meters.count('missedRecords', toOffset - fromOffset + 1, { topic })
      logger.error({ topic, partition, fromOffset, toOffset }, 'records were dropped before they were read')
    },
    noteLost: (range, tenant) => lossNote(range, tenant, Date.now()),
    onTrouble: (topic, cause) => {
      status.setNote(`topic ${topic}`, cause && `topic "${topic}": ${scrubber.scrubText(cause.message)}`)
      if (cause === undefined) {
        if (inTrouble.delete(topic)) logger.info({ topic }, 'the topic is read again')
      } else if (!inTrouble.has(topic)) {
        inTrouble.add(topic)
        logger.error({ topic, detail: scrubber.scrubText(cause.message) }, 'the topic cannot be read')
      }
    },
    wait: pause,
  })
}
