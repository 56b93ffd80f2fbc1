// The store's own code against the real engine behind its HTTP interface.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsQuery } from '../../schemas/api/events-query.ts'
import { alertsQuery, edgesQuery, quarantineQuery } from '../../schemas/api/queries.ts'
import { DictionaryColumn } from '../../schemas/events/dictionary-column.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { columnsToSend } from '../../schemas/events/native-block.ts'
import { NumberColumn } from '../../schemas/events/number-column.ts'
import { TextColumn } from '../../schemas/events/text-column.ts'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { insertEvents } from './insert-events.ts'
import { insertRows } from './insert-rows.ts'
import { migrate } from './migrate.ts'
import { quarantineRow } from './quarantine-row.ts'
import { queryAlerts } from './queries/alerts.ts'
import { queryEdges } from './queries/edges.ts'
import { queryEvents } from './queries/events.ts'
import { queryQuarantine } from './queries/quarantine.ts'
import { shardsOf } from './shards.ts'
import { StoreError } from './store-error.ts'
import { storedCoordinates } from './stored-coordinates.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const day = 86_400_000
const noon = Date.UTC(2026, 10, 2, 12)

function batchOf(rows: readonly { subject: string; offset: number; appendedAt: number; copy?: number }[]): EventBatch {
  const batch = new EventBatch(8)
  for (const [at, { subject, offset, appendedAt, copy = 0 }] of rows.entries()) {
    const { columns, row } = batch
    columns.eventId.setDigest(row, `${subject}${offset}`.padEnd(16, String.fromCharCode(97 + at)))
    columns.tenant.setText(row, 'default')
    columns.realm.setText(row, 'live')
    columns.kind.setText(row, 'authn')
    columns.topic.setText(row, 'ingest')
    columns.incarnation.setText(row, 'i1')
    columns.offset.set(row, offset)
    columns.subject.setText(row, subject)
    columns.outcome.setText(row, 'denied')
    columns.eventAt.set(row, appendedAt - 1000)
    columns.appendedAt.set(row, appendedAt)
    columns.copy.set(row, copy)
    columns.attributes.setText(row, '{"a":"b"}')
    batch.commit()
  }
  return batch
}

describe('the store', () => {
  it('gives inserted events back by whom, with what they say and nothing they do not', async () => {
    await insertEvents(
      store.writer,
      batchOf([
        { subject: 'u-1', offset: 1, appendedAt: noon },
        { subject: 'u-2', offset: 2, appendedAt: noon + 5 },
      ]),
    )
    const { entries } = await queryEvents(
      store.reader,
      eventsQuery.parse({ subject: 'u-1', outcome: 'denied', kind: 'authn' }),
    )
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      subject: 'u-1',
      offset: 1,
      outcome: 'denied',
      eventAt: new Date(noon - 1000).toISOString(),
      attributes: { a: 'b' },
    })
    expect(entries[0]).not.toHaveProperty('caller')
    expect(entries[0]).not.toHaveProperty('httpStatus')
  })

  it('stores what no row of an insert says like what only some of its rows say', async () => {
    const bare = { subject: 'bare', offset: 50, appendedAt: noon }
    const alone = batchOf([bare])
    const beside = batchOf([bare, { subject: 'full', offset: 51, appendedAt: noon }])
    for (const column of beside.ordered) {
      if (column.length === 2) continue
      if (column instanceof DictionaryColumn || column instanceof TextColumn) column.setText(1, 'said')
      else if (column instanceof NumberColumn) column.set(1, 7)
    }
    expect(columnsToSend(alone).length).toBeLessThan(columnsToSend(beside).length)
    for (const batch of [alone, beside]) await insertEvents(store.writer, batch)
    const stored = await store.reader.query({
      query: "SELECT * FROM event_rows WHERE subject = 'bare'",
      format: 'JSONEachRow',
    })
    const rows = await stored.json<Record<string, unknown>>()
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual(rows[1])
    expect(rows[0]).toMatchObject({
      caller: '',
      path: '',
      skew: 0,
      amount_minor: 0,
      parts: 1,
      http_status: -1,
      port: -1,
    })
  })

  it('keeps an insert that spans midnight whole, a part for each day', async () => {
    await insertEvents(
      store.writer,
      batchOf([
        { subject: 'mid', offset: 10, appendedAt: noon + day / 2 - 1 },
        { subject: 'mid', offset: 11, appendedAt: noon + day / 2 + 1 },
      ]),
    )
    const { entries } = await queryEvents(store.reader, eventsQuery.parse({ subject: 'mid' }))
    expect(entries.map(({ offset }) => offset)).toEqual([11, 10])
  })

  it('leaves copies out of the events view and shows them when asked', async () => {
    await insertEvents(
      store.writer,
      batchOf([
        { subject: 'twice', offset: 20, appendedAt: noon },
        { subject: 'twice', offset: 21, appendedAt: noon, copy: 1 },
      ]),
    )
    expect((await queryEvents(store.reader, eventsQuery.parse({ subject: 'twice' }))).entries).toHaveLength(1)
    expect(
      (await queryEvents(store.reader, eventsQuery.parse({ subject: 'twice', copies: 'true' }))).entries,
    ).toHaveLength(2)
  })

  it('pages through events without losing or repeating one', async () => {
    await insertEvents(
      store.writer,
      batchOf(
        Array.from({ length: 7 }, (_, at) => ({ subject: 'paged', offset: 30 + at, appendedAt: noon + (at >> 1) })),
      ),
    )
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await queryEvents(
        store.reader,
        eventsQuery.parse({ subject: 'paged', limit: '3', ...(cursor === undefined ? {} : { cursor }) }),
      )
      seen.push(...page.entries.map(({ offset }) => offset))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen.toSorted()).toEqual([30, 31, 32, 33, 34, 35, 36])
  })

  it('says which coordinates of a range it holds', async () => {
    const range = { topic: 'ingest', incarnation: 'i1', partition: 0, fromOffset: 1, toOffset: 5 }
    expect([...(await storedCoordinates(shardsOf([store.writer]), 'event_rows', range))].sort()).toEqual(['1:0', '2:0'])
  })

  it('keeps hostile quarantine text byte for byte and runs none of it', async () => {
    const head = 'x"\n\nDROP TABLE quarantine\n\u0000\u202e\\\'; --'
    await insertRows(store.writer, 'quarantine', [
      quarantineRow({
        tenant: 'default',
        realm: 'live',
        topic: 'ingest',
        incarnation: 'i1',
        partition: 0,
        offset: 3,
        index: 0,
        parts: 1,
        appendedAt: noon,
        source: 's',
        format: '',
        reason: 'unknown-format',
        detail: 'd',
        head,
        bytes: 30,
        sha256: 'ab',
      }),
    ])
    const { entries } = await queryQuarantine(store.reader, quarantineQuery.parse({}))
    expect(entries).toMatchObject([{ head, offset: 3, appendedAt: new Date(noon).toISOString() }])
  })

  it('answers empty pages for what it does not hold', async () => {
    expect(
      await queryAlerts(store.reader, alertsQuery.parse({ detector: 'none', happenedFrom: '2026-01-01' })),
    ).toEqual({ entries: [] })
    expect(await queryEdges(store.reader, edgesQuery.parse({ caller: "'; DROP TABLE edges --" }))).toEqual({
      entries: [],
    })
  })

  it('refuses a database that a newer program migrated', async () => {
    const known = [{ number: 1, name: 'create-tables', statements: () => [] }]
    await store.writer.command({ query: "INSERT INTO schema_migrations SELECT 7, 'from-tomorrow', now64(3)" })
    const refused = migrate(store.writer, { days: 30 }, known)
    await expect(refused).rejects.toThrow(StoreError)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_STORE_NEWER_SCHEMA', retryable: false })
  })
})
