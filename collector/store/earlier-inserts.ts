// Names the inserts of a log partition, and ends those of an earlier attempt or owner before it is asked what is stored.

import type { ClickHouseClient } from '@clickhouse/client'
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
 * From its end on nothing lands that was sent to this server before: an insert whose answer was lost has either been
 * stored or will never be. A server ends the queries of these ids; the embedded store knows no ids and lets the
 * statement wait behind the insert that runs.
 */
export async function endEarlierInserts(client: ClickHouseClient, of: LogPartition): Promise<void> {
  try {
    await client.command({
      query: 'KILL QUERY WHERE startsWith(query_id, {prefix:String}) SYNC',
      query_params: { prefix: insertIdPrefix(of) },
      clickhouse_settings: { wait_end_of_query: 1 },
    })
  } catch (cause) {
    throw asStoreError(cause, 'ending earlier inserts')
  }
}
