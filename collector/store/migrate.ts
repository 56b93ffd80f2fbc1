// Brings the database to the newest schema at start, and refuses one that is newer than this program.

import type { ClickHouseClient } from '@clickhouse/client'
import type { Retention } from './ddl.ts'
import { type Migration, migrations } from './migrations/catalog.ts'
import { asStoreError, StoreError } from './store-error.ts'

const ledger = `CREATE TABLE IF NOT EXISTS schema_migrations
(number UInt32, name String, applied_at DateTime64(3, 'UTC'))
ENGINE = MergeTree ORDER BY number`

export interface Migrated {
  readonly applied: readonly Migration[]
  readonly number: number
}

/** @throws StoreError `ERR_STORE_NEWER_SCHEMA` when the database was migrated by a newer program. */
export async function migrate(
  client: ClickHouseClient,
  retention: Retention,
  known: readonly Migration[] = migrations,
): Promise<Migrated> {
  try {
    await client.command({ query: ledger })
    const rows = await client.query({
      query: 'SELECT max(number) AS number FROM schema_migrations',
      format: 'JSONEachRow',
    })
    const [row] = await rows.json<{ number: number }>()
    const stored = row?.number ?? 0
    const newest = known.at(-1)?.number ?? 0
    if (stored > newest) {
      throw new StoreError(
        'ERR_STORE_NEWER_SCHEMA',
        `the database is at schema ${stored}, this program knows ${newest}: run the newer eastwest, or choose another --data`,
        { retryable: false, ambiguous: false },
      )
    }
    const missing = known.filter((migration) => migration.number > stored)
    for (const migration of missing) await apply(client, migration, retention)
    return { applied: missing, number: newest }
  } catch (cause) {
    throw asStoreError(cause, 'migrating')
  }
}

async function apply(client: ClickHouseClient, migration: Migration, retention: Retention): Promise<void> {
  for (const query of migration.statements(retention)) await client.command({ query })
  await client.command({
    query: 'INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}, now64(3)',
    query_params: { number: migration.number, name: migration.name },
  })
}
