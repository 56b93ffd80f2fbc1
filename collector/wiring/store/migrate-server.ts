// Brings the ClickHouse server that the settings name to the newest schema, as a job of its own before anything starts.

import { openStoreClient } from '../../store/client.ts'
import { type Migrated, migrate } from '../../store/migrate.ts'
import type { Settings } from '../settings/settings.ts'

export class NoServer extends Error {
  readonly code = 'ERR_USAGE'
}

/** @throws NoServer where the store is embedded; StoreError where the server refuses or does not answer */
export async function migrateServer(settings: Settings['store']): Promise<Migrated> {
  const { url, username, password, database, timeoutMs, retentionDays } = settings
  if (url === undefined)
    throw new NoServer('the settings name no server: store.url says where one is; the embedded store migrates at start')
  const client = openStoreClient({ url, username, password, database, timeoutMs })
  try {
    return await migrate(client, { days: retentionDays })
  } finally {
    await client.close()
  }
}
