// The servers that rows go to: the only one, or one for each shard of a cluster, chosen by the log partition.

import type { ClickHouseClient } from '@clickhouse/client'
import { openStoreClient, type StoreAddress } from './client.ts'
import type { StoreCluster } from './cluster-layout.ts'

export interface ShardsAddress extends Omit<StoreAddress, 'url'> {
  /** One server of each shard, new shards at the end. */
  readonly urls: readonly [string, ...string[]]
  /** Left out: the only server holds everything. */
  readonly cluster?: StoreCluster | undefined
}

export interface Shards {
  readonly cluster: StoreCluster | undefined
  readonly all: readonly ClickHouseClient[]
  /** Takes the rows of the small tables: a row that replaces another must lie beside it. */
  readonly first: ClickHouseClient
  /** Takes the rows of a partition of the log: the same server, until a shard is added. */
  of(partition: number): ClickHouseClient
  close(): Promise<void>
}

export function openShards({ urls, cluster, ...common }: ShardsAddress): Shards {
  const [url, ...others] = urls
  return shardsOf(
    [openStoreClient({ ...common, url }), ...others.map((other) => openStoreClient({ ...common, url: other }))],
    cluster,
  )
}

export function shardsOf(all: readonly [ClickHouseClient, ...ClickHouseClient[]], cluster?: StoreCluster): Shards {
  const [first] = all
  return {
    cluster,
    all,
    first,
    of: (partition) => all[partition % all.length] ?? first,
    close: async () => {
      await Promise.all(all.map((client) => client.close()))
    },
  }
}
