// Opens the log that the settings name: in the data folder, or on a Kafka cluster.

import type { Logger } from 'pino'
import type { EmbeddedLogOptions } from '../../log/embedded/embedded-log.ts'
import type { KafkaSettings } from '../../log/kafka/settings.ts'
import type { Shows } from '../../log/kafka/shown.ts'
import { type Log, LogError } from '../../log/log.ts'
import type { Settings } from '../settings/settings.ts'
import { pause } from './pause.ts'
import { ownAlone } from './sole-owner.ts'

export interface OpenLogOptions extends EmbeddedLogOptions, Omit<KafkaLogOptions, 'onStep'> {}

export interface KafkaLogOptions {
  readonly logger: Logger
  readonly onStep?: EmbeddedLogOptions['onStep'] & {}
  /** The log cannot go on. */
  readonly onFailure: (cause: unknown) => void
  /** What it holds cannot be read just now; `undefined`: it can again. */
  readonly onOutage?: (cause: unknown) => void
}

/** Of a batch, kept free for what stands around its records. */
const headroomBytes = 16 * 1024
/** Fetched ahead of what is judged. */
const aheadBytes = 8 * 1024 * 1024

export async function openLog(settings: Settings['log'], options: OpenLogOptions): Promise<Log> {
  const { logger, onFailure, onOutage: _, ...embedded } = options
  // Of the two logs only the one that is used is loaded.
  if (settings.kafka === undefined) {
    const { openEmbeddedLog } = await import('../../log/embedded/embedded-log.ts')
    const { openPageCache } = await import('../../log/embedded/page-cache.ts')
    return openEmbeddedLog({ ...embedded, releaseCache: openPageCache() })
  }
  if (settings.kafka.partitions !== undefined) throw new PartitionsNeedRoles()
  await refuseUnfitTopics(settings)
  const log = await openOnKafka(settings.kafka, options)
  await ownAlone(log, onFailure)
  return log
}

/** One collector alone reads one partition of each topic. */
export class PartitionsNeedRoles extends Error {
  readonly code = 'ERR_USAGE'

  constructor() {
    super('log.kafka.partitions is for processes that share the work: say which of it this one does, --roles')
  }
}

/** @param shows all that one collector needs where it is left out */
export async function openOnKafka(
  kafka: KafkaSettings,
  { logger, onFailure, onStep = () => undefined, onOutage = () => undefined }: KafkaLogOptions,
  shows?: Shows,
): Promise<Log> {
  const { clientConfig } = await import('../../log/kafka/client-config.ts')
  const { openKafkaLog } = await import('../../log/kafka/kafka-log.ts')
  const maxBatchBytes = kafka.batchBytes - headroomBytes
  return openKafkaLog({
    // The library tells each of its tries; what lasts is told below, and by whoever appends.
    client: clientConfig(kafka, (message, facts) => logger.debug({ kafka: facts }, message)),
    topicPrefix: kafka.topicPrefix,
    maxRecordBytes: maxBatchBytes - headroomBytes,
    maxBatchBytes,
    maxInflatedBytes: kafka.inflatedBytes,
    aheadBytes,
    giveUpMs: kafka.giveUpMs,
    wait: pause,
    clock: () => performance.now(),
    random: () => Math.random(),
    onOutage: (cause) => {
      onOutage(cause)
      if (cause === undefined) logger.info('Kafka answers again')
      else logger.warn({ cause: String(cause) }, 'Kafka does not answer as it should; it is asked again')
    },
    onFailure,
    onStep,
    ...(shows === undefined ? {} : { shows }),
  })
}

/** @throws LogError that names the first setting at fault and what mends it */
export async function refuseUnfitTopics(settings: Settings['log']): Promise<void> {
  const { topicsStanding } = await import('../topics/topics.ts')
  const found = (await topicsStanding(settings)).flatMap(({ differences }) => differences)
  const [first] = found
  if (first === undefined) return
  const { topic, says, harm, mend } = first
  const others = found.length === 1 ? '' : ` (and ${found.length - 1} more: "eastwest topics check" tells all)`
  throw new LogError('ERR_LOG_IO', `topic "${topic}": ${says}: ${harm}; mend it by: ${mend}${others}`, false)
}
