// Runs a collector until it is told to stop or cannot go on.

import type { Alert } from '../../../schemas/alerts.ts'
import type { Abstention } from '../../api/ports.ts'
import type { Settings } from '../settings/settings.ts'
import { openTelemetry } from '../telemetry/open-telemetry.ts'
import { version } from '../version.ts'
import { type Collector, openCollector } from './collector.ts'
import { every } from './every.ts'
import { openLogger } from './logger.ts'
import { openLog } from './open-log.ts'
import { hasLostTerminal, listenForStop } from './stop-signals.ts'
import { watchAbstentions } from './watch-abstentions.ts'

export interface RunOptions {
  readonly settings: Settings
  /** Reads them again, as they were read at first. @throws SettingsError with all problems */
  readonly readSettings: () => Settings
  readonly dataPath: string
  readonly onStarted: (collector: Collector) => void
  readonly onAlert: (alert: Alert) => void
  /** A detector cannot fire at all on what a source sends. */
  readonly onAbstention: (abstention: Abstention) => void
  readonly onStopping: () => void
}

/**
 * Resolves after a clean stop by SIGTERM, SIGINT or the end of its terminal, also by one that comes while it starts; a
 * second signal ends the process at once. SIGHUP from elsewhere lets it read its settings again.
 */
export async function runCollector(options: RunOptions): Promise<void> {
  const { settings, readSettings, dataPath, onStarted, onAlert, onAbstention, onStopping } = options
  const stop = listenForStop()
  const opening = openCollector({
    settings,
    readSettings,
    dataPath,
    version,
    environment: process.env,
    telemetry: openTelemetry(version, process.env),
    openLogger: (scrubber) => openLogger(settings.telemetry, process.stderr, (text) => scrubber.scrubText(text)),
    onAlert,
    openLog: (log) => openLog(settings.log, log),
  })
  process.on('SIGHUP', () => {
    if (!hasLostTerminal()) opening.then(reload, () => undefined)
  })
  const collector = await opening.catch((cause: unknown) => {
    // The signal reaches the store's child too where both are of one terminal, and its end is then no failure.
    if (stop.isAsked()) process.exit(0)
    throw cause
  })
  if (!stop.isAsked()) onStarted(collector)
  const stopWatching = watchAbstentions({
    abstentions: () => collector.abstentions(),
    tell: onAbstention,
    every,
  })
  await Promise.race([stop.asked, collector.failed])
  stopWatching()
  onStopping()
  await collector.close()
}

async function reload({ reload, logger }: Collector): Promise<void> {
  try {
    await reload('SIGHUP', 'settings read again')
  } catch (cause) {
    logger.error({ cause: String(cause) }, 'the settings were not applied')
  }
}
