// The way from the log to stored events and judged verdicts: the same for a live collector, a replay and an exercise.

import { hash } from 'node:crypto'
import { type Engine, openEngine } from '../../../detectors/engine/engine.ts'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import { Detection } from '../../detection/detection.ts'
import type { Log } from '../../log/log.ts'
import { type ExaminedBy, examineEvents } from '../examining/examine.ts'
import { openLossNoting } from '../pipeline/loss-noting.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import { Telling, VerdictsGivenUp } from '../pipeline/telling.ts'
import { openLiveDecoder } from '../records/live-decoder.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import type { TableStore } from '../run/table-writer.ts'
import { within } from '../run/within.ts'
import { latenessOfEach } from '../settings/lateness.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { Failpoint } from './failpoint.ts'
import { openStoring } from './storing.ts'

/** What is asked of the log on that way. */
export type CoreLog = Pick<Log, 'read' | 'onAppended' | 'bounds' | 'append' | 'readCompacted' | 'cursor' | 'setCursor'>

export interface CoreOptions {
  readonly settings: Settings
  readonly log: CoreLog
  readonly store: TableStore
  /** Durable when it resolves; rejects with `retryable: true` during an outage. */
  readonly applyVerdicts: (records: readonly JudgedRecord[]) => Promise<void>
  readonly meters: Pick<Meters, 'count' | 'time'>
  readonly outages: Pick<Outages, 'set'>
  /** The state of a stage could not be restored. */
  readonly onRebuilt: (stage: string) => void
  /** Nothing can go on: a bug, or what no retry mends. */
  readonly onFailure: (error: unknown) => void
  readonly failpoint: Failpoint
  /** Epoch ms. */
  readonly now: () => number
  /** Monotonic milliseconds. */
  readonly clock: () => number
}

/** Offsets of the ingest topic. */
export interface Progress {
  /** Everything below has been judged. */
  readonly position: number
  /** Everything below is stored. */
  readonly storedBelow: number
  /** Lowest one that a restart would read again. */
  readonly neededFrom: number
  /** Passed since the start without a row to show for them: 0, or something is broken. */
  readonly unaccounted: number
}

/** What the stages hold, and what they lack to judge what arrives. */
export interface Standing {
  readonly stages: ReturnType<Engine['stageCounts']>
  readonly readiness: ReturnType<Engine['readiness']>
}

export interface Core {
  readonly engine: Engine
  /** What each running detector makes of events that were judged before. */
  examine(events: readonly SecurityEvent[]): readonly (readonly ExaminedBy[])[]
  progress(): Progress
  /** Resolves when the pipeline ends; rejects with what ended it. */
  run(): Promise<void>
  /** Ends after the chunk under way; what was judged is stored and told first, unless that takes longer than `graceMs`. */
  close(graceMs: number): Promise<void>
}

export function openCore(options: CoreOptions): Core {
  const { settings, log, store, meters, outages, now, clock, onFailure, failpoint } = options
  const running = openDetectors(settings)
  const engine = openEngine({
    detectors: running,
    digest: (text) => hash('sha256', text, 'hex'),
    latenessMs: latenessOfEach(running, settings.detectors),
    maxKeys: settings.detectors.maxKeys,
  })
  const telling = new Telling({
    apply: options.applyVerdicts,
    onApplied: () => outages.set('alerts', undefined),
    onOutage: (error) => outages.set('alerts', error),
    onFailure,
    wait: (ms) => pause(ms),
  })
  const detection = new Detection({
    engine,
    log,
    snapshotEveryMs: settings.detectors.snapshotSeconds * 1000,
    clock,
    verdictsDurable: () => telling.durable(),
    onSnapshot: () => outages.set('snapshots', undefined),
    onSnapshotFailure: (error) => outages.set('snapshots', error),
    onStep: failpoint,
  })
  const { resumeOffset, rebuilt } = detection.restore()
  rebuilt.forEach(options.onRebuilt)
  const decoder = openLiveDecoder(settings)
  const storing = openStoring({
    settings: settings.store,
    log,
    store,
    meters,
    outages,
    causedDurable: () => telling.durable(),
    recycle: (batch) => pipeline.recycle(batch),
    onFailure,
    failpoint,
    clock,
  })
  const stored = storing.storedBelow()
  const pipeline = new Pipeline(
    {
      log,
      decode: (record, batch, quarantine) => decoder.decode(record, batch, quarantine),
      detection,
      tell: (verdicts) => telling.tell(verdicts),
      submit: (batch) => storing.submit(batch),
      losses: openLossNoting({ log, tenant: settings.tenant, outages, now, onFailure }),
      onDecoded: (facts) => {
        meters.count('events', facts.events)
        meters.time('stageSeconds', facts.decodeMs / 1000, { stage: 'decode' })
        meters.time('stageSeconds', facts.detectMs / 1000, { stage: 'detect' })
        for (const { reason } of facts.quarantine) meters.count('quarantined', 1, { reason })
      },
      clock,
      now,
      tenant: settings.tenant,
    },
    { batchRows: settings.store.batchRows, batchMs: settings.store.batchMs },
    // What was dropped before it was stored is read, too: as lost.
    { readFrom: Math.min(stored, Math.max(log.bounds('ingest').firstOffset, resumeOffset)), storedBelow: stored },
  )
  let pipelining: Promise<void> = Promise.resolve()
  return {
    engine,
    examine: (events) => examineEvents(engine, running, events),
    progress: () => ({
      position: pipeline.position,
      storedBelow: storing.storedBelow(),
      neededFrom: detection.neededFrom,
      unaccounted: storing.unaccounted(),
    }),
    run: () => {
      pipelining = pipeline.run()
      return pipelining
    },
    close: async (graceMs) => {
      pipeline.stop()
      // Whoever called `run` hears of its failure.
      const settled = pipelining
        .catch(() => undefined)
        .then(() => telling.durable())
        .then(() => storing.drained())
        .then(() => detection.close())
        .catch((cause: unknown) => {
          if (!(cause instanceof VerdictsGivenUp)) throw cause
        })
      await within(graceMs, settled)
      telling.stop()
      await storing.close()
    },
  }
}
