// Runs one process of a fleet until it is told to stop or cannot go on.

import { openLogger } from '../run/logger.ts'
import { openOnKafka } from '../run/open-log.ts'
import { listenForStop } from '../run/stop-signals.ts'
import { openStoreLink } from '../run/store-link.ts'
import type { Settings } from '../settings/settings.ts'
import { openTelemetry } from '../telemetry/open-telemetry.ts'
import { version } from '../version.ts'
import { type FleetProcess, type FleetProcessOptions, openFleetProcess } from './open-fleet-process.ts'
import type { Role } from './role.ts'

export interface RunFleetOptions extends Partial<Pick<FleetProcessOptions, 'openLog' | 'openStore'>> {
  readonly settings: Settings
  readonly roles: readonly Role[]
  readonly dataPath: string
  readonly onStarted: (process: FleetProcess) => void
  readonly onStopping: () => void
}

/** Ends the process after a stop: its partitions are let go of then, and others take them up at once. */
export async function runFleetProcess(options: RunFleetOptions): Promise<void> {
  const { settings, roles, dataPath, onStarted, onStopping } = options
  const { openLog = openOnKafka, openStore = openStoreLink } = options
  const stop = listenForStop()
  const opened = await openFleetProcess({
    settings,
    roles,
    dataPath,
    telemetry: openTelemetry(version, process.env),
    openLogger: (scrubber) => openLogger(settings.telemetry, process.stderr, (text) => scrubber.scrubText(text)),
    openLog,
    openStore,
    environment: process.env,
  })
  // Whoever sends it wants the settings read again.
  process.on('SIGHUP', () => opened.logger.warn('settings are read at the start: start the process anew for others'))
  if (!stop.isAsked()) onStarted(opened)
  await Promise.race([stop.asked, opened.failed])
  onStopping()
  await opened.close()
  // What did not end in time would keep it alive.
  process.exit(0)
}
