// What has to be done now and then: alerts that close by themselves, and log space that is given back.

import type { AppliedAlert } from '../../alerts/alert-book.ts'
import type { Alerts } from '../../alerts/alerts.ts'
import type { Log } from '../../log/log.ts'
import type { CoreThread } from '../core-thread/core-thread.ts'
import type { Settings } from '../settings/settings.ts'
import type { Outages } from './outages.ts'
import { repeat } from './repeat.ts'

export interface HousekeepingOptions {
  readonly settings: Settings
  readonly log: Log
  readonly core: CoreThread
  readonly alerts: Alerts
  readonly outages: Outages
  /** False: appends would be refused. */
  readonly hasRoom: () => boolean
  /** Tells again what people decided, where that was forgotten; nothing once it is done. */
  readonly earlierDecisions: () => Promise<void>
  readonly onAlert: (applied: AppliedAlert) => void
  readonly onFailure: (error: unknown) => void
  /** What is old by it ends. Epoch ms. */
  readonly now: () => number
}

const tickMs = 1_000
const trimMs = 10_000

/** Returns the way to stop. */
export function startHousekeeping(options: HousekeepingOptions): () => void {
  const { alerts, onAlert, now, log, core, settings } = options
  const house = { ...options, part: 'housekeeping' }
  const stopTicks = repeat(tickMs, house, async () => {
    for (const applied of await alerts.tick(now())) onAlert(applied)
  })
  const stopTrims = repeat(trimMs, house, async () => {
    const { storedBelow, neededFrom } = core.progress()
    await log.trim({
      maxAgeMs: settings.log.retentionSeconds * 1000,
      maxBytes: settings.log.retentionBytes,
      now: now(),
      keepFrom: { ingest: Math.min(storedBelow, neededFrom) },
    })
  })
  const stopTelling = repeat(tickMs, house, options.earlierDecisions)
  // Whoever asks /readyz sends nothing while it says no: so that the log works again is found out here.
  const stopProbes = repeat(tickMs, house, async () => {
    if (!options.outages.has('receiving') || !options.hasRoom()) return
    await log.append('control', [{ key: 'probe/receiving', value: Buffer.alloc(1) }])
    options.outages.set('receiving', undefined)
  })
  return () => {
    stopProbes()
    stopTelling()
    stopTicks()
    stopTrims()
  }
}
