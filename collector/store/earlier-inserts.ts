// Names the inserts of a log partition, and ends those of an earlier attempt or owner before it is asked what is stored.

import type { ClickHouseClient } from '@clickhouse/client'
import { localName } from './cluster-layout.ts'
import type { Shards } from './shards.ts'
import { asStoreError } from './store-error.ts'

export interface LogPartition {
  readonly topic: string
  readonly incarnation: string
  readonly partition: number
}

/** What the query ids of all inserts of the partition begin with, whoever sends them. */
export function insertIdPrefix({ topic, incarnation, partition }: LogPartition): string {
  return `eastwest/${topic}/${incarnation}/${partition}/`
}

/**
 * From its end on nothing lands that was sent to these servers before: an insert whose answer was lost has either been
 * stored or will never be. A server ends the queries of these ids; the embedded store knows no ids and lets the
 * statement wait behind the insert that runs. On a cluster the server to be asked has then caught up with its replicas,
 * which may have taken rows before it was the one to send to.
 */
export async function endEarlierInserts(shards: Shards, of: LogPartition): Promise<void> {
  const { cluster } = shards
  try {
    await Promise.all(shards.all.map((client) => endInserts(client, of)))
    if (cluster === undefined) return
    for (const table of ['event_rows', 'quarantine'])
      await shards.of(of.partition).command({ query: `SYSTEM SYNC REPLICA ${localName(table, cluster)} LIGHTWEIGHT` })
  } catch (cause) {
    throw asStoreError(cause, 'ending earlier inserts')
  }
}

async function endInserts(client: ClickHouseClient, of: LogPartition): Promise<void> {
  await client.command({
    query: 'KILL QUERY WHERE startsWith(query_id, {prefix:String}) SYNC',
    query_params: { prefix: insertIdPrefix(of) },
    clickhouse_settings: { wait_end_of_query: 1 },
  })
}
