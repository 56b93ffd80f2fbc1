// One ingest partition: decoded, stored, and told to the shares of the keys, decisions on alerts to those who own them; the
// offset moves once all of that is durable.

import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import { Routing } from '../../../detectors/engine/routing.ts'
import { tickReceiver } from '../../../schemas/tick.ts'
import type { Log } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Failpoint } from '../core/failpoint.ts'
import { openStoring } from '../core/storing.ts'
import { Framing } from '../keyed/framing.ts'
import type { NeedsTally } from '../keyed/needs-tally.ts'
import { Outgoing } from '../keyed/outgoing.ts'
import { sendFindings } from '../keyed/send-findings.ts'
import { openLossNoting } from '../pipeline/loss-noting.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import { openLiveDecoder } from '../records/live-decoder.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import type { Status } from '../run/status.ts'
import type { TableStore } from '../run/table-writer.ts'
import type { Turns } from '../run/turns.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { PartitionWork } from './partition-work.ts'
import { openSourceReading } from './source-reading.ts'

export interface NormalizingOptions {
  readonly settings: Settings
  readonly partition: number
  /** Into how many shares the keys are parted. */
  readonly shares: number
  /** Into how many shares the alerts are parted. */
  readonly alertShares: number
  /** Of all that this process normalizes. */
  readonly needs: NeedsTally
  /** Shows the partition as `ingest`, and all of `keyed` and `findings`. */
  readonly log: Log
  readonly store: TableStore
  readonly meters: Pick<Meters, 'count' | 'time'>
  readonly outages: Pick<Outages, 'set'>
  readonly scrubber: Scrubber
  readonly logger: Logger
  readonly status: Pick<Status, 'setNote'>
  readonly turns: Turns
  /** Resolves once it is sure that the partition is not another's; rejects where it is. */
  readonly sure: () => Promise<void>
  /** How many ingest partitions there are. */
  readonly of: number
  readonly onFailure: (cause: unknown) => void
  readonly failpoint: Failpoint
}

/** Every second something is appended, so that append time goes on where nothing comes. */
const tickMs = 1_000

export async function openNormalizing(options: NormalizingOptions): Promise<PartitionWork> {
  const { settings, partition, shares, alertShares, needs, log, store, meters, outages, onFailure, failpoint } = options
  const own = `ingest/${partition}`
  const outgoing = new Outgoing({
    log,
    wait: (ms) => pause(ms),
    onOutage: (cause) => outages.set(`frames of ${own}`, cause),
    onFailure,
    onStep: failpoint,
  })
  const digest = (text: string): string => hash('sha256', text, 'hex')
  const ticks: number[] = []
  const storing = openStoring({
    settings: settings.store,
    log,
    // All partitions of a topic are of one incarnation.
    cursorOf: (incarnation) => `stored/${incarnation}/${partition}`,
    store,
    meters,
    outages,
    causedDurable: () => outgoing.durable(),
    recycle: (batch) => pipeline.recycle(batch),
    rowless: ({ range }) => {
      const behind = ticks.findIndex((offset) => offset > range.toOffset)
      return ticks.splice(0, behind === -1 ? ticks.length : behind).filter((offset) => offset >= range.fromOffset)
        .length
    },
    onFailure,
    failpoint,
    clock: () => performance.now(),
  })
  const readFrom = storing.storedBelow()
  const framing = new Framing({
    routing: new Routing({ detectors: openDetectors(settings), digest }, shares),
    shares,
    outgoing,
    from: own,
    previous: readFrom - 1,
  })
  const decoder = openLiveDecoder(settings)
  let at = { offset: readFrom - 1, appendedAt: 0 }
  const pipeline: Pipeline = new Pipeline(
    {
      log,
      decode: (record, batch, quarantine) => {
        at = { offset: record.coordinate.offset, appendedAt: record.appendedAt }
        if (record.headers.receiver === tickReceiver) ticks.push(at.offset)
        else decoder.decode(record, batch, quarantine)
      },
      detection: {
        observe: (batch, from, to) => {
          needs.look(batch, from, to)
          framing.take(batch, from, to, at.offset, at.appendedAt)
          return []
        },
        tick: () => undefined,
        turn: () => framing.flush(),
      },
      tell: async (records) => {
        // Offsets of another life of the topic say nothing.
        const decided = `${own}/${log.bounds('ingest').incarnation}`
        sendFindings({ from: decided, to: at.offset, records }, alertShares, outgoing)
      },
      submit: async (batch) => {
        // Once it is stored its rows are others.
        framing.flush()
        await outgoing.room()
        await storing.submit(batch)
      },
      losses: openLossNoting({ log, tenant: settings.tenant, outages, now: () => Date.now(), onFailure }),
      onDecoded: ({ events, decodeMs, detectMs, quarantine }) => {
        meters.count('events', events)
        meters.time('stageSeconds', decodeMs / 1000, { stage: 'decode' })
        meters.time('stageSeconds', detectMs / 1000, { stage: 'frame' })
        for (const { reason } of quarantine) meters.count('quarantined', 1, { reason })
      },
      clock: () => performance.now(),
      now: () => Date.now(),
      tenant: settings.tenant,
    },
    { batchRows: settings.store.batchRows, batchMs: settings.store.batchMs },
    { readFrom, storedBelow: readFrom, partition },
  )
  const running = pipeline.run()
  running.catch(onFailure)
  const sources = await openSourceReading({ ...options, position: () => pipeline.position })
  const ticking = setInterval(() => {
    log.append('ingest', [{ value: null, headers: { receiver: tickReceiver } }]).catch((cause: unknown) => {
      outages.set(`ticks of ${own}`, cause)
    })
  }, tickMs)
  return {
    progress: () => ({
      position: pipeline.position,
      behind: log.bounds('ingest').nextOffset - pipeline.position,
      unaccounted: storing.unaccounted(),
    }),
    holdings: () => (sources === undefined ? {} : { sources: sources.behind() }),
    close: async () => {
      clearInterval(ticking)
      await sources?.close()
      pipeline.stop()
      await running.catch(() => undefined)
      framing.flush()
      await storing.drained()
      outgoing.stop()
      await storing.close()
    },
    abandon: async () => {
      clearInterval(ticking)
      pipeline.stop()
      outgoing.stop()
      await sources?.close()
      await storing.close()
    },
  }
}
