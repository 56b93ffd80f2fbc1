// The operator's SQL in the real engine: all of it is read, and its grants and views are run by an engine that has no more.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { tables } from '../../schemas/tables.ts'
import { grantElements, openClusterEngine, testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import type { TestStore } from '../../test/support/store.ts'
import { tenantGrants, tenantSql, tenantUsers, tenantViews, writerGrants, writerSql } from './access-sql.ts'
import { checkInsertSettings } from './check-insert-settings.ts'
import { openStoreClient } from './client.ts'
import { localName } from './cluster-layout.ts'
import { initialDdl } from './ddl.ts'
import { endEarlierInserts } from './earlier-inserts.ts'
import { insertEvents } from './insert-events.ts'
import { insertSettings } from './insert-settings.ts'
import { migrate } from './migrate.ts'
import { shardsOf } from './shards.ts'
import { highestStored } from './stored-coordinates.ts'

const noon = Date.UTC(2026, 10, 2, 12)

function eventsOf(...tenants: readonly string[]): EventBatch {
  const batch = new EventBatch(4)
  for (const [at, tenant] of tenants.entries()) {
    const { columns, row } = batch
    columns.eventId.setDigest(row, tenant.padEnd(16, 'x'))
    columns.tenant.setText(row, tenant)
    columns.topic.setText(row, 'ingest')
    columns.incarnation.setText(row, 'i1')
    columns.offset.set(row, at)
    columns.appendedAt.set(row, noon)
    batch.commit()
  }
  return batch
}

const inEastwest = ({ child }: TestStore): ReturnType<typeof openStoreClient> =>
  openStoreClient({ url: child.url, ...child.writer, database: 'eastwest', timeoutMs: 20_000 })

describe.each([
  ['a server', undefined],
  ['a cluster', testCluster],
])('the SQL for the operator of %s', (_, cluster) => {
  let store: TestStore
  const statements = [...writerSql(cluster), ...tenantSql('default', cluster)]

  beforeAll(async () => {
    store = await openClusterEngine()
  })
  afterAll(() => store.close())

  it.each(statements)('is read by the engine: %s', async (sql) => {
    const result = await store.writer.query({
      query: 'SELECT formatQuerySingleLine({sql:String}) AS text',
      query_params: { sql },
      format: 'JSONEachRow',
    })
    const [row] = await result.json<{ text: string }>()
    expect(row?.text.includes('ON CLUSTER eastwest')).toBe(cluster !== undefined)
  })

  it.each(tables.flatMap(({ name }) => [...new Set([name, localName(name, cluster)])]))(
    'keeps each tenant to its own rows of %s',
    (table) => {
      const policies = statements.filter((sql) => sql.includes(` ON \`eastwest\`.\`${table}\` AS RESTRICTIVE `))
      expect(policies).toEqual([
        expect.stringMatching(/USING tenant = 'default' TO `eastwest_default`, `grafana_default`$/),
      ])
    },
  )
})

describe('the grants of the collector', () => {
  it('suffice to migrate, to insert and to verify, and for nothing else', async () => {
    const store = await openClusterEngine({ grants: ['CREATE DATABASE ON eastwest.*', ...writerGrants()] })
    await store.writer.command({ query: 'CREATE DATABASE eastwest' })
    const client = inEastwest(store)
    const shards = shardsOf([client])
    await checkInsertSettings(client, store.child.url, insertSettings)
    await migrate(client, { days: 30 })
    await insertEvents(client, eventsOf('default', 'other'))
    const partition = { topic: 'ingest', incarnation: 'i1', partition: 0 }
    await endEarlierInserts(shards, partition)
    expect(await highestStored(shards, partition, 0)).toBe(1)
    for (const refused of ['TRUNCATE TABLE event_rows', 'ALTER TABLE event_rows DELETE WHERE 1', 'CREATE USER own'])
      await expect(client.command({ query: refused })).rejects.toMatchObject({ type: 'ACCESS_DENIED' })
    await shards.close()
    await store.close()
  })

  it('suffice to make the tables of a cluster', async () => {
    const store = await openClusterEngine({
      grants: [
        'CREATE DATABASE ON eastwest.*',
        ...writerGrants(testCluster),
        // The engine here has no replicas, and runs the tables without.
        'TABLE ENGINE ON MergeTree',
        'TABLE ENGINE ON ReplacingMergeTree',
      ],
    })
    await store.writer.command({ query: 'CREATE DATABASE eastwest' })
    const client = inEastwest(store)
    for (const sql of initialDdl({ days: 30, cluster: { ...testCluster, database: 'eastwest' } }))
      await client.command({
        query: sql
          .replace(` ON CLUSTER '${testCluster.name}'`, '')
          .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, '$1('),
      })
    await client.close()
    await store.close()
  })
})

describe('the Grafana user of a tenant', () => {
  it('reads the views of its tenant, and neither tables nor the rows of others', async () => {
    const { views } = tenantUsers('default')
    const grants = tenantGrants('default')
    // The embedded engine takes users from its configuration alone, which knows policies of one kind.
    const users = `<${views}><no_password/><networks><ip>::1</ip></networks><profile>default</profile><quota>default</quota>
<grants>${grantElements(grants.views)}</grants>
<databases><eastwest><event_rows><filter>tenant != 'other'</filter></event_rows></eastwest></databases></${views}>`
    const operator = await openClusterEngine({ users })
    await operator.writer.command({ query: 'CREATE DATABASE eastwest' })
    const client = inEastwest(operator)
    await migrate(client, { days: 30 })
    await insertEvents(client, eventsOf('default', 'other', 'third'))
    for (const query of tenantViews('default')) await client.command({ query })
    await client.command({
      query: `CREATE VIEW ${views}.unfiltered DEFINER = ${views} SQL SECURITY DEFINER AS SELECT tenant FROM eastwest.event_rows`,
    })
    await Promise.all([client.close(), operator.writer.close(), operator.reader.close()])
    await operator.child.stop()

    const grafana = await openClusterEngine({ users, grants: grants.grafana, folder: operator.folder })
    const tenantsOf = async (table: string): Promise<unknown> => {
      const result = await grafana.reader.query({ query: `SELECT tenant FROM ${table}`, format: 'JSONCompactEachRow' })
      return (await result.json()).flat().toSorted()
    }
    expect(await tenantsOf(`${views}.events`)).toEqual(['default'])
    // The policy of the user that views read as holds also where a view says nothing of tenants.
    expect(await tenantsOf(`${views}.unfiltered`)).toEqual(['default', 'third'])
    for (const table of ['quarantine', 'alerts', 'findings', 'deliveries', 'edges'])
      expect(await tenantsOf(`${views}.${table}`)).toEqual([])
    for (const table of ['events', 'event_rows', 'quarantine'])
      await expect(tenantsOf(`eastwest.${table}`)).rejects.toMatchObject({ type: 'ACCESS_DENIED' })
    await grafana.close()
  })
})
