// One machine, put together: data folder, log, store, core, alerts, receivers and API in one process of two threads.

import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Alert } from '../../../schemas/alerts.ts'
import type { Log } from '../../log/log.ts'
import { refuseToListen } from '../../receivers/http/guard.ts'
import { openScrubber, type Scrubber } from '../../scrub/scrubber.ts'
import { highestClaim } from '../../store/embedded/claim.ts'
import { failpointVariable } from '../../store/embedded/failpoints.ts'
import { serversOf } from '../../store/settings.ts'
import { failpointFrom } from '../core/failpoint.ts'
import { type CoreThread, openCoreThread } from '../core-thread/core-thread.ts'
import { freeBytes, openDataFolder, openScrubKey, readScrubKeys } from '../data-folder.ts'
import { type LiveRuns, openLiveRuns } from '../exercises/live-runs.ts'
import { longestLateness } from '../settings/lateness.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import { AlertStream } from './alert-stream.ts'
import { openAlertTables } from './alert-tables.ts'
import { claimStore } from './claim.ts'
import { openDecisions } from './decisions.ts'
import { heldIn, keepsDecisions, tellEarlierDecisions } from './earlier-decisions.ts'
import { openFront } from './front.ts'
import { startHousekeeping } from './housekeeping.ts'
import { openLiveAlerts } from './live-alerts.ts'
import type { OpenLogOptions } from './open-log.ts'
import type { OtlpPorts } from './otlp-front.ts'
import { Outages } from './outages.ts'
import { pause } from './pause.ts'
import { processClocks } from './process-clocks.ts'
import { type Place, watchProgress } from './progress-watch.ts'
import { openQueries } from './queries.ts'
import { openReload } from './reload.ts'
import { openStatus } from './status.ts'
import { openSteadyClock } from './steady-clock.ts'
import { openStoreLink } from './store-link.ts'

export interface CollectorOptions {
  readonly settings: Settings
  readonly dataPath: string
  readonly version: string
  /** Reads the settings again. @throws SettingsError with all problems */
  readonly readSettings: () => Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly telemetry: Telemetry
  /** Opened once the key is known, so that it scrubs what it writes. */
  readonly openLogger: (scrubber: Scrubber) => Logger
  readonly onAlert: (alert: Alert) => void
  readonly openLog: (options: OpenLogOptions) => Promise<Log>
}

export interface Collector {
  readonly port: number
  readonly otlpPorts: OtlpPorts
  readonly storeUrl: string
  readonly logger: Logger
  /** Rejects with what ended the collector although nobody stopped it. */
  readonly failed: Promise<never>
  /** Why detectors cannot fire on what has arrived so far. */
  abstentions(): ReturnType<ReturnType<typeof openStatus>['abstentions']>
  /** Reads the settings again; what is wrong with them is told in the log. */
  reload(by: string, note: string): Promise<void>
  close(): Promise<void>
}

export class RefusedToListen extends Error {
  readonly code = 'ERR_REFUSED_TO_LISTEN'
  readonly retryable = false
}

/** Free on the log's disk before a full one counts as mended. */
const roomBytes = 8 * 1024 * 1024
/** Longest time a stop waits for what is under way. */
const graceMs = 15_000

export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const { settings, telemetry, environment } = options
  const refusal = refuseToListen(settings.receivers.http)
  if (refusal !== undefined) throw new RefusedToListen(refusal)
  const folder = openDataFolder(options.dataPath)
  const scrubber = openScrubber(openScrubKey(folder.path), settings.scrub)
  const logger = options.openLogger(scrubber)
  const { now, clock } = processClocks
  const outages = new Outages(logger, processClocks)
  const failpoint = failpointFrom(environment, () => process.kill(process.pid, 'SIGKILL'))
  let fail: (cause: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)

  let canRead = true
  const log = await options.openLog({
    directory: folder.log,
    now,
    newIncarnation: randomUUID,
    segmentBytes: settings.log.segmentBytes,
    onStep: failpoint,
    onRepair: (repair) =>
      logger.error({ repair }, 'a damaged file of the log was repaired; the damaged one is kept beside it'),
    logger,
    onFailure: fail,
    onOutage: (cause) => {
      canRead = cause === undefined
    },
  })
  const stream = new AlertStream()
  const store = await openStoreLink({
    settings: settings.store,
    directory: folder.path,
    claim: await claimStore(log, serversOf(settings.store) === undefined ? highestClaim(folder.path) : undefined),
    logger,
    onOutage: (error) => outages.set('store', error),
    environment: childEnvironment(environment),
  })
  // A store that will never take a row is told at once, also while none arrives.
  store.ready.catch(fail)
  const alerts = openLiveAlerts({ settings, log, meters: telemetry.meters, logger, outages })
  const tables = openAlertTables({ shards: store.shards, ready: () => store.ready }, fail)
  alerts.onDelivery((delivery) => {
    outages.set('deliveries', undefined)
    tables.putDelivery(delivery)
  })
  alerts.load()
  // What a crash kept from the store: everything held is put again, newer revisions win there.
  for (const held of alerts.held(0)) tables.putAlert(held)

  const queries = openQueries(store)
  const reload = openReload({ settings, read: options.readSettings, alerts, log, scrubber, now, logger })
  const decisions = openDecisions({
    log,
    scrubber,
    tenant: settings.tenant,
    alerts,
    edges: queries.edges,
    reload,
    now,
    wait: pause,
  })
  let forgotDecisions = false
  // Nothing of a run can be judged before it: it is opened once the core is there.
  let exercises: LiveRuns | undefined
  const core = await openCoreThread({
    settings,
    log,
    store,
    meters: telemetry.meters,
    applyVerdicts: async (records) => {
      const changed = await alerts.apply(records)
      for (const applied of changed) {
        tables.putAlert(applied)
        stream.tell(applied.alert)
        if (applied.transitions.length > 0) options.onAlert(applied.alert)
      }
      decisions.folded(records)
      exercises?.judged(
        records,
        changed.map(({ alert }) => alert),
      )
      const caused = records.at(-1)?.appendedAt
      if (caused !== undefined) telemetry.meters.time('alertSeconds', Math.max(0, now() - caused) / 1000)
    },
    onOutage: (part, cause) => outages.set(part, cause),
    onRebuilt: (stage) => {
      logger.warn({ stage }, 'detector state is rebuilt from the log')
      if (keepsDecisions(stage)) forgotDecisions = true
    },
    onFailure: fail,
  })

  exercises = openLiveRuns({
    settings,
    log,
    scrubber,
    core,
    latenessMs: longestLateness(settings),
    now,
    wait: pause,
    logger,
    onFailure: fail,
  })

  const status = openStatus({ log, core, alerts, store, outages, telemetry, scrubber })
  const front = await openFront({
    settings,
    log,
    core,
    scrubber,
    keys: readScrubKeys(folder.path),
    alerts,
    stream,
    decisions,
    exercises,
    queries,
    status,
    outages,
    telemetry,
    version: options.version,
    logger,
    now,
    onFailure: fail,
  })
  const stopHousekeeping = startHousekeeping({
    settings,
    log,
    core,
    alerts,
    outages,
    onFailure: fail,
    now: openSteadyClock(processClocks),
    hasRoom: () => freeBytes(folder.log) >= roomBytes,
    onAlert: (applied) => tables.putAlert(applied),
    earlierDecisions: async () => {
      const asked = { log, events: queries.events, tenant: settings.tenant }
      if (forgotDecisions) await tellEarlierDecisions({ ...asked, isHeld: heldIn(log) })
      forgotDecisions = false
    },
  })
  const stopWatching = watchProgress({
    store: settings.store,
    places: () => (canRead && store.isReady() && outages.names().length === 0 ? [judgingOf(core, log)] : []),
    onStoodStill: fail,
  })

  let closing: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    stopWatching()
    stopHousekeeping()
    await front.close()
    await exercises?.close()
    const until = clock() + graceMs
    await core.close(graceMs)
    await tables.close(Math.max(0, until - clock()))
    await alerts.close()
    await store.close()
    await log.close()
    await telemetry.close()
  }
  return {
    port: front.port,
    otlpPorts: front.otlpPorts,
    storeUrl: store.url,
    logger,
    failed,
    abstentions: () => status.abstentions(),
    reload: async (by, note) => {
      await reload(by, note)
    },
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}

/** A store that stands still holds this up too, as soon as enough waits for it. */
function judgingOf(core: CoreThread, log: Log): Place {
  const { position } = core.progress()
  return { name: 'judging', position, behind: log.bounds('ingest').nextOffset - position }
}

/** What the store child is told of our environment: nothing but the crash test's steps. */
function childEnvironment(environment: CollectorOptions['environment']): Readonly<Record<string, string>> {
  const failpoints = environment[failpointVariable]
  return failpoints === undefined ? {} : { [failpointVariable]: failpoints }
}
