// Compares the cluster of the settings with what its servers say of themselves, before a table is made or a row is sent.

import type { ClickHouseClient } from '@clickhouse/client'
import type { StoreCluster } from './cluster-layout.ts'
import { asStoreError, StoreError } from './store-error.ts'

interface Server {
  readonly url: string
  /** Shards of the cluster as this server knows it; 0: it knows none of that name. */
  readonly shards: number
  /** Its macros, by name. */
  readonly macros: Readonly<Record<string, string>>
}

/** What the paths of replicated tables are made of. */
const neededMacros = ['shard', 'replica'] as const

/**
 * @param clients one of each shard
 * @throws StoreError `ERR_STORE_CLUSTER` with everything that is wrong
 */
export async function checkCluster(
  { name }: StoreCluster,
  urls: readonly string[],
  clients: readonly ClickHouseClient[],
): Promise<void> {
  const servers = await Promise.all(clients.map((client, at) => askServer(client, urls[at] ?? '', name)))
  const problems = [...servers.flatMap((server) => problemsOf(server, name, servers.length)), ...sameShard(servers)]
  if (problems.length === 0) return
  throw new StoreError(
    'ERR_STORE_CLUSTER',
    `the cluster "${name}" of "store.cluster" is not what its servers say: ${problems.join('; ')}`,
    { retryable: false, ambiguous: false },
  )
}

function problemsOf({ url, shards, macros }: Server, name: string, wanted: number): readonly string[] {
  const missing = neededMacros.filter((macro) => (macros[macro] ?? '') === '')
  return [
    ...(shards === 0 ? [`"${url}" knows no cluster "${name}": name it as "remote_servers" there does`] : []),
    ...(shards > 0 && shards < wanted
      ? [
          `"${url}" knows fewer shards of it (${shards}) than "store.cluster.shards" names (${wanted}): rows of the others would not be read`,
        ]
      : []),
    ...missing.map(
      (macro) => `"${url}" has no macro "${macro}": set it in "macros" there, tables are replicated by it`,
    ),
  ]
}

function sameShard(servers: readonly Server[]): readonly string[] {
  return servers.flatMap(({ url, macros: { shard } }, at) => {
    const earlier = servers.slice(0, at).find(({ macros }) => shard !== undefined && macros.shard === shard)
    if (earlier === undefined) return []
    return [`"${earlier.url}" and "${url}" are both of shard "${shard}": name one server of each`]
  })
}

async function askServer(client: ClickHouseClient, url: string, name: string): Promise<Server> {
  try {
    const [counted, told] = await Promise.all([
      client.query({
        query: 'SELECT toUInt32(uniqExact(shard_num)) AS shards FROM system.clusters WHERE cluster = {name:String}',
        query_params: { name },
        format: 'JSONEachRow',
      }),
      client.query({ query: 'SELECT macro, substitution FROM system.macros', format: 'JSONCompactEachRow' }),
    ])
    const [row] = await counted.json<{ shards: number }>()
    return { url, shards: row?.shards ?? 0, macros: Object.fromEntries(await told.json<[string, string]>()) }
  } catch (cause) {
    throw asStoreError(cause, 'telling its cluster')
  }
}
