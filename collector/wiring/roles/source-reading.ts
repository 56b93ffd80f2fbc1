// Topics of others, where roles share the work: whoever owns an ingest partition reads the source partitions that go to it.

import type { Logger } from 'pino'
import { hash32 } from '../../../detectors/engine/stable-hash.ts'
import { forwarded } from '../../log/forwarded.ts'
import { type Log, LogError } from '../../log/log.ts'
import type { KafkaReceiver } from '../../receivers/kafka/kafka-receiver.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openSourceTopics } from '../run/source-topics.ts'
import type { Status } from '../run/status.ts'
import type { Turns } from '../run/turns.ts'
import { waitingBytes } from '../run/waiting-bytes.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'

export interface SourceReadingOptions {
  readonly settings: Settings
  readonly partition: number
  /** How many ingest partitions there are. */
  readonly of: number
  /** Shows the ingest partition. */
  readonly log: Log
  readonly scrubber: Scrubber
  /** Resolves once it is sure that the partition is not another's; rejects where it is. */
  readonly sure: () => Promise<void>
  /** Everything below this offset of the partition has been handed on. */
  readonly position: () => number
  readonly turns: Turns
  readonly status: Pick<Status, 'setNote'>
  readonly meters: Pick<Meters, 'count'>
  readonly logger: Logger
  readonly onFailure: (cause: unknown) => void
}

/** Nothing more is read while so much of the partition waits. */
const heldFromBytes = 6 * 1024 * 1024

/** Undefined: the settings name no topic. */
export function openSourceReading(options: SourceReadingOptions): Promise<KafkaReceiver | undefined> {
  const { partition, of, log, sure, position } = options
  return openSourceTopics({
    ...options,
    log: {
      ...forwarded(log),
      // What was read by whoever slept is read again by its successor.
      append: async (topic, records) => {
        await sure().catch((cause: unknown) => {
          throw new LogError('ERR_LOG_CLOSED', String(cause), true)
        })
        return log.append(topic, records)
      },
      // Each partition knows by itself how far it was read from each source.
      cursor: (name) => log.cursor(`ingest/${partition}/${name}`),
      setCursor: (name, offset) => log.setCursor(`ingest/${partition}/${name}`, offset),
    },
    isOurs: (topic, source) => hash32(`${topic}\u0000${source}`) % of === partition,
    pressure: () => waitingBytes(log.bounds('ingest'), position()) > heldFromBytes,
  })
}
