// The event writer against the real engine: whatever is killed, late or asked again, each coordinate is stored once.

import type { ClickHouseClient } from '@clickhouse/client'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { startEmbeddedStore } from '../../test/support/embedded-store.ts'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { openStoreClient } from './client.ts'
import { EventWriter, type EventWriterOptions, type SealedBatch } from './event-writer.ts'
import { migrate } from './migrate.ts'
import { shardsOf } from './shards.ts'
import type { StoreError } from './store-error.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const noon = Date.UTC(2026, 10, 2, 12)
const partsPerRecord = 2

/** Every third record is one that cannot be read. */
function stretch(incarnation: string, fromOffset: number, toOffset: number): SealedBatch {
  const events = new EventBatch(8)
  const quarantine: QuarantineRow[] = []
  for (let offset = fromOffset; offset <= toOffset; offset++) {
    if (offset % 3 === 1) quarantine.push(unreadable(incarnation, offset))
    else for (let index = 0; index < partsPerRecord; index++) addEvent(events, incarnation, offset, index)
  }
  return { events, quarantine, range: { topic: 'ingest', incarnation, partition: 0, fromOffset, toOffset } }
}

function addEvent(batch: EventBatch, incarnation: string, offset: number, index: number): void {
  const { columns, row } = batch
  columns.eventId.setDigest(row, `${offset}-${index}`.padEnd(16, 'x'))
  columns.tenant.setText(row, 'default')
  columns.realm.setText(row, 'live')
  columns.kind.setText(row, 'authn')
  columns.topic.setText(row, 'ingest')
  columns.incarnation.setText(row, incarnation)
  columns.offset.set(row, offset)
  columns.index.set(row, index)
  columns.parts.set(row, partsPerRecord)
  columns.eventAt.set(row, noon)
  columns.appendedAt.set(row, noon + offset)
  batch.commit()
}

function unreadable(incarnation: string, offset: number): QuarantineRow {
  const none = { source: '', format: '', detail: '', head: '', bytes: 0, sha256: '' }
  const coordinate = { topic: 'ingest', incarnation, partition: 0, offset, index: 0, parts: 1 }
  return { ...none, ...coordinate, tenant: 'default', realm: 'live', appendedAt: noon, reason: 'invalid-json' }
}

interface Trouble {
  readonly outages: (StoreError | undefined)[]
  readonly failures: unknown[]
}

function openWriter(client: ClickHouseClient, change: Partial<EventWriterOptions> = {}): [EventWriter, Trouble] {
  const trouble: Trouble = { outages: [], failures: [] }
  const writer = new EventWriter({
    shards: shardsOf([client]),
    ready: () => Promise.resolve(),
    maxBatches: 3,
    retryMs: { first: 20, longest: 100 },
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onStored: () => undefined,
    onOutage: (error) => trouble.outages.push(error),
    onFailure: (error) => trouble.failures.push(error),
    ...change,
  })
  return [writer, trouble]
}

/** One life of a collector: it stores the stretch in batches that end at these offsets. */
async function live(client: ClickHouseClient, incarnation: string, ends: readonly number[]): Promise<void> {
  const [writer, { failures }] = openWriter(client)
  let from = 0
  for (const end of ends) {
    await writer.submit(stretch(incarnation, from, end))
    from = end + 1
  }
  await writer.drained()
  expect(failures).toEqual([])
}

/** Coordinates stored, with how often where it is not once. */
async function held(client: ClickHouseClient, incarnation: string): Promise<readonly string[]> {
  const result = await client.query({
    query: `SELECT concat(toString(offset), ':', toString(index), if(count() = 1, '', concat(' × ', toString(count())))) AS c
      FROM (SELECT incarnation, offset, index FROM event_rows UNION ALL SELECT incarnation, offset, index FROM quarantine)
      WHERE incarnation = {incarnation:String} GROUP BY offset, index ORDER BY offset, index`,
    query_params: { incarnation },
    format: 'JSONCompactEachRow',
  })
  return (await result.json<[string]>()).map(([coordinate]) => coordinate)
}

function coordinatesThrough(toOffset: number): readonly string[] {
  return Array.from({ length: toOffset + 1 }, (_, offset) => offset).flatMap((offset) =>
    offset % 3 === 1 ? [`${offset}:0`] : Array.from({ length: partsPerRecord }, (_, index) => `${offset}:${index}`),
  )
}

describe('the event writer', () => {
  it('stores nothing twice after a restart, however much was stored and not committed', async () => {
    await live(store.writer, 'far-ahead', [9, 19, 29, 39, 49, 59])
    await live(store.writer, 'far-ahead', [4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59, 64])
    expect(await held(store.writer, 'far-ahead')).toEqual(coordinatesThrough(64))
  })

  it('looks beyond a stretch of which nothing is stored: rows after it may be', async () => {
    const { events, range } = stretch('hole', 0, 5)
    const [first] = openWriter(store.writer)
    // Ended between the two inserts of a batch: the record that could not be read is not stored, those around it are.
    await first.submit({ events, quarantine: [], range })
    await first.drained()
    await live(store.writer, 'hole', [0, 1, 2, 3, 4, 5, 6])
    expect(await held(store.writer, 'hole')).toEqual(coordinatesThrough(6))
  })

  it('stores each coordinate once over any number of lives, wherever their batches end', async () => {
    let run = 0
    const life = fc.uniqueArray(fc.nat(24), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const incarnation = `lives-${run++}`
        for (const ends of lives)
          await live(
            store.writer,
            incarnation,
            ends.toSorted((a, b) => a - b),
          )
        const last = Math.max(...lives.flat())
        expect(await held(store.writer, incarnation)).toEqual(coordinatesThrough(last))
      }),
      { numRuns: 12 },
    )
  })

  it('waits for its own insert that outlived the answer, and does not send it again', async () => {
    const own = await openTestStore()
    try {
      // Each row takes its time before it is written, so that the insert lands after the client has given up.
      await own.writer.command({
        query: 'ALTER TABLE event_rows ADD COLUMN slow UInt8 MATERIALIZED sleepEachRow(0.1)',
      })
      const hasty = openStoreClient({ url: own.child.url, ...own.child.writer, database: 'default', timeoutMs: 250 })
      const [writer, { outages, failures }] = openWriter(hasty)
      await writer.submit(stretch('late', 0, 5))
      await writer.drained()
      expect(failures).toEqual([])
      expect(outages[0]).toMatchObject({ code: 'ERR_STORE_TIMEOUT', ambiguous: true })
      expect(outages.at(-1)).toBeUndefined()
      // Behind whatever the store still has under way.
      await own.writer.command({ query: 'OPTIMIZE TABLE event_rows FINAL' })
      expect(await held(own.writer, 'late')).toEqual(coordinatesThrough(5))
      await hasty.close()
    } finally {
      await own.close()
    }
  })

  it.each(['store:before-insert', 'store:after-insert', 'store:before-ack'])(
    'stores each row once when the store is killed again and again at "%s"',
    async (step) => {
      const calm = await startEmbeddedStore({ minFreeDiskBytes: 0 })
      const address = (child: typeof calm.child) => ({ url: child.url, ...child.writer, database: 'default' })
      const first = openStoreClient({ ...address(calm.child), timeoutMs: 20_000 })
      await migrate(first, { days: 30 })
      await first.close()
      await calm.child.stop()
      const { child, end } = await startEmbeddedStore({
        directory: calm.directory,
        minFreeDiskBytes: 0,
        environment: { EASTWEST_FAILPOINTS: `${step}=2` },
      })
      const client = openStoreClient({ ...address(child), timeoutMs: 20_000 })
      try {
        const [writer, { outages, failures }] = openWriter(client)
        for (let batch = 0; batch < 2; batch++) await writer.submit(stretch('killed', batch * 3, batch * 3 + 2))
        await writer.drained()
        expect(failures).toEqual([])
        expect(outages.some((outage) => outage?.code === 'ERR_STORE_UNREACHABLE')).toBe(true)
        expect(await held(client, 'killed')).toEqual(coordinatesThrough(5))
      } finally {
        await client.close()
        await end()
      }
    },
    60_000,
  )
})
