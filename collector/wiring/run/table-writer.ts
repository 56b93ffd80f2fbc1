// A writer of one of the small tables, once the store has it.

import type { ClickHouseClient } from '@clickhouse/client'
import { insertRows } from '../../store/insert-rows.ts'
import { pause } from './pause.ts'
import { RowsWriter } from './rows-writer.ts'

export interface TableStore {
  readonly writer: ClickHouseClient
  /** Resolves once the schema is there. */
  readonly ready: () => Promise<void>
}

export function openTableWriter(
  table: string,
  { writer, ready }: TableStore,
  onFailure: (error: unknown) => void,
): RowsWriter {
  return new RowsWriter({
    insert: async (rows) => {
      await ready()
      await insertRows(writer, table, rows)
    },
    wait: pause,
    onFailure,
  })
}
