// The number of the stored format, in a file that any version can read before it touches the rest.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LogError } from '../log.ts'
import { flushDirectoryNow } from './segment-directory.ts'

/** Counts up when an older version could misread what this one writes. */
export const logFormat = 1

/** Refuses a log of a later format; marks one that has none yet. */
export function settleFormat(directory: string): void {
  const path = join(directory, 'format')
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, `${logFormat}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    flushDirectoryNow(directory)
    return
  }
  const text = readFileSync(path, 'latin1')
  const stored = /^\d{1,9}\s*$/.test(text) ? Number(text) : undefined
  if (stored === logFormat) return
  if (stored !== undefined && stored > logFormat) {
    throw new LogError(
      'ERR_LOG_NEWER_FORMAT',
      `the log in "${directory}" has format ${stored}, this version reads up to ${logFormat}; run the version that wrote it or give this one another data directory`,
      false,
    )
  }
  throw new LogError(
    'ERR_LOG_IO',
    `"${path}" does not say which format the log has; if no later version ever wrote this log, put a line with ${logFormat} into it`,
    false,
  )
}
