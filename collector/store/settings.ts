// Settings of the store: the embedded one by default, a ClickHouse server or a cluster by URL.

import { z } from 'zod'

const serverUrl = z.url({ protocol: /^https?$/ })

const clusterSettings = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/)
    .describe('Name of the cluster in `remote_servers` of its servers.'),
  shards: z
    .tuple([serverUrl], serverUrl)
    .refine((urls) => new Set(urls).size === urls.length, 'name each server once')
    .describe(
      'URL of one server of each shard, never of a load balancer: rows of a log partition go to one of them. ' +
        'New shards go to the end.',
    ),
})

export const storeSettings = z
  .strictObject({
    url: serverUrl
      .optional()
      .describe('URL of a ClickHouse server. Left out: the embedded store in the data folder, or `cluster`.'),
    cluster: clusterSettings
      .optional()
      .describe('A ClickHouse cluster that keeps replicated tables. Left out: one server, or the embedded store.'),
    username: z.string().default('default').describe('User at that server; the embedded store has its own.'),
    password: z.string().default('').describe('Password at that server.'),
    database: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/)
      .default('default')
      .describe('Database at that server.'),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(18_123)
      .describe('Loopback port of the embedded store’s ClickHouse interface; 0 picks a free one.'),
    retentionDays: z
      .int()
      .min(1)
      .max(36_500)
      .default(30)
      .describe('How long rows stay after their append. Unit: days.'),
    batchRows: z.int().min(1).max(500_000).default(131_072).describe('Most events in one insert.'),
    batchMs: z
      .int()
      .min(10)
      .max(60_000)
      .default(1000)
      .describe('Longest time an event waits for its insert. Unit: ms.'),
    queueBatches: z.int().min(1).max(64).default(2).describe('Inserts waiting or under way before reading pauses.'),
    timeoutMs: z
      .int()
      .min(100)
      .max(600_000)
      .default(30_000)
      .describe('Longest time one request to the store may take. Unit: ms.'),
    minFreeDiskBytes: z
      .int()
      .min(0)
      .default(512 * 1024 * 1024)
      .describe('Free disk below which inserts are refused until there is room. Unit: bytes.'),
  })
  .refine(({ url, cluster }) => url === undefined || cluster === undefined, {
    path: ['url'],
    message: 'leave it out: `cluster.shards` names the servers',
  })
  .prefault({})

export type StoreSettings = z.infer<typeof storeSettings>

/** The servers it runs on; none: the embedded store. */
export function serversOf({ url, cluster }: StoreSettings): readonly [string, ...string[]] | undefined {
  if (cluster !== undefined) return cluster.shards
  return url === undefined ? undefined : [url]
}
