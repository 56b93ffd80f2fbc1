// Asks which rows of a stretch of the log are stored already: what recovery trusts instead of deduplication tokens.

import type { ClickHouseSettings } from '@clickhouse/client'
import type { LogPartition } from './earlier-inserts.ts'
import type { Shards } from './shards.ts'
import { asStoreError } from './store-error.ts'

export interface LogRange extends LogPartition {
  readonly fromOffset: number
  /** Inclusive. */
  readonly toOffset: number
}

/**
 * Of a cluster every shard is asked, since a partition's rows of before a shard was added lie on another one: its own by
 * the server that takes them, and one that does not answer is an outage, never an empty answer.
 */
const wholeCluster: ClickHouseSettings = { prefer_localhost_replica: 1, skip_unavailable_shards: 0 }

/** What these questions lean on. */
export function verifyingSettings({ cluster }: Pick<Shards, 'cluster'>): ClickHouseSettings {
  return cluster === undefined ? {} : wholeCluster
}

/** Keys `offset:index` of the rows that `table` holds of the range. */
export async function storedCoordinates(
  shards: Shards,
  table: 'event_rows' | 'quarantine',
  range: LogRange,
): Promise<ReadonlySet<string>> {
  try {
    const result = await shards.of(range.partition).query({
      clickhouse_settings: verifyingSettings(shards),
      query: `SELECT concat(toString(offset), ':', toString(index)) AS key FROM ${table}
        WHERE topic = {topic:String} AND incarnation = {incarnation:String} AND partition = {partition:Int32}
          AND offset BETWEEN {from:Int64} AND {to:Int64}`,
      query_params: {
        topic: range.topic,
        incarnation: range.incarnation,
        partition: range.partition,
        from: range.fromOffset,
        to: range.toOffset,
      },
      format: 'JSONCompactEachRow',
    })
    const rows = await result.json<[string]>()
    return new Set(rows.map(([key]) => key))
  } catch (cause) {
    throw asStoreError(cause, `reading the stored coordinates of "${table}"`)
  }
}

/**
 * The highest offset at or above `fromOffset` of which a row is stored, -1 when there is none. Rows below it may be
 * missing all the same: a batch is two inserts, and the later of them may not have come.
 */
export async function highestStored(shards: Shards, of: LogPartition, fromOffset: number): Promise<number> {
  try {
    const highest = (table: string): string => `SELECT max(offset) AS highest FROM ${table}
      WHERE topic = {topic:String} AND incarnation = {incarnation:String} AND partition = {partition:Int32}
        AND offset >= {from:Int64} HAVING count() > 0`
    const result = await shards.of(of.partition).query({
      clickhouse_settings: verifyingSettings(shards),
      query: `${highest('event_rows')} UNION ALL ${highest('quarantine')}`,
      query_params: { topic: of.topic, incarnation: of.incarnation, partition: of.partition, from: fromOffset },
      format: 'JSONCompactEachRow',
    })
    // Int64 comes as text or number, as the server is set.
    const rows = await result.json<[string | number]>()
    return Math.max(-1, ...rows.map(([offset]) => Number(offset)))
  } catch (cause) {
    throw asStoreError(cause, 'reading the highest stored offset')
  }
}
