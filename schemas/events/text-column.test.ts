// A text reads back as it was set, whichever way and however long it is.

import { describe, expect, it } from 'vitest'
import { TextColumn } from './text-column.ts'

const characters = [...'aé€😀bcdefghij'.repeat(30)]
const texts = characters.map((_, length) => characters.slice(0, length).join(''))

describe('a column of free text', () => {
  it.each([
    ['as text', (column: TextColumn, row: number, text: string) => column.setText(row, text)],
    ['as bytes', (column: TextColumn, row: number, text: string) => fromBytes(text, column.setBytes.bind(column, row))],
    [
      'from a view',
      (column: TextColumn, row: number, text: string) => fromView(text, column.setFrom.bind(column, row)),
    ],
  ])('gives texts of any length that were set %s', (_, set) => {
    const column = new TextColumn(1)
    for (const [row, text] of texts.entries()) set(column, row, text)
    expect(texts.map((__, row) => column.text(row))).toEqual(texts)
  })
})

/** In the middle of other bytes. */
function fromBytes(text: string, set: (bytes: Uint8Array, start: number, end: number) => void): void {
  const bytes = Buffer.from(`before${text}behind`)
  set(bytes, 6, bytes.length - 6)
}

function fromView(text: string, set: (view: DataView, start: number, end: number) => void): void {
  fromBytes(text, (bytes, start, end) =>
    set(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end),
  )
}
