// Alerts and findings over lives, logs and migrations: the newest change is what is shown.

import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { alertsQuery } from '../../schemas/api/queries.ts'
import { edges, eventRows } from '../../schemas/tables.ts'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { alertRow, findingRow } from './alert-rows.ts'
import { openStoreClient } from './client.ts'
import { createTable } from './ddl.ts'
import { clickhouseInstant, insertRows } from './insert-rows.ts'
import { migrate } from './migrate.ts'
import { queryAlerts } from './queries/alerts.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

const noon = Date.UTC(2026, 10, 2, 12)
const finding = { eventId: 'e1', at: noon, rung: '3-in-6s', severity: 'high' } as const

function alertOf(id: string, revision: number, updatedAt: number, change: Partial<Alert> = {}): Alert {
  const at = new Date(noon).toISOString()
  return alertSchema.parse({
    id: id.padEnd(32, '0'),
    revision,
    tenant: 'default',
    realm: 'live',
    detector: 'refund-burst',
    version: 1,
    settingsDigest: 'd1',
    rule: 'burst',
    severity: 'high',
    confidence: 'high',
    status: 'open',
    title: `revision ${revision}`,
    entity: { keyspace: 'subject', key: 'USR-99', name: 'USR-99', from: 'field' },
    slot: at,
    continues: '',
    firstSeenAt: at,
    lastSeenAt: at,
    count: 3,
    findings: 1,
    rungs: ['3-in-6s'],
    evidence: [],
    explanation: { why: [], windowFrom: at, windowTo: at, margins: [], wouldNotFireIf: [] },
    labels: {},
    baseline: '',
    suppressed: 0,
    attack: [],
    runbook: [],
    raisedAt: at,
    updatedAt: new Date(updatedAt).toISOString(),
    lagMs: 0,
    late: false,
    evictions: 0,
    ...change,
  })
}

async function shown(client: ClickHouseClient, id: string): Promise<readonly string[]> {
  const { entries } = await queryAlerts(client, alertsQuery.parse({ status: 'any', limit: '1000' }))
  return entries.filter((alert) => alert.id === id.padEnd(32, '0')).map(({ title }) => title)
}

async function standing(client: ClickHouseClient, id: string): Promise<readonly number[]> {
  const result = await client.query({
    query: 'SELECT standing FROM findings WHERE alert_id = {id:String}',
    query_params: { id: id.padEnd(32, '0') },
    format: 'JSONCompactEachRow',
  })
  return (await result.json<[number]>()).map(([value]) => value)
}

describe('the newest change of an alert', () => {
  const lives = [alertOf('', 7, noon), alertOf('', 1, noon + 1), alertOf('', 2, noon + 1)]
  it.each([
    ['in the order in which they came', 'a1', [0, 1, 2]],
    ['in another order', 'a2', [2, 0, 1]],
  ])('is shown, also of a life whose revisions begin anew, %s', async (_how, id, order) => {
    for (const at of order) {
      const life = lives[at]
      if (life === undefined) throw new RangeError(`no life ${at}`)
      const alert = { ...life, id: id.padEnd(32, '0') }
      await insertRows(store.writer, 'alert_rows', [alertRow(alert)])
      await insertRows(store.writer, 'finding_rows', [findingRow(alert, finding, at === 2)])
    }
    expect(await shown(store.reader, id)).toEqual(['revision 2'])
    expect(await standing(store.reader, id)).toEqual([1])
  })
})

describe('a database of schema 1', () => {
  it('keeps its alerts and findings, also when the move was cut off and is made again', async () => {
    await store.writer.command({ query: 'CREATE DATABASE earlier' })
    const client = openStoreClient({
      url: store.child.url,
      ...store.child.writer,
      database: 'earlier',
      timeoutMs: 20_000,
    })
    try {
      for (const query of schemaOne) await client.command({ query })
      const [before, after] = [alertOf('b', 1, noon), alertOf('b', 2, noon + 1000)]
      for (const alert of [after, before]) {
        const { version: _alertVersion, ...alertOnly } = alertRow(alert)
        const { version: _findingVersion, ...findingOnly } = findingRow(alert, finding, alert === before)
        await insertRows(client, 'alert_revisions', [alertOnly])
        await insertRows(client, 'findings', [findingOnly])
      }
      for (let times = 0; times < 2; times++) {
        await migrate(client, { days: 30 })
        expect(await shown(client, 'b')).toEqual(['revision 2'])
        expect(await standing(client, 'b')).toEqual([0])
        await client.command({
          query: 'ALTER TABLE schema_migrations DELETE WHERE number = 2 SETTINGS mutations_sync = 1',
        })
      }
      const newest = alertOf('b', 1, noon + 2000)
      await insertRows(client, 'alert_rows', [alertRow(newest)])
      expect(await shown(client, 'b')).toEqual(['revision 1'])
      const { data } = await (await client.query({ query: 'SHOW TABLES', format: 'JSON' })).json<{ name: string }>()
      expect(data.map(({ name }) => name)).not.toContain('alert_revisions')
    } finally {
      await client.close()
    }
  })
})

const columnsOfAlerts = `tenant LowCardinality(String), realm LowCardinality(String), id String, revision UInt32,
  detector LowCardinality(String), rule LowCardinality(String), severity LowCardinality(String), severity_id UInt8,
  confidence LowCardinality(String), status LowCardinality(String), title String, keyspace LowCardinality(String),
  entity String, slot String, count UInt64, first_seen_at DateTime64(3, 'UTC'), last_seen_at DateTime64(3, 'UTC'),
  raised_at DateTime64(3, 'UTC'), updated_at DateTime64(3, 'UTC'), body String`
const columnsOfFindings = `tenant LowCardinality(String), realm LowCardinality(String), alert_id String, event_id String,
  detector LowCardinality(String), rung LowCardinality(String), severity LowCardinality(String),
  event_at DateTime64(3, 'UTC'), standing UInt8, revision UInt32, appended_at DateTime64(3, 'UTC')`

/** What the first migration made of the two tables and of those that later ones add columns to, and its line in the ledger. */
const schemaOne = [
  ...[eventRows, edges].flatMap((table) => createTable(table, { days: 30 })),
  `CREATE TABLE alert_revisions (${columnsOfAlerts}) ENGINE = ReplacingMergeTree(revision) ORDER BY (tenant, realm, id)`,
  `CREATE TABLE findings (${columnsOfFindings}) ENGINE = ReplacingMergeTree(revision)
    ORDER BY (tenant, realm, alert_id, event_id, rung)`,
  'CREATE VIEW alerts AS SELECT * FROM alert_revisions FINAL',
  "CREATE TABLE schema_migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY number",
  `INSERT INTO schema_migrations SELECT 1, 'create-tables', '${clickhouseInstant(noon)}'`,
]
