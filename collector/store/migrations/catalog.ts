// The migrations in order; a number is never reused and a landed one never changed.

import { initialDdl, type SchemaOptions } from '../ddl.ts'
import { addEdgeDecisions } from './add-edge-decisions.ts'
import { addTokenColumns } from './add-token-columns.ts'
import { versionAlertRows } from './version-alert-rows.ts'

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number
  readonly name: string
  /** Idempotent statements. */
  statements(schema: SchemaOptions): readonly string[]
}

export const migrations: readonly Migration[] = [
  { number: 1, name: 'create-tables', statements: initialDdl },
  versionAlertRows,
  addTokenColumns,
  addEdgeDecisions,
]
