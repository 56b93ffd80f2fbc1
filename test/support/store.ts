// A real embedded store in a temporary folder, migrated, for tests that cross rooms.

import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { openStoreClient } from '../../collector/store/client.ts'
import { type StoreChild, type StoreChildOptions, startStoreChild } from '../../collector/store/embedded/store-child.ts'
import { migrate } from '../../collector/store/migrate.ts'

export interface TestStore {
  readonly child: StoreChild
  readonly writer: ClickHouseClient
  readonly reader: ClickHouseClient
  readonly folder: string
  close(): Promise<void>
}

/** What crash tests have to do with the child. */
type Watched = Pick<StoreChildOptions, 'environment' | 'onExit'>

export async function openTestStore(watched: Watched = {}): Promise<TestStore> {
  const store = await openEmptyStore(mkdtempSync(join(tmpdir(), 'eastwest-store-')), watched)
  await migrate(store.writer, { days: 30 })
  return store
}

/** One without a table, in a folder that may hold what its engine is configured with besides. */
export async function openEmptyStore(folder: string, watched: Watched = {}): Promise<TestStore> {
  const child = await startStoreChild({
    directory: folder,
    port: 0,
    entry: createRequire(import.meta.url).resolve('#store-child'),
    minFreeDiskBytes: 0,
    ...watched,
  })
  const common = { url: child.url, database: 'default', timeoutMs: 20_000 }
  const writer = openStoreClient({ ...common, ...child.writer })
  const reader = openStoreClient({ ...common, ...child.reader })
  return {
    child,
    writer,
    reader,
    folder,
    close: async () => {
      await Promise.all([writer.close(), reader.close()])
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
