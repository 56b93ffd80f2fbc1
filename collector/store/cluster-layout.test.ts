// The DDL of a cluster in the real engine: read, planned against a cluster it knows, and run as far as one process can.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { edgesQuery } from '../../schemas/api/queries.ts'
import { eventRows } from '../../schemas/tables.ts'
import { openClusterEngine, testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import type { TestStore } from '../../test/support/store.ts'
import { createTable } from './ddl.ts'
import { insertRows } from './insert-rows.ts'
import { createLedger } from './migrate.ts'
import { addedColumns, addTokenColumns } from './migrations/add-token-columns.ts'
import { migrations } from './migrations/catalog.ts'
import { queryEdges } from './queries/edges.ts'

const schema = { days: 30, cluster: testCluster }
const statements = [createLedger(schema), ...migrations.flatMap((migration) => migration.statements(schema))]
const named = statements.map((sql) => [sql.split('\n')[0]?.slice(0, 100), sql] as const)

let store: TestStore

beforeAll(async () => {
  store = await openClusterEngine()
  // Views and changes are planned against the tables they name.
  for (const sql of statements) await store.writer.command({ query: runnable(sql) })
})
afterAll(() => store.close())

/** What the engine runs without replicas and a queue of DDL. */
function runnable(sql: string): string {
  return sql
    .replace(` ON CLUSTER '${testCluster.name}'`, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, '$1(')
}

async function rowsOf<Row>(query: string): Promise<Row[]> {
  const result = await store.writer.query({ query, format: 'JSONCompactEachRow' })
  return result.json<Row>()
}

function columnsOf(table: string): Promise<[string, string][]> {
  return rowsOf(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}' ORDER BY position`,
  )
}

describe('the DDL of a cluster', () => {
  it.each(named)('is read by the engine as it is meant: %s', async (_, sql) => {
    const result = await store.writer.query({
      query: 'SELECT formatQuerySingleLine({sql:String}) AS text',
      query_params: { sql },
      format: 'JSONEachRow',
    })
    const [row] = await result.json<{ text: string }>()
    expect(row?.text).toContain(`ON CLUSTER ${testCluster.name}`)
  })

  it.each(named)('goes to the servers of a cluster: %s', async (_, sql) => {
    // An embedded engine has no queue of DDL. Of what is made it says so once it has found the cluster.
    await expect(store.writer.command({ query: sql })).rejects.toMatchObject({ type: 'QUERY_IS_PROHIBITED' })
    if (!sql.startsWith('CREATE')) return
    const elsewhere = sql.replace(`ON CLUSTER '${testCluster.name}'`, "ON CLUSTER 'elsewhere'")
    await expect(store.writer.command({ query: elsewhere })).rejects.toMatchObject({ type: 'CLUSTER_DOESNT_EXIST' })
  })

  it('makes local tables that take rows and distributed ones that read them', async () => {
    const engines = await rowsOf<[string, string]>(
      "SELECT name, engine FROM system.tables WHERE database = currentDatabase() AND engine = 'Distributed' ORDER BY name",
    )
    expect(engines.map(([name]) => name)).toEqual([
      'alert_rows',
      'deliveries',
      'edges',
      'event_rows',
      'finding_rows',
      'quarantine',
    ])
    expect(await columnsOf('event_rows')).toEqual(await columnsOf('event_rows_local'))
  })

  it('adds columns where rows lie and where they are read', async () => {
    const earlier = { ...eventRows, columns: eventRows.columns.filter(({ name }) => !addedColumns.includes(name)) }
    for (const table of ['event_rows', 'event_rows_local']) await store.writer.command({ query: `DROP TABLE ${table}` })
    for (const sql of [...createTable(earlier, schema), ...addTokenColumns.statements(schema)])
      await store.writer.command({ query: runnable(sql) })
    const declared = eventRows.columns.map(({ name, type }) => [name, type])
    expect(await columnsOf('event_rows')).toEqual(declared)
    expect(await columnsOf('event_rows_local')).toEqual(declared)
  })

  it('shows the newest of rows that replace each other, whichever server is asked', async () => {
    const edge = { tenant: 'default', realm: 'live', destination: 'pay', caller: 'shop', routes: [], version: 1 }
    // Rows go beside the distributed table: here it has one shard, and would take them.
    for (const [state, version] of [
      ['learning', 1],
      ['known', 2],
    ] as const)
      await insertRows(store.writer, 'edges_local', [{ ...edge, state, version }])
    const { entries } = await queryEdges(store.writer, edgesQuery.parse({}))
    expect(entries.map(({ caller, state }) => [caller, state])).toEqual([['shop', 'known']])
  })
})
