// A writer of one of the small tables, once the store has it.

import { insertRows } from '../../store/insert-rows.ts'
import type { Shards } from '../../store/shards.ts'
import { pause } from './pause.ts'
import { RowsWriter } from './rows-writer.ts'

export interface TableStore {
  readonly shards: Shards
  /** Resolves once the schema is there. */
  readonly ready: () => Promise<void>
}

export function openTableWriter(
  table: string,
  { shards, ready }: TableStore,
  onFailure: (error: unknown) => void,
): RowsWriter {
  return new RowsWriter({
    insert: async (rows) => {
      await ready()
      await insertRows(shards.first, table, rows, { cluster: shards.cluster })
    },
    wait: pause,
    onFailure,
  })
}
