// One column of text from a small set: a code per row into a dictionary that lives on across batches.

import { Dictionary } from './dictionary.ts'
import type { KnownCells } from './known-rows.ts'

/** Past this many distinct texts the dictionary starts afresh with the next batch. */
const maxTexts = 16_384

export class DictionaryColumn {
  readonly dictionary = new Dictionary()
  codes: Uint32Array<ArrayBuffer>
  /** Rows set so far; rows between here and the batch's length hold code 0. */
  length = 0

  constructor(capacity: number) {
    this.codes = new Uint32Array(capacity)
  }

  setText(row: number, text: string): void {
    this.setCode(row, this.dictionary.codeOf(text))
  }

  setBytes(row: number, source: Uint8Array, start: number, end: number): void {
    this.setCode(row, this.dictionary.codeOfBytes(source, start, end))
  }

  setCode(row: number, code: number): void {
    if (row >= this.codes.length) this.grow(row + 1)
    this.codes[row] = code
    this.length = row + 1
  }

  /** Sets the first `count` of `rows`, which ascend, each to the code at `place` of its cells. */
  setRows(rows: readonly number[], cells: readonly KnownCells[], place: number, count: number): void {
    const length = (rows[count - 1] as number) + 1 // a row for each
    if (length > this.codes.length) this.grow(length)
    const { codes } = this
    for (let at = 0; at < count; at++) codes[rows[at] as number] = (cells[at] as KnownCells)[place] as number // as above
    if (length > this.length) this.length = length
  }

  text(row: number): string {
    return row < this.length ? (this.dictionary.texts[this.codes[row] as number] as string) : '' // codes come from the dictionary
  }

  /** Forgets rows at and above `rows`. */
  truncate(rows: number): void {
    if (this.length <= rows) return
    this.codes.fill(0, rows, this.length)
    this.length = rows
  }

  clear(): void {
    this.truncate(0)
    if (this.dictionary.size > maxTexts) this.dictionary.clear()
  }

  private grow(rows: number): void {
    const grown = new Uint32Array(Math.max(rows, this.codes.length * 2))
    grown.set(this.codes)
    this.codes = grown
  }
}
