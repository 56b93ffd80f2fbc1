// A batch of events as columns: decoders append rows to it, detectors read it through a cursor, the store encodes it.

import { absentNumber, type ColumnDeclaration } from './column.ts'
import { type EventColumnName, type EventColumns, eventColumnNames, eventColumns } from './columns.ts'
import { DictionaryColumn } from './dictionary-column.ts'
import { IdColumn } from './id-column.ts'
import type { KnownRows } from './known-rows.ts'
import { NumberColumn } from './number-column.ts'
import { TextColumn } from './text-column.ts'

type ColumnFor<Type> = Type extends 'dictionary'
  ? DictionaryColumn
  : Type extends 'text'
    ? TextColumn
    : Type extends 'id'
      ? IdColumn
      : NumberColumn

export type BatchColumns = { readonly [K in EventColumnName]: ColumnFor<EventColumns[K]['type']> }
export type AnyColumn = DictionaryColumn | TextColumn | IdColumn | NumberColumn

function openColumn(declaration: ColumnDeclaration, capacity: number): AnyColumn {
  switch (declaration.type) {
    case 'dictionary':
      return new DictionaryColumn(capacity)
    case 'text':
      return new TextColumn(capacity)
    case 'id':
      return new IdColumn(capacity)
    default:
      return new NumberColumn(capacity, absentNumber(declaration))
  }
}

/**
 * Rows `0 … length - 1`. A row under way is at `length`: set its columns in any order, each at most once, then `commit`
 * or `abandon` it. Columns that were not set hold their absent value; what known rows set they hold once it is settled.
 */
export class EventBatch {
  readonly columns: BatchColumns
  /** The same columns in declared order. */
  readonly ordered: readonly AnyColumn[]
  length = 0
  private awaited: KnownRows[] = []

  constructor(capacity = 4096) {
    const opened = eventColumnNames.map((name) => [name, openColumn(eventColumns[name], capacity)] as const)
    this.columns = Object.fromEntries(opened) as BatchColumns // one column per declared name, of the declared type
    this.ordered = opened.map(([, column]) => column)
  }

  /** Index of the row under way. */
  get row(): number {
    return this.length
  }

  commit(): void {
    this.length += 1
  }

  /** Drops what was set for the row under way. */
  abandon(): void {
    this.truncate(this.length)
  }

  /** Drops rows at and above `rows`. */
  truncate(rows: number): void {
    for (const column of this.ordered) column.truncate(rows)
    for (const known of this.awaited) known.truncate(rows)
    this.length = rows
  }

  /** Takes rows that are noted and not yet written. */
  await(known: KnownRows): void {
    this.awaited.push(known)
  }

  /** Writes what known rows have noted. */
  settle(): void {
    if (this.awaited.length === 0) return
    for (const known of this.awaited) known.settle()
    this.awaited = []
  }

  /** Empties the batch for reuse; its memory stays. */
  clear(): void {
    for (const column of this.ordered) column.clear()
    for (const known of this.awaited) known.truncate(0)
    this.awaited = []
    this.length = 0
  }
}
