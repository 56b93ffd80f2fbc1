// Tables for people: borderless columns that fit the terminal.

import Table from 'cli-table3'
import { printable } from './style.ts'

const plain = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Cells are made printable; a cell that is already styled is passed as `{ styled }`. */
export type Cell = string | number | { readonly styled: string }

export function tableText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: [...head],
    chars: plain,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows)
    table.push(row.map((cell) => (typeof cell === 'object' ? cell.styled : printable(String(cell)))))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
