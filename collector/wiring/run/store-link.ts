// The store as the collector sees it: the embedded child, a server or a cluster, checked, migrated, with its clients.

import { createRequire } from 'node:module'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Logger } from 'pino'
import { checkServers } from '../../store/check-servers.ts'
import { openStoreClient } from '../../store/client.ts'
import { type StoreChild, startStoreChild } from '../../store/embedded/store-child.ts'
import { migrate } from '../../store/migrate.ts'
import { serversOf } from '../../store/settings.ts'
import { openShards, type Shards, type ShardsAddress } from '../../store/shards.ts'
import { asStoreError, StoreError } from '../../store/store-error.ts'
import type { Settings } from '../settings/settings.ts'
import { pause } from './pause.ts'

export interface StoreLink {
  /** How the writer speaks to it: another thread opens a client of its own. */
  readonly address: ShardsAddress
  readonly shards: Shards
  readonly reader: ClickHouseClient
  /** Resolves once the schema is there; rejects with what no retry mends. */
  readonly ready: Promise<void>
  /** True once `ready` resolved. */
  isReady(): boolean
  readonly url: string
  /** Of the embedded child, while it runs. */
  childPid(): number | undefined
  close(): Promise<void>
}

export interface StoreLinkOptions {
  readonly settings: Settings['store']
  readonly directory: string
  /** Epoch of this process: an older owner's inserts are refused. Left out where several processes share a store. */
  readonly claim?: number
  readonly logger: Logger
  readonly onOutage: (error: unknown) => void
  /** Variables of the embedded child: crash tests kill it at named steps. */
  readonly environment: Readonly<Record<string, string>>
}

/** Where the compiled child stands: the same from the sources and from the compiled output. */
const childEntry = createRequire(import.meta.url).resolve('#store-child')

export async function openStoreLink(options: StoreLinkOptions): Promise<StoreLink> {
  const { settings, claim } = options
  const { timeoutMs, database, username, password } = settings
  const common = { timeoutMs, database }
  const urls = serversOf(settings)
  if (urls !== undefined) {
    const cluster = settings.cluster && { name: settings.cluster.name, database }
    const owner = claim === undefined ? {} : { claim }
    const address = { ...common, urls, cluster, username, password, ...owner }
    const shards = openShards(address)
    return linkOf(options, address, shards, shards.first, undefined)
  }
  if (claim === undefined) throw new TypeError('an embedded store has one owner')
  const child = await startStoreChild({
    directory: options.directory,
    port: settings.port,
    entry: childEntry,
    minFreeDiskBytes: settings.minFreeDiskBytes,
    claim,
    environment: options.environment,
    onExit: (detail) =>
      options.onOutage(
        new StoreError('ERR_STORE_UNREACHABLE', `the store ended (${detail}) and is started again`, {
          retryable: true,
          ambiguous: true,
        }),
      ),
    // Where no insert failed meanwhile, none will say that it works again.
    onRestart: () => options.onOutage(undefined),
  })
  const address: ShardsAddress = { ...common, urls: [child.url], ...child.writer, claim }
  const reader = openStoreClient({ ...common, url: child.url, ...child.reader })
  return linkOf(options, address, openShards(address), reader, child)
}

function linkOf(
  options: StoreLinkOptions,
  address: ShardsAddress,
  shards: Shards,
  reader: ClickHouseClient,
  child: StoreChild | undefined,
): StoreLink {
  const closing = new AbortController()
  const ready = migrateUntilDone(options, address, shards, closing.signal)
  let isReady = false
  // Whoever needs the store awaits `ready` and hears of a failure there.
  ready.then(
    () => {
      isReady = true
    },
    () => undefined,
  )
  return {
    address,
    shards,
    reader,
    ready,
    isReady: () => isReady,
    url: address.urls.join(', '),
    childPid: () => child?.pid,
    close: async () => {
      closing.abort()
      await Promise.all([shards.close(), reader.close()])
      await child?.stop()
    },
  }
}

async function migrateUntilDone(
  { settings, logger, onOutage }: StoreLinkOptions,
  address: ShardsAddress,
  shards: Shards,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = 250; !signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      // The embedded store comes with this program, a server does not.
      if (serversOf(settings) !== undefined) await checkServers(address.urls, shards)
      const { applied, number } = await migrate(shards.first, {
        days: settings.retentionDays,
        cluster: shards.cluster,
      })
      if (applied.length > 0)
        logger.info({ schema: number, applied: applied.map(({ name }) => name) }, 'migrated the store')
      onOutage(undefined)
      return
    } catch (cause) {
      const error = asStoreError(cause, 'migrating')
      if (!(error instanceof StoreError) || !error.retryable) throw error
      onOutage(error)
      await pause(waitMs, signal)
    }
  }
}
