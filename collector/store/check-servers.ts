// Asks every server that rows go to whether it is one that can keep them, at start.

import { checkCluster } from './check-cluster.ts'
import { checkInsertSettings } from './check-insert-settings.ts'
import { insertSettingsFor } from './insert-settings.ts'
import { checkServerVersion } from './server-version.ts'
import type { Shards } from './shards.ts'
import { verifyingSettings } from './stored-coordinates.ts'

/**
 * @param urls of the servers, in the order of the shards
 * @throws StoreError with what to do: of one that is too old, takes settings otherwise, or is of another cluster
 */
export async function checkServers(urls: readonly string[], shards: Shards): Promise<void> {
  const settings = { ...insertSettingsFor(shards.cluster), ...verifyingSettings(shards) }
  for (const [at, client] of shards.all.entries()) {
    const url = urls[at] ?? ''
    await checkServerVersion(client, url)
    await checkInsertSettings(client, url, settings)
  }
  if (shards.cluster !== undefined) await checkCluster(shards.cluster, urls, shards.all)
}
