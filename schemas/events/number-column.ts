// One column of numbers: a double per row, which holds every integer a column may carry; narrowed when encoded.

import type { KnownCells } from './known-rows.ts'

export class NumberColumn {
  values: Float64Array<ArrayBuffer>
  /** Rows set so far; later rows hold `absent`. */
  length = 0
  readonly absent: number

  constructor(capacity: number, absent: number) {
    this.absent = absent
    this.values = new Float64Array(capacity).fill(absent)
  }

  set(row: number, value: number): void {
    if (row >= this.values.length) this.grow(row + 1)
    this.values[row] = value
    if (row >= this.length) this.length = row + 1
  }

  /** Sets the first `count` of `rows`, which ascend, each to the number at `place` of its cells. */
  setRows(rows: readonly number[], cells: readonly KnownCells[], place: number, count: number): void {
    const length = (rows[count - 1] as number) + 1 // a row for each
    if (length > this.values.length) this.grow(length)
    const { values } = this
    for (let at = 0; at < count; at++) values[rows[at] as number] = (cells[at] as KnownCells)[place] as number // as above
    if (length > this.length) this.length = length
  }

  /** Sets rows `[from, to)` to one value. */
  fill(from: number, to: number, value: number): void {
    if (to > this.values.length) this.grow(to)
    this.values.fill(value, from, to)
    if (to > this.length) this.length = to
  }

  value(row: number): number {
    return row < this.length ? (this.values[row] as number) : this.absent // row < length
  }

  /** Forgets rows at and above `rows`. */
  truncate(rows: number): void {
    if (this.length <= rows) return
    this.values.fill(this.absent, rows, this.length)
    this.length = rows
  }

  clear(): void {
    this.truncate(0)
  }

  private grow(rows: number): void {
    const grown = new Float64Array(Math.max(rows, this.values.length * 2)).fill(this.absent)
    grown.set(this.values)
    this.values = grown
  }
}
