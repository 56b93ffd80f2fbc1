// One share of the keys: its partition is judged, and what that says is told; snapshots say where to go on, and the store is
// told of the edges that it knows.

import { Detection } from '../../detection/detection.ts'
import type { DetectionLog } from '../../detection/detection-log.ts'
import { openClaimedLog } from '../../log/claimed-log.ts'
import type { Log } from '../../log/log.ts'
import type { Failpoint } from '../core/failpoint.ts'
import { Judging } from '../keyed/judging.ts'
import { keyedPlaceSchema } from '../keyed/keyed-place.ts'
import { Outgoing, OutgoingGivenUp } from '../keyed/outgoing.ts'
import { keepsDecisions } from '../run/earlier-decisions.ts'
import { startEdgesTable } from '../run/edges-table.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import { openTableWriter, type TableStore } from '../run/table-writer.ts'
import { untilDone } from '../run/until-done.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { PartitionWork } from './partition-work.ts'
import { type ReadAlong, readAlong } from './read-along.ts'
import { claimedTopics } from './role.ts'

export interface DetectingOptions {
  readonly settings: Settings
  readonly partition: number
  readonly partitions: { readonly ingest: number; readonly keyed: number; readonly findings: number }
  /** Shows the share's partitions of `keyed` and `snapshots` as `ingest` and `snapshots`, and all of `keyed` and `findings`. */
  readonly log: Log
  readonly epoch: number
  readonly store: TableStore
  readonly meters: Pick<Meters, 'count' | 'time'>
  readonly outages: Pick<Outages, 'set'>
  readonly onRebuilt: (stage: string) => void
  /** What keeps people's decisions begins anew, with what was appended from then on. Epoch ms. Kept once it resolves. */
  readonly onForgot: (heldFrom: number) => Promise<void>
  readonly onFailure: (cause: unknown) => void
  readonly failpoint: Failpoint
}

/** Longest that the end of the work waits for the store: whoever owns the share next puts all edges anyway. */
const graceMs = 1_000

export async function openDetecting(options: DetectingOptions): Promise<PartitionWork> {
  const { settings, partition, partitions, meters, outages, onFailure, failpoint } = options
  const log = await openClaimedLog(options.log, options.epoch, claimedTopics.detect, failpoint)
  const outgoing = new Outgoing({
    log,
    wait: (ms) => pause(ms),
    onOutage: (cause) => outages.set(`verdicts of keyed/${partition}`, cause),
    onFailure,
    onStep: failpoint,
  })
  const judging = new Judging({
    settings: settings.detectors,
    running: openDetectors(settings),
    own: partition,
    partitions,
    outgoing,
  })
  const detection = openDetection(options, judging, log, outgoing)
  const { rebuilt, place } = detection.restore()
  const end = log.bounds('ingest').nextOffset
  let appendedThrough = 0
  let forgot = place === undefined || rebuilt.some(keepsDecisions)
  let isAbandoned = false
  const edges = openTableWriter('edges', options.store, onFailure)
  const stopEdges = startEdgesTable({
    engine: judging.engine,
    settings,
    put: (key, row) => edges.put(key, row),
    // Until all is read that was there, rows of the owner before say more.
    waiting: () => (along.position() < end ? Number.POSITIVE_INFINITY : edges.depth),
    // By the brokers' time, which is that of every owner: a row of one whose clock is ahead would outlast those after it.
    now: () => appendedThrough,
    clock: () => performance.now(),
    onFailure,
  })
  rebuilt.forEach(options.onRebuilt)
  // What has to be rebuilt is found in what the topic still holds.
  const found = rebuilt.length > 0 ? undefined : keyedPlaceSchema.safeParse(place).data
  const trying = {
    isStopped: () => isAbandoned,
    onOutage: (cause: unknown) => outages.set(`decisions for keyed/${partition}`, cause),
    wait: pause,
  }
  const along: ReadAlong = readAlong({
    log,
    from: judging.resume(found, log.bounds('ingest').firstOffset),
    take: async (records) => {
      const [first] = records
      if (forgot && first !== undefined) {
        forgot = false
        // Before a snapshot says that nothing is missing.
        await untilDone(() => options.onForgot(first.appendedAt), trying)
        trying.onOutage(undefined)
      }
      const startedAt = performance.now()
      for (const record of records) judging.judge(record)
      appendedThrough = Math.max(appendedThrough, records.at(-1)?.appendedAt ?? 0)
      judging.send(performance.now())
      meters.time('stageSeconds', (performance.now() - startedAt) / 1000, { stage: 'detect' })
      detection.turn()
      await outgoing.room()
    },
    onFailure,
  })
  return {
    progress: () => ({
      position: along.position(),
      behind: log.bounds('ingest').nextOffset - along.position(),
      unaccounted: 0,
    }),
    holdings: () => ({ stages: judging.engine.stageCounts() }),
    close: async () => {
      stopEdges()
      await along.close()
      judging.send(Number.POSITIVE_INFINITY)
      await outgoing
        .durable()
        .then(() => detection.close())
        .catch((cause: unknown) => {
          if (!(cause instanceof OutgoingGivenUp)) throw cause
        })
      outgoing.stop()
      await edges.close(graceMs)
    },
    abandon: async () => {
      isAbandoned = true
      stopEdges()
      outgoing.stop()
      await along.close()
      await edges.close(0)
    },
  }
}

function openDetection(
  { settings, partition, outages, failpoint }: DetectingOptions,
  judging: Judging,
  log: DetectionLog,
  outgoing: Outgoing,
): Detection {
  return new Detection({
    engine: judging.engine,
    log,
    snapshotEveryMs: settings.detectors.snapshotSeconds * 1000,
    clock: () => performance.now(),
    verdictsDurable: () => outgoing.durable(),
    place: () => judging.position(),
    onSnapshot: () => outages.set(`snapshots of keyed/${partition}`, undefined),
    onSnapshotFailure: (cause) => outages.set(`snapshots of keyed/${partition}`, cause),
    onStep: failpoint,
  })
}
