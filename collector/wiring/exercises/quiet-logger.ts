// The log of a temporary collector: errors alone, for whoever started it.

import type { Logger } from 'pino'
import { openLogger } from '../run/logger.ts'
import type { Settings } from '../settings/settings.ts'

export function quietLogger({ telemetry }: Pick<Settings, 'telemetry'>): Logger {
  return openLogger({ ...telemetry, logLevel: 'error' }, process.stderr, (text) => text)
}
