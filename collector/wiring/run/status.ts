// What the collector says of itself: checks for `/readyz`, gauges for `/metrics`, and which detectors cannot fire.

import { abstains } from '../../../detectors/engine/readiness-tally.ts'
import type { Alerts } from '../../alerts/alerts.ts'
import type { Abstention, Check, StatusPort } from '../../api/ports.ts'
import type { Log } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { CoreThread } from '../core-thread/core-thread.ts'
import { lossNotingPart } from '../pipeline/loss-noting.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import type { Outages } from './outages.ts'
import type { StoreLink } from './store-link.ts'
import { waitingBytes } from './waiting-bytes.ts'

export interface StatusOptions {
  readonly log: Log
  readonly core: CoreThread
  readonly alerts: Alerts
  readonly store: StoreLink
  readonly outages: Outages
  readonly telemetry: Telemetry
  readonly scrubber: Scrubber
}

export interface Status extends StatusPort {
  abstentions(): readonly Abstention[]
  /** About what was appended to the log and not judged yet. */
  lagBytes(): number
  /** Adds a line to `/readyz?verbose` while `note` is not undefined. */
  setNote(subject: string, note: string | undefined): void
}

const maxNotes = 1_000

export function openStatus(options: StatusOptions): Status {
  const { log, core, alerts, outages, telemetry, store } = options
  const notes = new Map<string, string>()
  const lagRecords = (): number => log.bounds('ingest').nextOffset - core.progress().position
  const lagBytes = (): number => waitingBytes(log.bounds('ingest'), core.progress().position)
  observeGauges(options, lagRecords, lagBytes)
  return {
    lagBytes,
    setNote: (subject, note) => {
      if (note === undefined) notes.delete(subject)
      else if (notes.has(subject) || notes.size < maxNotes) notes.set(subject, note)
    },
    checks: () => [
      outages.check('log', `${log.bounds('ingest').nextOffset} records, ${lagRecords()} not judged yet`),
      outages.check('receiving', 'records are taken'),
      storeCheck(store, outages, unstoredRecords(core)),
      outages.check('alerts', `${alerts.status().openAlerts} open`),
      outages.check('deliveries', `${alerts.outboxDepth()} notifications waiting`),
      outages.check('snapshots', 'detector state is written to the log'),
      outages.check(lossNotingPart, 'all are noted'),
      ...outagesOfChannels(alerts),
    ],
    abstentions: () => core.standing().readiness.filter(abstains),
    notes: () => [...notes.values(), ...expiredExceptions(alerts, Date.now())],
    metricsText: () => telemetry.metricsText(),
  }
}

/** They eat nothing more; whoever leaves them there thinks that they do. */
function expiredExceptions(alerts: Alerts, now: number): readonly string[] {
  const expired = alerts.exceptions().filter(({ expires }) => Date.parse(expires) <= now)
  return expired
    .slice(0, maxNotes)
    .map(
      ({ detector, entity, author, expires, ate }) =>
        `the exception of ${author} for "${entity}" at ${detector} expired at ${expires}; it ate ${ate} since the start: take it out of the settings`,
    )
}

function unstoredRecords(core: CoreThread): number {
  const { position, storedBelow } = core.progress()
  return position - storedBelow
}

function storeCheck(store: StoreLink, outages: Outages, unstored: number): Check {
  if (!store.isReady() && !outages.has('store'))
    return { name: 'store', ready: false, detail: 'its tables are being made; records wait in the log' }
  return outages.check('store', `answers at ${store.url}; ${unstored} records not stored yet`)
}

/** A channel that fails is told and does not make the collector unready: alerts are kept and shown all the same. */
export function outagesOfChannels(alerts: Pick<Alerts, 'status'>): readonly Check[] {
  return alerts.status().channels.map(({ name, waiting, dead, breaker, disabledBecause, lastError }) => {
    const trouble = disabledBecause !== '' ? disabledBecause : breaker === 'open' || dead > 0 ? lastError : ''
    const counts = `${waiting} waiting, ${dead} given up`
    return { name: `channel ${name}`, ready: true, detail: trouble === '' ? counts : `${counts}; ${trouble}` }
  })
}

function observeGauges(
  { alerts, core, outages, telemetry }: StatusOptions,
  lagRecords: () => number,
  lagBytes: () => number,
): void {
  const { meters } = telemetry
  meters.gauge('lagRecords', () => [[lagRecords()]])
  meters.gauge('unstoredRecords', () => [[unstoredRecords(core)]])
  meters.gauge('lagBytes', () => [[lagBytes()]])
  meters.gauge('unaccounted', () => [[core.progress().unaccounted]])
  meters.gauge('storeOutage', () => [[outages.has('store') ? 1 : 0]])
  meters.gauge('outboxDepth', () => [[alerts.outboxDepth()]])
  meters.gauge('deadLetters', () => [[deadLetters(alerts)]])
  meters.gauge('stateKeys', () => core.standing().stages.map(({ stage, keys }) => [keys, { detector: stage }] as const))
  meters.gauge('evictions', () =>
    core
      .standing()
      .stages.map(
        ({ stage, evictedKeys, evictedEntries }) => [evictedKeys + evictedEntries, { detector: stage }] as const,
      ),
  )
}

export function deadLetters(alerts: Pick<Alerts, 'status'>): number {
  return alerts.status().channels.reduce((sum, { dead }) => sum + dead, 0)
}
