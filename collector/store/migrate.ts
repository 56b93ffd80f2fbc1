// Brings the database to the newest schema at start, and refuses one that is newer than this program.

import type { ClickHouseClient } from '@clickhouse/client'
import { onCluster, sharedEngine } from './cluster-layout.ts'
import type { SchemaOptions } from './ddl.ts'
import { type Migration, migrations } from './migrations/catalog.ts'
import { asStoreError, StoreError } from './store-error.ts'

/** What was migrated. Of a cluster, every server holds all of it, so that any may be asked. */
export function createLedger({ cluster }: SchemaOptions): string {
  return `CREATE TABLE IF NOT EXISTS schema_migrations${onCluster(cluster)}
(number UInt32, name String, applied_at DateTime64(3, 'UTC'))
ENGINE = ${sharedEngine('MergeTree', cluster)} ORDER BY number`
}

export interface Migrated {
  readonly applied: readonly Migration[]
  readonly number: number
}

/** @throws StoreError `ERR_STORE_NEWER_SCHEMA` when the database was migrated by a newer program. */
export async function migrate(
  client: ClickHouseClient,
  schema: SchemaOptions,
  known: readonly Migration[] = migrations,
): Promise<Migrated> {
  try {
    const stored = await newestApplied(client, schema)
    const newest = known.at(-1)?.number ?? 0
    if (stored > newest) {
      throw new StoreError(
        'ERR_STORE_NEWER_SCHEMA',
        `the database is at schema ${stored}, this program knows ${newest}: run the newer eastwest, or choose another --data`,
        { retryable: false, ambiguous: false },
      )
    }
    const missing = known.filter((migration) => migration.number > stored)
    for (const migration of missing) await apply(client, migration, schema)
    return { applied: missing, number: newest }
  } catch (cause) {
    throw asStoreError(cause, 'migrating')
  }
}

async function newestApplied(client: ClickHouseClient, schema: SchemaOptions): Promise<number> {
  const known = await client.query({ query: 'EXISTS TABLE schema_migrations', format: 'JSONEachRow' })
  const [exists] = await known.json<{ result: number }>()
  // Making what is there already would ask every server of a cluster at each start, also those that are down.
  if (exists?.result !== 1) await client.command({ query: createLedger(schema) })
  const rows = await client.query({
    query: 'SELECT max(number) AS number FROM schema_migrations',
    format: 'JSONEachRow',
  })
  const [row] = await rows.json<{ number: number }>()
  return row?.number ?? 0
}

async function apply(client: ClickHouseClient, migration: Migration, schema: SchemaOptions): Promise<void> {
  for (const query of migration.statements(schema)) await client.command({ query })
  await client.command({
    query: 'INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}, now64(3)',
    query_params: { number: migration.number, name: migration.name },
  })
}
