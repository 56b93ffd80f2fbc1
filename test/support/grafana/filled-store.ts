// A store filled by a running collector from lines of logs: the one seam between the dashboards' tests and where data comes from.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../../collector/log/embedded/embedded-log.ts'
import { comeToRest } from '../come-to-rest.ts'
import type { GoPlace } from '../query-by-go.ts'
import { runCollector } from '../running-collector.ts'
import { openSignedWebhooks } from '../signed-webhooks.ts'
import { until } from '../until.ts'
import { openReceiver } from '../webhook-receiver.ts'
import type { SourceLines } from './recorded-sources.ts'
import { askStore, type StoreAnswer } from './store-answer.ts'

/** The table of edges is looked after every few seconds, and others may keep the machine busy. */
const patienceMs = 60_000

export interface FilledStore {
  /** Where and as whom it asks. */
  readonly place: GoPlace
  /** Asks as Grafana would: over HTTP, as the user who only reads. */
  ask(sql: string): Promise<StoreAnswer>
  /** Epoch ms: the time range that holds all of it. */
  readonly from: number
  readonly to: number
  close(): Promise<void>
}

export interface FillOptions {
  /** In the order in which they are sent. */
  readonly live: readonly SourceLines[]
  /** What a realm beside it sees. */
  readonly exercise: { readonly realm: string; readonly sources: readonly SourceLines[] }
  /** An edge that a person denies once all is in. */
  readonly deny: { readonly caller: string; readonly destination: string }
}

export async function fillStore({ live, exercise, deny }: FillOptions): Promise<FilledStore> {
  const told = await openSignedWebhooks()
  const refusing = await openReceiver((response) => response.writeHead(410).end())
  const data = mkdtempSync(join(tmpdir(), 'eastwest-dashboards-'))
  await appendExercise(join(data, 'log'), exercise)
  const collector = await runCollector({
    data,
    settings: {
      alerts: {
        channels: {
          'on-call': { ...told.channel, drills: true },
          archive: { ...told.channel, url: refusing.url },
        },
      },
      // What is recorded happened long ago: what a caller usually does is learned from when it happened.
      detectors: { 'unexpected-caller': { learningClock: 'event-time' } },
    },
  })
  const close = async (): Promise<void> => {
    await collector.remove()
    await Promise.all([told.receiver.close(), refusing.close()])
  }
  try {
    for (const { source, lines } of live) {
      const path = `/v1/events?source=${encodeURIComponent(source)}`
      const { status, text } = await collector.post(`${lines.join('\n')}\n`, { path })
      if (status !== 200) throw new Error(`the collector refused "${source}": ${text}`)
    }
    await comeToRest(collector.url)
    const body = JSON.stringify({ ...deny, by: 'anna', note: 'nobody needs this' })
    const decided = await collector.post(body, {
      path: '/api/edges/deny',
      headers: { 'content-type': 'application/json' },
    })
    if (decided.status >= 300) throw new Error(`the collector refused the decision: ${decided.text}`)
    const password = readFileSync(join(collector.data, 'store-reader.password'), 'utf8').trim()
    const place = { url: collector.storeUrl, username: 'reader', password }
    const ask = (sql: string): Promise<StoreAnswer> => askStore(place.url, place, sql)
    await until(
      async () => (await ask("SELECT 1 FROM edges WHERE decision = 'denied' LIMIT 1")).rows.length > 0,
      'the denied edge is stored',
      patienceMs,
    )
    await comeToRest(collector.url)
    const earliest = await ask('SELECT toUnixTimestamp64Milli(min(event_at)) AS at FROM events')
    return { place, ask, from: Number(earliest.rows[0]?.at), to: Date.now() + 60_000, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Records of a realm are no receiver's business: they are in the log before the collector starts. */
async function appendExercise(directory: string, { realm, sources }: FillOptions['exercise']): Promise<void> {
  const log = await openEmbeddedLog({ directory, now: Date.now, newIncarnation: randomUUID })
  await log.append(
    'ingest',
    sources.map(({ source, lines }) => ({
      value: Buffer.from(`${lines.join('\n')}\n`),
      headers: { format: 'auto', source, receiver: 'replay', realm },
    })),
  )
  await log.close()
}
