// Every setting an insert leans on, sent explicitly: server defaults differ between versions.

import type { ClickHouseSettings } from '@clickhouse/client'

export const insertSettings: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 0,
  wait_end_of_query: 1,
  max_insert_block_size: '1048449',
  // Merges make them; until then a look-up reads a column of the few newest parts whole, and inserts cost a quarter less.
  materialize_skip_indexes_on_insert: 0,
}
