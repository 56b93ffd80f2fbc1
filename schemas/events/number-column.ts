// One column of numbers: a double per row, which holds every integer a column may carry; narrowed when encoded.

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
