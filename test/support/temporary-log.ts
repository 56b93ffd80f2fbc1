// A real embedded log in a directory of its own that can be closed and opened again.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../collector/log/embedded/embedded-log.ts'
import type { Log } from '../../collector/log/log.ts'

export interface TemporaryLog {
  readonly directory: string
  /** Opens it, or opens it again after the log given before was closed. */
  readonly open: () => Promise<Log>
  readonly remove: () => void
}

export function temporaryLog(now: () => number = Date.now): TemporaryLog {
  const directory = mkdtempSync(join(tmpdir(), 'eastwest-log-'))
  return {
    directory,
    open: () => openEmbeddedLog({ directory, now, newIncarnation: () => crypto.randomUUID() }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
