// The core's own thread: reads on where the front's log goes on, and tells the front what it finds.

import { setImmediate as othersTurn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { openShards, type ShardsAddress } from '../../store/shards.ts'
import { failpointFrom } from '../core/failpoint.ts'
import { openCore, type Standing } from '../core/open-core.ts'
import type { ExaminedBy } from '../examining/examine.ts'
import { startEdgesTable } from '../run/edges-table.ts'
import { processClocks } from '../run/process-clocks.ts'
import { openTableWriter } from '../run/table-writer.ts'
import type { Settings } from '../settings/settings.ts'
import { type CoreCalls, type FrontCalls, type FrontEvents, frontEvents, openCalls } from './calls.ts'
import { carriedError } from './carried-error.ts'
import { type LogAtStart, ThreadLog } from './thread-log.ts'
import { openThreadMeters } from './thread-meters.ts'

/** What a thread is started with. */
export interface ThreadStart {
  readonly settings: Settings
  readonly store: ShardsAddress
  readonly log: LogAtStart
}

/** How often the front hears how far judging is, and what the stages hold, while that changes; ms. */
const tellEveryMs = { progress: 20, standing: 500 } as const

if (parentPort === null) throw new Error('this module is the entry of a thread')
const { settings, store: address, log: atStart } = workerData as ThreadStart // as the front started it
const { now, clock } = processClocks
const front = openCalls<FrontCalls & FrontEvents, CoreCalls>(
  parentPort,
  { close: (graceMs) => close(graceMs), examine, readinessOf: (realm) => core.engine.readiness(realm) },
  frontEvents,
)
const fail = (cause: unknown): void => void front.failed(carriedError(cause))
const shards = openShards(address)
const meters = openThreadMeters()
let storeReady: Promise<void> | undefined
const store = {
  shards,
  ready: () => {
    storeReady ??= front.storeReady()
    return storeReady
  },
}
const core = openCore({
  settings,
  log: new ThreadLog({ atStart, front, onFailure: fail }),
  store,
  applyVerdicts: (records) => front.applyVerdicts(records),
  meters,
  outages: { set: (part, cause) => void front.outage(part, cause === undefined ? undefined : carriedError(cause)) },
  onRebuilt: (stage) => void front.rebuilt(stage),
  onFailure: fail,
  failpoint: failpointFrom(process.env, () => process.kill(process.pid, 'SIGKILL')),
  now,
  clock,
})
const edges = openTableWriter('edges', store, fail)
const stopEdges = startEdgesTable({
  engine: core.engine,
  settings,
  put: (key, row) => edges.put(key, row),
  waiting: () => edges.depth,
  now,
  clock,
  onFailure: fail,
})
let told = core.progress()
let standingAt = told.position
void front.started(told, standing())
core.run().catch(fail)
const telling = [setInterval(tellProgress, tellEveryMs.progress), setInterval(tellStanding, tellEveryMs.standing)]

/** One by one: judging goes on in between. */
async function examine(events: readonly SecurityEvent[]): Promise<readonly (readonly ExaminedBy[])[]> {
  const examined: (readonly ExaminedBy[])[] = []
  for (const event of events) {
    await othersTurn()
    examined.push(...core.examine([event]))
  }
  return examined
}

function standing(): Standing {
  return { stages: core.engine.stageCounts(), readiness: core.engine.readiness() }
}

function tellStanding(): void {
  const { position } = core.progress()
  if (position === standingAt) return
  standingAt = position
  void front.standing(standing())
}

function tellProgress(): void {
  const progress = core.progress()
  if (!isDeepStrictEqual(progress, told)) void front.progress(progress)
  told = progress
  const measurements = meters.take()
  if (measurements.length > 0) void front.measured(measurements)
}

async function close(graceMs: number): Promise<void> {
  const until = clock() + graceMs
  stopEdges()
  await core.close(graceMs)
  await edges.close(Math.max(0, until - clock()))
  telling.forEach(clearInterval)
  tellProgress()
  await shards.close()
}
