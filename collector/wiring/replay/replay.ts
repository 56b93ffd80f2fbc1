// Reads recorded files through the same way as a live collector, in order of event time, into a temporary store.

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import type { Alert } from '../../../schemas/alerts.ts'
import type { JudgedRecord } from '../../../schemas/findings.ts'
import { openAlerts } from '../../alerts/alerts.ts'
import { silentTelemetry } from '../../alerts/telemetry.ts'
import type { Log } from '../../log/log.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { noFailpoint } from '../core/failpoint.ts'
import { type Core, openCore } from '../core/open-core.ts'
import { openAlertTables } from '../run/alert-tables.ts'
import { cardOf, resolveName, schedule } from '../run/live-alerts.ts'
import { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import { processClocks } from '../run/process-clocks.ts'
import type { Settings } from '../settings/settings.ts'
import { openCountingMeters } from './counting-meters.ts'
import { modelledAppends } from './modelled-appends.ts'
import { type RecordedFile, type SpoolProgress, spoolFiles } from './spool-files.ts'
import { openTemporaryStore, type TemporaryStore } from './temporary-store.ts'

export interface ReplayOptions {
  readonly files: readonly RecordedFile[]
  /** Where `-` reads from. */
  readonly input: Readable
  readonly settings: Settings
  readonly key: ScrubKey
  readonly logger: Logger
  readonly onProgress: (progress: ReplayProgress) => void
  /** Where the events go, for replays that follow each other; left out: one of its own. */
  readonly store?: TemporaryStore
  /** Hears what is judged, in order. */
  readonly onJudged?: (records: readonly JudgedRecord[]) => void
}

export type ReplayProgress =
  | ({ readonly phase: 'reading' } & SpoolProgress)
  | { readonly phase: 'judging'; readonly done: number; readonly total: number }

export interface ReplayResult {
  readonly alerts: readonly Alert[]
  readonly records: number
  readonly events: number
  readonly quarantined: ReadonlyMap<string, number>
  readonly engine: Core['engine']
}

/** Judged and told records wait for each other within this bound. */
const appendRecords = 256
const settleMs = 600_000

export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const folder = await mkdtemp(join(tmpdir(), 'eastwest-replay-'))
  try {
    return await replayIn(folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function replayIn(folder: string, options: ReplayOptions): Promise<ReplayResult> {
  const { logger, onProgress } = options
  // Loaded here, before anything is read: its package is optional, and other commands do without.
  const { openEmbeddedLog } = await import('../../log/embedded/embedded-log.ts')
  // No channels: a replay tells nobody. Its store is never that of an installation.
  const settings: Settings = {
    ...options.settings,
    alerts: { ...options.settings.alerts, channels: {}, routes: [] },
    store: { ...options.settings.store, url: undefined, cluster: undefined },
  }
  const scrubber = openScrubber(options.key, settings.scrub)
  const spooled = await spoolFiles({
    ...options,
    settings,
    path: join(folder, 'spool'),
    scrubber,
    onProgress: (progress) => onProgress({ phase: 'reading', ...progress }),
  })
  const log = await openEmbeddedLog({ directory: join(folder, 'log'), now: () => 0, newIncarnation: randomUUID })
  const outages = new Outages(logger, processClocks)
  const temporary = options.store ?? (await openTemporaryStore(settings.store, logger))
  const { link: store } = temporary
  let reachedAt = 0
  const alerts = openAlerts({
    log,
    settings: settings.alerts,
    exceptions: settings.exceptions,
    cards: cardOf,
    now: () => reachedAt,
    clock: () => performance.now(),
    random: Math.random,
    schedule,
    resolve: resolveName,
    telemetry: silentTelemetry,
  })
  const standing = new Map<string, Alert>()
  let fail: (cause: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const meters = openCountingMeters()
  const written = { shards: store.shards, ready: () => store.ready }
  const tables = openAlertTables(written, fail)
  const core = openCore({
    settings,
    log,
    store: written,
    applyVerdicts: async (records) => {
      for (const applied of await alerts.apply(records)) {
        standing.set(applied.alert.id, applied.alert)
        tables.putAlert(applied)
      }
      options.onJudged?.(records)
    },
    meters,
    outages,
    onRebuilt: () => undefined,
    failpoint: noFailpoint,
    now: () => reachedAt,
    clock: () => performance.now(),
    onFailure: fail,
  })
  alerts.load()
  const running = core.run()
  running.catch(fail)
  const work = async (): Promise<void> => {
    await store.ready
    for await (const at of appendAll(log, modelledAppends(spooled.spool.inOrder(), spooled.sources), core)) {
      reachedAt = at.appendedAt
      onProgress({ phase: 'judging', done: at.lines, total: spooled.spool.length })
    }
    while (core.progress().position < log.bounds('ingest').nextOffset) await pause(5)
    onProgress({ phase: 'judging', done: spooled.spool.length, total: spooled.spool.length })
    await core.close(settleMs)
    await tables.close(settleMs)
    await running
  }
  try {
    await Promise.race([work(), failed])
  } finally {
    spooled.spool.close()
    await alerts.close()
    if (options.store === undefined) await temporary.close()
    await log.close()
  }
  const shown = [...standing.values()]
    .filter(({ status }) => status !== 'withdrawn')
    .sort((a, b) => (a.firstSeenAt < b.firstSeenAt ? -1 : a.firstSeenAt > b.firstSeenAt ? 1 : a.id < b.id ? -1 : 1))
  return {
    alerts: shown,
    records: spooled.spool.length,
    events: meters.sum('events'),
    quarantined: meters.sums('quarantined', 'reason'),
    engine: core.engine,
  }
}

/** Appends in order, no further ahead of the judging than the log keeps at hand. */
async function* appendAll(
  log: Log,
  records: Iterable<ReturnType<typeof modelledAppends> extends Iterable<infer Item> ? Item : never>,
  core: Core,
): AsyncGenerator<{ appendedAt: number; lines: number }> {
  let waiting: Parameters<Log['append']>[1][number][] = []
  let lines = 0
  const flush = async (): Promise<number> => {
    const receipts = await log.append('ingest', waiting)
    waiting = []
    const last = receipts.at(-1)
    while (last !== undefined && last.coordinate.offset - core.progress().position > appendRecords * 4) await pause(2)
    return last?.appendedAt ?? 0
  }
  for (const record of records) {
    waiting.push(record)
    lines += record.value === null ? 0 : countLines(record.value)
    if (waiting.length >= appendRecords) yield { appendedAt: await flush(), lines }
  }
  if (waiting.length > 0) yield { appendedAt: await flush(), lines }
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1
  return count
}
