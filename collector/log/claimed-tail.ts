// What the owners of a claimed partition say, record by record as it comes, for whoever only looks on.

import { asWritten, claimKey, epochOf, isCopy } from './claimed-records.ts'
import type { LogRecord } from './log.ts'

export class ClaimedTail {
  /** Newest claim seen. */
  private claim = -1

  /**
   * The record as its owner wrote it, to be called in order of offset. Undefined of what says nothing new: a claim, a copy
   * of what stood before it, what is taken away, and what an older owner writes that slept through it.
   */
  news(record: LogRecord): LogRecord | undefined {
    const epoch = epochOf(record)
    if (epoch === undefined || epoch < this.claim) return undefined
    this.claim = epoch
    const written = asWritten(record)
    return isCopy(record) || record.value === null || written.key === claimKey ? undefined : written
  }
}
