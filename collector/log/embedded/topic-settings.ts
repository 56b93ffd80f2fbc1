// What every topic of the embedded log is told by the log that holds it.

import { LogError, type LogRecordReceipt, type NewRecord } from '../log.ts'

/** The instants of an append at which a crash is worth trying. */
export type LogStep = 'log:before-append' | 'log:before-flush' | 'log:after-flush'

export interface TopicSettings {
  readonly now: () => number
  readonly newIncarnation: () => string
  /** A segment is closed before the group that would carry it past this size. */
  readonly segmentBytes: number
  /** Newest records kept in memory for readers close behind. */
  readonly recentBytes: number
  /** Called with a file that is no longer written, nor read by whoever reads close behind. Must not throw. */
  readonly releaseCache: (path: string) => void
  /** Called at each step of each group. Must not throw. */
  readonly onStep: (step: LogStep) => void
}

/** One call of `append`, waiting for its group. `receipts` is filled when the group is durable. */
export interface Append {
  readonly records: readonly NewRecord[]
  readonly bytes: number
  receipts: readonly LogRecordReceipt[]
}

/** The append time that follows on from `newestAt`: never earlier, whatever the clock or the caller says. */
export function appendTime(newestAt: number, asked: number | undefined, now: () => number): number {
  const at = Math.floor(asked ?? now())
  if (!Number.isSafeInteger(at)) throw new RangeError(`append time ${at} is not a whole number of milliseconds`)
  return Math.max(newestAt, at)
}

/** A transaction closes before the append that would carry it past this size; no single append may be larger. */
export const mostGroupBytes = 32 * 1024 * 1024
/** What may wait for a commit before more is refused. */
export const mostWaitingBytes = 64 * 1024 * 1024

export function busy(directory: string): LogError {
  const megabytes = mostWaitingBytes / 1024 / 1024
  return new LogError(
    'ERR_LOG_BUSY',
    `${megabytes} MB already wait to be written to "${directory}"; slow down and try again, the disk is behind`,
    true,
  )
}
