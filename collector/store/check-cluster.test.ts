// A cluster as the settings name it against the real engine: everything that its servers say otherwise is told at once.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { openClusterEngine, testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import type { TestStore } from '../../test/support/store.ts'
import { checkCluster } from './check-cluster.ts'

let one: TestStore
let bare: TestStore

beforeAll(async () => {
  one = await openClusterEngine()
  bare = await openClusterEngine({ macros: { shard: '02' } })
})
afterAll(async () => {
  await one.close()
  await bare.close()
})

it('passes where the server knows the cluster and its own place in it', async () => {
  await checkCluster(testCluster, ['http://a:8123'], [one.writer])
})

it.each<[string, { name: string; urls: string[]; servers: () => TestStore[]; told: string }]>([
  [
    'a cluster that the server does not know',
    {
      name: 'eastwets',
      urls: ['http://a:8123'],
      servers: () => [one],
      told: '"http://a:8123" knows no cluster "eastwets": name it as "remote_servers" there does',
    },
  ],
  [
    'a server without the macros that tables are replicated by',
    {
      name: 'eastwest',
      urls: ['http://a:8123'],
      servers: () => [bare],
      told: '"http://a:8123" has no macro "replica": set it in "macros" there, tables are replicated by it',
    },
  ],
  [
    'more shards than the servers would read',
    {
      name: 'eastwest',
      urls: ['http://a:8123', 'http://b:8123'],
      servers: () => [one, bare],
      told: '"http://b:8123" knows fewer shards of it (1) than "store.cluster.shards" names (2): rows of the others would not be read',
    },
  ],
  [
    'two servers of one shard',
    {
      name: 'eastwest',
      urls: ['http://a:8123', 'http://b:8123'],
      servers: () => [one, one],
      told: '"http://a:8123" and "http://b:8123" are both of shard "01": name one server of each',
    },
  ],
])('refuses %s', async (_, { name, urls, servers, told }) => {
  const clients = servers().map(({ writer }) => writer)
  await expect(checkCluster({ ...testCluster, name }, urls, clients)).rejects.toMatchObject({
    code: 'ERR_STORE_CLUSTER',
    retryable: false,
    message: expect.stringContaining(told),
  })
})
