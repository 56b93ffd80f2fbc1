// Rows of a log partition go to one shard, of which recovery asks what is stored; a cluster's are read from all.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { eventRows, quarantine } from '../../schemas/tables.ts'
import { openClusterEngine, testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { openStoreClient } from './client.ts'
import { createTable } from './ddl.ts'
import { endEarlierInserts } from './earlier-inserts.ts'
import { EventWriter, type SealedBatch } from './event-writer.ts'
import { insertEvents } from './insert-events.ts'
import { migrate } from './migrate.ts'
import { type Shards, shardsOf } from './shards.ts'
import { highestStored, storedCoordinates } from './stored-coordinates.ts'

let servers: TestStore
let cluster: TestStore

beforeAll(async () => {
  servers = await openTestStore()
  cluster = await openClusterEngine()
})
afterAll(async () => {
  await servers.close()
  await cluster.close()
})

const noon = Date.UTC(2026, 10, 2, 12)

function batchOf(partition: number, toOffset: number): SealedBatch {
  const events = new EventBatch(8)
  for (let offset = 0; offset <= toOffset; offset++) {
    const { columns, row } = events
    columns.eventId.setDigest(row, `${partition}-${offset}`.padEnd(16, 'x'))
    columns.topic.setText(row, 'ingest')
    columns.incarnation.setText(row, 'i1')
    columns.partition.set(row, partition)
    columns.offset.set(row, offset)
    columns.parts.set(row, 1)
    columns.appendedAt.set(row, noon + offset)
    events.commit()
  }
  return {
    events,
    quarantine: [],
    range: { topic: 'ingest', incarnation: 'i1', partition, fromOffset: 0, toOffset },
  }
}

async function store(shards: Shards, batch: SealedBatch): Promise<void> {
  const failures: unknown[] = []
  const writer = new EventWriter({
    shards,
    ready: () => Promise.resolve(),
    maxBatches: 3,
    retryMs: { first: 20, longest: 100 },
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onStored: () => undefined,
    onOutage: () => undefined,
    onFailure: (error) => failures.push(error),
  })
  await writer.submit(batch)
  await writer.drained()
  expect(failures).toEqual([])
}

it('keeps each partition on a shard of its own, and stores nothing twice after a restart', async () => {
  const open = async (database: string): Promise<ReturnType<typeof openStoreClient>> => {
    await servers.writer.command({ query: `CREATE DATABASE ${database}` })
    const client = openStoreClient({
      url: servers.child.url,
      ...servers.child.writer,
      database,
      timeoutMs: 20_000,
    })
    await migrate(client, { days: 30 })
    return client
  }
  const shards = shardsOf([await open('first'), await open('second')])
  for (const partition of [0, 1, 2]) for (const toOffset of [3, 5]) await store(shards, batchOf(partition, toOffset))
  const result = await servers.writer.query({
    query: `SELECT 'first', partition, toUInt32(count()), toUInt32(uniqExact(offset)) FROM first.event_rows GROUP BY partition
      UNION ALL SELECT 'second', partition, toUInt32(count()), toUInt32(uniqExact(offset)) FROM second.event_rows GROUP BY partition`,
    format: 'JSONCompactEachRow',
  })
  expect((await result.json()).toSorted()).toEqual([
    ['first', 0, 6, 6],
    ['first', 2, 6, 6],
    ['second', 1, 6, 6],
  ])
  await shards.close()
})

it('writes to the local table of a cluster, and finds coordinates by the distributed one', async () => {
  for (const table of [eventRows, quarantine]) {
    const [local = '', distributed = ''] = createTable(table, { days: 30, cluster: testCluster })
    const onServer = (sql: string): string => sql.replace(` ON CLUSTER '${testCluster.name}'`, '')
    await cluster.writer.command({ query: onServer(local).replace(/ReplicatedMergeTree\([^)]*\)/, 'MergeTree') })
    await cluster.writer.command({ query: onServer(distributed) })
  }
  const shards = shardsOf([cluster.writer], testCluster)
  const { events, range } = batchOf(7, 2)
  await insertEvents(shards.of(7), events, { cluster: testCluster })
  expect([...(await storedCoordinates(shards, 'event_rows', range))].toSorted()).toEqual(['0:0', '1:0', '2:0'])
  expect(await highestStored(shards, range, 1)).toBe(2)
  // The engine that runs here has no replicas: that it says so shows that the right table was asked to catch up.
  await expect(endEarlierInserts(shards, range)).rejects.toThrow(/event_rows_local.*is not replicated/)
})
