// The collector under crash test: the real one, or one with a known fault that the test must find.

import { EventEmitter } from 'node:events'
import { forwarded } from '../../collector/log/forwarded.ts'
import type { Log, LogRecordReceipt, NewRecord } from '../../collector/log/log.ts'
import { storedCursor } from '../../collector/wiring/core/stored-cursor.ts'
import { openCollector } from '../../collector/wiring/run/collector.ts'
import { openLogger } from '../../collector/wiring/run/logger.ts'
import { openLog } from '../../collector/wiring/run/open-log.ts'
import { readSettings } from '../../collector/wiring/settings/read-settings.ts'
import { openTelemetry } from '../../collector/wiring/telemetry/open-telemetry.ts'
import type { TopicName } from '../../schemas/topics.ts'

const [config = '', dataPath = '', mutant = 'none'] = process.argv.slice(2)
const { settings } = readSettings(config)

const collector = await openCollector({
  settings,
  readSettings: () => settings,
  dataPath,
  version: 'crash-test',
  environment: process.env,
  telemetry: openTelemetry('crash-test', {}),
  openLogger: (scrubber) => openLogger(settings.telemetry, process.stderr, (text) => scrubber.scrubText(text)),
  onAlert: () => undefined,
  openLog: async (options) => faulty(await openLog(settings.log, options), mutant),
})
process.send?.({ port: collector.port, store: collector.storeUrl })

const stopping = new EventEmitter()
process.on('SIGTERM', () => stopping.emit('stop'))
process.on('disconnect', () => process.exit(0))
await Promise.race([new Promise<void>((resolve) => stopping.once('stop', resolve)), collector.failed])
await collector.close()
process.exit(0)

function faulty(log: Log, fault: string): Log {
  if (fault === 'acknowledges-before-flush') return acknowledgesBeforeFlush(log)
  if (fault === 'commits-before-insert') return commitsBeforeInsert(log)
  return log
}

/** Answers an append of received lines with the offset they will probably get, and writes them a moment later. */
function acknowledgesBeforeFlush(log: Log): Log {
  const append = async (
    topic: TopicName,
    records: readonly NewRecord[],
    partition?: number,
  ): Promise<readonly LogRecordReceipt[]> => {
    if (topic !== 'ingest') return log.append(topic, records, partition)
    setTimeout(() => void log.append(topic, records, partition), 20)
    const { incarnation, nextOffset } = log.bounds('ingest')
    return records.map((_, at) => ({
      coordinate: { topic, incarnation, partition: 0, offset: nextOffset + at },
      appendedAt: Date.now(),
    }))
  }
  return { ...forwarded(log), append }
}

/** Moves the stored cursor past whatever was read, before any of it is in the store. */
function commitsBeforeInsert(log: Log): Log {
  const read: Log['read'] = (topic, offset, options, partition) => {
    const result = log.read(topic, offset, options, partition)
    if (topic === 'ingest' && result.records.length > 0)
      void log.setCursor(storedCursor(log.bounds(topic).incarnation), result.nextOffset)
    return result
  }
  return { ...forwarded(log), read }
}
