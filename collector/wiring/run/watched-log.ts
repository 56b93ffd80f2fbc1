// The log as receivers see it: that it cannot take records is told at once, and that it can again as soon as it does.

import { forwarded } from '../../log/forwarded.ts'
import { type Log, LogError, type LogErrorCode } from '../../log/log.ts'

/** What someone must mend; being busy passes by itself. */
const outageCodes: ReadonlySet<LogErrorCode> = new Set(['ERR_LOG_DISK_FULL', 'ERR_LOG_IO'])

/** @param tell the outage, or undefined after an append that worked */
export function watchAppends(log: Log, tell: (outage: LogError | undefined) => void): Log {
  return {
    ...forwarded(log),
    append: async (topic, records, partition) => {
      try {
        const receipts = await log.append(topic, records, partition)
        tell(undefined)
        return receipts
      } catch (cause) {
        if (cause instanceof LogError && outageCodes.has(cause.code)) tell(cause)
        throw cause
      }
    },
  }
}
