// Looks at one row of a batch as if it were a plain `SecurityEvent`, without building an object.

import { type EventColumnName, eventColumnNames, eventColumns, type SecurityEvent } from './columns.ts'
import type { DictionaryColumn } from './dictionary-column.ts'
import type { AnyColumn, EventBatch } from './event-batch.ts'
import type { IdColumn } from './id-column.ts'
import type { NumberColumn } from './number-column.ts'
import type { TextColumn } from './text-column.ts'

class RowCursor {
  row = 0
  columns: readonly AnyColumn[] = []

  /** Points at a row; values read afterwards are that row's. Keep none of the cursor itself. */
  at(batch: EventBatch, row: number): void {
    this.columns = batch.ordered
    this.row = row
  }
}

// One getter factory for each storage keeps every property read monomorphic.
const textGetter = (index: number) =>
  function (this: RowCursor): string {
    return (this.columns[index] as TextColumn).text(this.row) // declared type of column `index`
  }
const dictionaryGetter = (index: number) =>
  function (this: RowCursor): string {
    return (this.columns[index] as DictionaryColumn).text(this.row) // declared type of column `index`
  }
const idGetter = (index: number) =>
  function (this: RowCursor): string {
    return (this.columns[index] as IdColumn).text(this.row) // declared type of column `index`
  }
const numberGetter = (index: number) =>
  function (this: RowCursor): number {
    return (this.columns[index] as NumberColumn).value(this.row) // declared type of column `index`
  }

function getterOf(name: EventColumnName, index: number): () => string | number {
  const { type } = eventColumns[name]
  if (type === 'text') return textGetter(index)
  if (type === 'dictionary') return dictionaryGetter(index)
  if (type === 'id') return idGetter(index)
  return numberGetter(index)
}

for (const [index, name] of eventColumnNames.entries()) {
  Object.defineProperty(RowCursor.prototype, name, { get: getterOf(name, index), enumerable: true })
}

export type EventCursor = RowCursor & SecurityEvent

export function openEventCursor(): EventCursor {
  return new RowCursor() as EventCursor // the getters above are the properties of SecurityEvent
}

/** A plain copy of the row a cursor points at: for tests, explanations and the API, not for the hot path. */
export function plainEvent(cursor: EventCursor): SecurityEvent {
  return Object.fromEntries(eventColumnNames.map((name) => [name, cursor[name]])) as SecurityEvent // every declared name, its value
}
