// Replicated tables in the real engine over a real ZooKeeper: each is made, under the path that its shard's replicas share.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { tables } from '../../schemas/tables.ts'
import { openClusterEngine, testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import { startZooKeeper, type ZooKeeper } from '../../test/support/clickhouse/zookeeper.ts'
import type { TestStore } from '../../test/support/store.ts'
import { localName } from './cluster-layout.ts'
import { initialDdl } from './ddl.ts'
import { createLedger } from './migrate.ts'

let keeper: ZooKeeper | undefined
const stores: TestStore[] = []

beforeAll(async () => {
  keeper = await startZooKeeper()
})
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await keeper?.stop()
})

const schema = { days: 30, cluster: testCluster }

/** Makes all tables on a server with these macros, and gives their places in the keeper. */
async function placesOn(shard: string, replica: string): Promise<ReadonlyMap<string, readonly [string, number]>> {
  const store = await openClusterEngine({ macros: { shard, replica }, ...(keeper && { keeperPort: keeper.port }) })
  stores.push(store)
  for (const sql of [createLedger(schema), ...initialDdl(schema)])
    await store.writer.command({ query: sql.replace(` ON CLUSTER '${testCluster.name}'`, '') })
  const result = await store.writer.query({
    query: 'SELECT table, replica_path, toUInt32(total_replicas) FROM system.replicas',
    format: 'JSONCompactEachRow',
  })
  const rows = await result.json<[string, string, number]>()
  return new Map(rows.map(([table, path, replicas]) => [table, [path, replicas]]))
}

it('are replicas of one another within a shard, and of the ledger everywhere', async () => {
  await placesOn('01', 'a')
  const second = await placesOn('01', 'b')
  const other = await placesOn('02', 'a')
  for (const { name } of tables) {
    const local = localName(name, testCluster)
    const path = `/clickhouse/tables/01/default/${local}/replicas/b`
    expect(second.get(local)).toEqual([path, 2])
    expect(other.get(local)).toEqual([`/clickhouse/tables/02/default/${local}/replicas/a`, 1])
  }
  expect(other.get('schema_migrations')).toEqual(['/clickhouse/tables/all/default/schema_migrations/replicas/02-a', 3])
})
