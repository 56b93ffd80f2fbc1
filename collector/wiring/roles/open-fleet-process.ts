// One process of a fleet: its roles, its membership, and a port for health and, as its roles are, for records and for people.

import { randomUUID } from 'node:crypto'
import { Router } from 'express'
import type { Logger } from 'pino'
import { healthRoutes } from '../../api/routes/health.ts'
import { noExerciseRoutes } from '../../api/routes/no-exercises.ts'
import { refuseToListen } from '../../receivers/http/guard.ts'
import { openNoReceiver } from '../../receivers/http/no-receiver.ts'
import { openScrubber, type Scrubber } from '../../scrub/scrubber.ts'
import { serversOf } from '../../store/settings.ts'
import { failpointFrom } from '../core/failpoint.ts'
import { openDataFolder, openScrubKey, readScrubKeys } from '../data-folder.ts'
import { NeedsTally } from '../keyed/needs-tally.ts'
import { type Collector, RefusedToListen } from '../run/collector.ts'
import { openHttpReceivers } from '../run/http-receivers.ts'
import { openHttpServer } from '../run/http-server.ts'
import { type openOnKafka, refuseUnfitTopics } from '../run/open-log.ts'
import { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import { openPressure } from '../run/pressure.ts'
import { processClocks } from '../run/process-clocks.ts'
import { openProcessTurns } from '../run/process-turns.ts'
import { type Place, watchProgress } from '../run/progress-watch.ts'
import { openQueries } from '../run/queries.ts'
import type { openStoreLink } from '../run/store-link.ts'
import { watchAppends } from '../run/watched-log.ts'
import { within } from '../run/within.ts'
import { openServing } from '../serving/serving.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import { openFleetStatus } from './fleet-status.ts'
import { InvalidRoles } from './invalid-roles.ts'
import { partitionName } from './membership.ts'
import { openWork } from './open-work.ts'
import { type Owned, Ownership } from './ownership.ts'
import { openRetelling } from './retelling.ts'
import type { Role } from './role.ts'
import { spreadIngest } from './spread-log.ts'
import { processView } from './views.ts'

export interface FleetProcessOptions {
  readonly settings: Settings
  readonly roles: readonly Role[]
  readonly dataPath: string
  readonly telemetry: Telemetry
  readonly openLogger: (scrubber: Scrubber) => Logger
  /** Crash tests put logs and stores with faults in between. */
  readonly openLog: typeof openOnKafka
  readonly openStore: typeof openStoreLink
  /** Crash tests name steps there at which the process is killed. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export type FleetProcess = Pick<Collector, 'port' | 'failed' | 'close' | 'logger'>

/** Longest time a stop waits for what is under way: others take it up, whatever became of it. */
const graceMs = 15_000

export async function openFleetProcess(options: FleetProcessOptions): Promise<FleetProcess> {
  const { settings, roles, telemetry, openLog } = options
  const { partitions, kafka } = fleetSettings(settings)
  const refusal = refuseToListen(settings.receivers.http)
  if (refusal !== undefined) throw new RefusedToListen(refusal)
  const folder = openDataFolder(options.dataPath)
  const key = openScrubKey(folder.path)
  const scrubber = openScrubber(key, settings.scrub)
  const logger = options.openLogger(scrubber)
  const outages = new Outages(logger, processClocks)
  let fail: (cause: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)
  const failpoint = failpointFrom(options.environment, () => process.kill(process.pid, 'SIGKILL'))

  await refuseUnfitTopics(settings.log)
  const log = await openLog(kafka, { logger, onFailure: fail, onStep: failpoint }, processView(roles))
  const store = await options.openStore({
    settings: settings.store,
    directory: folder.path,
    logger,
    onOutage: (cause) => outages.set('store', cause),
    environment: {},
  })
  const spread = spreadIngest(log, partitions.ingest)
  const queries = openQueries(store)
  const scrubs =
    roles.includes('receive') ||
    roles.includes('serve') ||
    (roles.includes('normalize') && settings.receivers.kafka.topics.length > 0)
  // Nobody asks who serves, and older versions do not know that role.
  const announced = roles.filter((role) => role !== 'serve')
  const member = { id: randomUUID(), roles: announced, keyId: scrubs ? key.id : '' }
  const retelling = roles.includes('detect')
    ? openRetelling({
        tenant: settings.tenant,
        member: member.id,
        log: spread,
        events: queries.events,
        outages,
        onFailure: fail,
      })
    : undefined
  const turns = openProcessTurns()
  const needs = new NeedsTally(openDetectors(settings))
  const status = openFleetStatus({ roles, ownership: () => ownership, outages, telemetry, needs })
  const work = {
    scrubber,
    status,
    turns,
    needs,
    settings,
    kafka: { ...kafka, partitions },
    store: { shards: store.shards, ready: () => store.ready },
    meters: telemetry.meters,
    logger,
    outages,
    openLog,
    onForgot: async (heldFrom: number) => retelling?.forgot(heldFrom),
    onFailure: fail,
    failpoint,
  }
  const ownership: Ownership = new Ownership({
    log,
    member,
    partitions: { normalize: partitions.ingest, detect: partitions.keyed, deliver: partitions.findings },
    open: (claim) => openWork(claim, { ...work, sure: () => ownership.sure(claim) }),
    outages: {
      set: (part, cause) => {
        outages.set(part, cause)
        // Nobody sends to what is not ready: that brokers take records again is found out by heartbeats.
        if (part === 'membership' && cause === undefined) outages.set('receiving', undefined)
      },
    },
    clock: () => performance.now(),
    onChange: (claim, isOwned) => logger.info(claim, isOwned ? 'owns a partition' : 'a partition is another’s now'),
    onOtherKey: (other) => fail(otherKey(other.id, other.keyId, key.id)),
    onFailure: fail,
    onStep: failpoint,
  })
  const receivers = openHttpReceivers({
    settings,
    log: watchAppends(spread, (outage) => outages.set('receiving', outage)),
    scrubber,
    // What is not judged yet waits in the cluster: its brokers say when it is too much.
    pressure: openPressure({
      lagBytes: () => 0,
      maxLagBytes: settings.receivers.http.maxLagBytes,
      wait: pause,
      clock: () => performance.now(),
    }),
    turns,
    status,
    meters: telemetry.meters,
    logger,
  })
  const serving = roles.includes('serve')
    ? openServing({
        settings,
        partitions,
        log: spread,
        queries,
        scrubber,
        keys: readScrubKeys(folder.path),
        status,
        logger,
        onFailure: fail,
      })
    : undefined
  const isReceiving = roles.includes('receive')
  const { scrubText } = receivers.routes
  const server = await openHttpServer({
    settings: settings.receivers.http,
    ...receivers.routes,
    ...(isReceiving ? {} : openNoReceiver(roles, scrubText)),
    api: serving?.routes ?? Router().use(healthRoutes(status), noExerciseRoutes()),
  })
  if (isReceiving) await receivers.openOtlp()
  ownership.start()
  const stopWatching = watchProgress({
    store: settings.store,
    places: () =>
      outages.names().length > 0
        ? []
        : ownership
            .owned()
            .filter(({ work }) => !work.isOut())
            .map(placeOf),
    onStoodStill: fail,
  })

  let closing: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    stopWatching()
    await receivers.close()
    await server.close()
    await serving?.close()
    retelling?.close()
    await within(graceMs, ownership.close())
    await store.close()
    await log.close()
    await telemetry.close()
  }
  return {
    port: server.port,
    logger,
    failed,
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}

function placeOf({ claim, work }: Owned): Place {
  return { name: partitionName(claim), ...work.progress() }
}

/** @throws InvalidRoles where the settings are not those of a fleet */
function fleetSettings({ log, store, receivers }: Settings) {
  const { kafka } = log
  if (kafka === undefined) throw new InvalidRoles('roles share the work over Kafka: log.kafka.brokers says where it is')
  const { partitions } = kafka
  if (partitions === undefined)
    throw new InvalidRoles('roles share the work by partitions: log.kafka.partitions says how many, {} for the usual')
  if (serversOf(store) === undefined)
    throw new InvalidRoles('roles share one store: store.url or store.cluster says where it is')
  if (receivers.files.sources.length > 0)
    throw new InvalidRoles('receivers.files are read by a collector without --roles only')
  return { kafka, partitions }
}

function otherKey(member: string, theirs: string, ours: string): Error {
  return new InvalidRoles(
    `process ${member} makes references under the key "${theirs}", this one under "${ours}": give all that receive the same scrub.key in their data folders`,
  )
}
