// Inserts plain rows into one of the small tables as JSON lines.

import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { localName } from './cluster-layout.ts'
import type { InsertOptions } from './insert-events.ts'
import { insertSettingsFor } from './insert-settings.ts'
import { asStoreError } from './store-error.ts'

const rowsAtOnce = 200

/** Values of a row by ClickHouse column name; instants as epoch milliseconds in `…_at` columns are converted. */
export type Row = Readonly<Record<string, string | number | readonly string[]>>

export async function insertRows(
  client: ClickHouseClient,
  table: string,
  rows: readonly Row[],
  options: InsertOptions = {},
): Promise<void> {
  await insertEach(client, table, rows, (row) => row, options)
}

/**
 * The same for rows of any kind: `rowOf` is asked as they are sent, a few at a time, so that tens of thousands of them
 * leave room for other work.
 */
export async function insertEach<Source>(
  client: ClickHouseClient,
  table: string,
  sources: readonly Source[],
  rowOf: (source: Source) => Row,
  { queryId, cluster }: InsertOptions = {},
): Promise<void> {
  if (sources.length === 0) return
  try {
    const { stream } = await client.exec({
      query: `INSERT INTO ${localName(table, cluster)} FORMAT JSONEachRow`,
      values: Readable.from(textOf(sources, rowOf), { objectMode: false }),
      clickhouse_settings: insertSettingsFor(cluster),
      ...(queryId === undefined ? {} : { query_id: queryId }),
    })
    for await (const _ of stream) {
      // The reply must be read to its end before the connection is free again.
    }
  } catch (cause) {
    throw asStoreError(cause, `inserting into "${table}"`)
  }
}

async function* textOf<Source>(sources: readonly Source[], rowOf: (source: Source) => Row): AsyncGenerator<Buffer> {
  for (let from = 0; from < sources.length; from += rowsAtOnce) {
    if (from > 0) await setImmediate()
    const lines = sources.slice(from, from + rowsAtOnce).map((source) => JSON.stringify(withInstants(rowOf(source))))
    yield Buffer.from(`${lines.join('\n')}\n`)
  }
}

/** `DateTime64(3)` reads a number of JSON as seconds with fraction; text without zone as UTC. */
function withInstants(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name.endsWith('_at') && typeof value === 'number' ? clickhouseInstant(value) : value,
    ]),
  )
}

/** Epoch ms as ClickHouse reads and writes a `DateTime64(3, 'UTC')`; clamped to what the type holds. */
export function clickhouseInstant(epochMs: number): string {
  const held = Math.min(Math.max(Math.trunc(epochMs), -2_208_988_800_000), 10_413_791_999_999)
  return new Date(held).toISOString().replace('T', ' ').replace('Z', '')
}
