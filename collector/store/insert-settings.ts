// Every setting an insert leans on, sent explicitly: server defaults differ between versions.

import { randomUUID } from 'node:crypto'
import type { ClickHouseSettings } from '@clickhouse/client'
import type { StoreCluster } from './cluster-layout.ts'

export const insertSettings: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  wait_end_of_query: 1,
  max_insert_block_size: '1048449',
  // Merges make them; until then a look-up reads a column of the few newest parts whole, and inserts cost a quarter less.
  materialize_skip_indexes_on_insert: 0,
}

/** A majority of a shard's replicas holds the rows before they count as stored. */
const replicatedInsertSettings: ClickHouseSettings = {
  ...insertSettings,
  insert_quorum: 'auto',
  insert_quorum_parallel: 1,
  // Before a request of ours is given up by default, so that the server's reason is heard.
  insert_quorum_timeout: 15_000,
}

/**
 * Of one insert. Its token is its own: an engine that remembers inserts would count one like an earlier one as done, although
 * the rows of that are gone. From 26.1 on `insert_deduplicate` alone does not keep it from that (`deduplicate_insert`,
 * unknown before, wins), and a replicated table always remembers.
 */
export function insertSettingsFor(cluster: StoreCluster | undefined): ClickHouseSettings {
  const settings = cluster === undefined ? insertSettings : replicatedInsertSettings
  return { ...settings, insert_deduplication_token: randomUUID() }
}
