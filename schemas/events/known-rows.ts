// Rows that get cells known beforehand: noted as they come, and written column by column when their record is at its end.

import type { DictionaryColumn } from './dictionary-column.ts'
import type { EventBatch } from './event-batch.ts'
import type { NumberColumn } from './number-column.ts'

/** A code or a number for each of the columns. */
export type KnownCells = readonly number[]

/**
 * Rows of one batch that set the same columns. Column after column, a row costs half of what it costs by itself: one
 * column's memory is at hand for all rows, that of all columns for no row.
 */
export class KnownRows {
  private readonly batch: EventBatch
  private readonly columns: readonly (DictionaryColumn | NumberColumn)[]
  private readonly rows: number[] = []
  private readonly cells: KnownCells[] = []
  private count = 0

  constructor(batch: EventBatch, columns: readonly (DictionaryColumn | NumberColumn)[]) {
    this.batch = batch
    this.columns = columns
  }

  /** Notes the row under way; `cells` stay as they are until the batch is settled. */
  note(cells: KnownCells): void {
    if (this.count === 0) this.batch.await(this)
    this.rows[this.count] = this.batch.length
    this.cells[this.count] = cells
    this.count += 1
  }

  /** Forgets rows at and above `rows`. */
  truncate(rows: number): void {
    while (this.count > 0 && (this.rows[this.count - 1] as number) >= rows) this.count -= 1 // a row for each
  }

  settle(): void {
    if (this.count === 0) return
    for (const [place, column] of this.columns.entries()) column.setRows(this.rows, this.cells, place, this.count)
    this.count = 0
  }
}
