// Spreads what is received over the ingest partitions: calls take turns, and those of one call stay together.

import type { Log } from '../../log/log.ts'

/** @param log shows all of `ingest` */
export function spreadIngest(log: Log, partitions: number): Log {
  let next = 0
  return {
    append: (topic, records, partition) => {
      if (topic !== 'ingest' || partition !== undefined) return log.append(topic, records, partition)
      next = (next + 1) % partitions
      return log.append(topic, records, next)
    },
    read: (topic, offset, options, partition) => log.read(topic, offset, options, partition),
    scan: (topic, offset, partition) => log.scan(topic, offset, partition),
    onAppended: (topic, listener) => log.onAppended(topic, listener),
    bounds: (topic, partition) => log.bounds(topic, partition),
    readCompacted: (topic, partition, onDamaged) => log.readCompacted(topic, partition, onDamaged),
    cursor: (name) => log.cursor(name),
    setCursor: (name, offset) => log.setCursor(name, offset),
    trim: (policy) => log.trim(policy),
    close: () => log.close(),
  }
}
