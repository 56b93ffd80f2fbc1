// Spreads what is received over the ingest partitions: calls take turns, and those of one call stay together.

import { forwarded } from '../../log/forwarded.ts'
import type { Log } from '../../log/log.ts'

/** @param log shows all of `ingest` */
export function spreadIngest(log: Log, partitions: number): Log {
  let next = 0
  return {
    ...forwarded(log),
    append: (topic, records, partition) => {
      if (topic !== 'ingest' || partition !== undefined) return log.append(topic, records, partition)
      next = (next + 1) % partitions
      return log.append(topic, records, next)
    },
  }
}
