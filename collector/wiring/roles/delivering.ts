// The alerts of one partition: verdicts folded into them, tables kept like them, and channels told.

import type { Logger } from 'pino'
import { z } from 'zod'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import { openClaimedLog } from '../../log/claimed-log.ts'
import { type Log, LogError, type LogRecord } from '../../log/log.ts'
import type { Failpoint } from '../core/failpoint.ts'
import { readFindings } from '../keyed/findings-frame.ts'
import { openAlertTables } from '../run/alert-tables.ts'
import { openLiveAlerts } from '../run/live-alerts.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import { processClocks } from '../run/process-clocks.ts'
import { openSteadyClock } from '../run/steady-clock.ts'
import type { TableStore } from '../run/table-writer.ts'
import { untilDone } from '../run/until-done.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { PartitionWork } from './partition-work.ts'
import { readAlong } from './read-along.ts'
import { claimedTopics } from './role.ts'

export interface DeliveringOptions {
  readonly settings: Settings
  readonly partition: number
  /** Shows the partition of `findings` as `ingest`, those of `alerts` and `deliveries`, and `control`. */
  readonly log: Log
  readonly epoch: number
  readonly store: TableStore
  readonly meters: Meters
  readonly logger: Logger
  readonly outages: Pick<Outages, 'set'>
  readonly onFailure: (cause: unknown) => void
  readonly failpoint: Failpoint
}

const placeSchema = z.strictObject({
  incarnation: z.string(),
  offset: z.int(),
  /** Offset up to which each partition that findings come from has come, by its name. */
  through: z.record(z.string(), z.int()),
})
type Place = z.infer<typeof placeSchema>

const tickMs = 1_000
/** How often at most it is written down how far the partition was read. */
const placeMs = 1_000
const graceMs = 10_000

export async function openDelivering(options: DeliveringOptions): Promise<PartitionWork> {
  const { settings, partition, store, meters, logger, outages, onFailure, failpoint } = options
  const log = await openClaimedLog(options.log, options.epoch, claimedTopics.deliver, failpoint)
  const alerts = openLiveAlerts({ settings, log, meters, logger, outages })
  const tables = openAlertTables(store, onFailure)
  alerts.onDelivery((delivery) => {
    outages.set('deliveries', undefined)
    tables.putDelivery(delivery)
  })
  alerts.load()
  for (const held of alerts.held(0)) tables.putAlert(held)

  const place = placeOf(log, partition)
  const through = new Map(Object.entries(place?.through ?? {}))
  let placedAt = 0
  let isClosed = false
  const apply = async (records: readonly JudgedRecord[]): Promise<void> => {
    for (const applied of await alerts.apply(records)) tables.putAlert(applied)
    outages.set('alerts', undefined)
  }
  const trying = { isStopped: () => isClosed, onOutage: (cause: unknown) => outages.set('alerts', cause), wait: pause }
  const keepPlace = async (offset: number): Promise<void> => {
    const { incarnation } = log.bounds('ingest')
    const value = Buffer.from(
      JSON.stringify({ incarnation, offset, through: Object.fromEntries(through) } satisfies Place),
    )
    try {
      failpoint('place:before')
      await log.append('control', [{ key: placeKey(partition), value }])
      failpoint('place:after')
    } catch (cause) {
      // More is read again after a restart, and changes nothing.
      if (!(cause instanceof LogError && cause.retryable)) throw cause
      outages.set('alerts', cause)
    }
  }
  const along = readAlong({
    log,
    from: Math.max(place?.offset ?? 0, log.bounds('ingest').firstOffset),
    take: async (records) => {
      const fresh = records.flatMap((record) => freshOf(record, through))
      if (fresh.length > 0) await untilDone(() => apply(fresh), trying)
      const last = records.at(-1)
      if (last === undefined || isClosed || performance.now() < placedAt + placeMs) return
      placedAt = performance.now()
      await keepPlace(last.coordinate.offset + 1)
    },
    onFailure,
  })
  const steadyNow = openSteadyClock(processClocks)
  const ticking = setInterval(() => {
    alerts.tick(steadyNow()).then(
      (changed) => {
        outages.set('housekeeping', undefined)
        for (const applied of changed) tables.putAlert(applied)
      },
      (cause: unknown) => outages.set('housekeeping', cause),
    )
  }, tickMs)
  const end = async (): Promise<void> => {
    clearInterval(ticking)
    await along.close()
    await alerts.close()
    await tables.close(graceMs)
  }
  return {
    progress: () => ({
      position: along.position(),
      behind: log.bounds('ingest').nextOffset - along.position(),
      unaccounted: 0,
    }),
    holdings: () => ({ alerts }),
    close: async () => {
      await end()
      await keepPlace(along.position())
    },
    abandon: async () => {
      isClosed = true
      await end()
    },
  }
}

/** What was not told before, in the order of this partition: positions of different shares say nothing to each other. */
function freshOf(record: LogRecord, through: Map<string, number>): readonly JudgedRecord[] {
  const { from, to, records } = readFindings(record)
  const known = through.get(from) ?? -1
  if (to <= known) return []
  through.set(from, to)
  const { offset } = record.coordinate
  return records
    .filter(({ position }) => position.offset > known)
    .map((each, index) => ({ ...each, position: { offset, index } }))
}

function placeOf(log: Log, partition: number): Place | undefined {
  for (const { key, value } of log.readCompacted('control')) {
    if (key !== placeKey(partition) || value === null) continue
    const { data } = placeSchema.safeParse(JSON.parse(Buffer.from(value).toString('utf8')))
    if (data?.incarnation === log.bounds('ingest').incarnation) return data
  }
  return undefined
}

function placeKey(partition: number): string {
  return `place/findings/${partition}`
}
