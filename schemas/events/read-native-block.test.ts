// A block comes back as the rows it was made of; what is no block is refused, and nothing of it stays.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { eventColumnNames } from './columns.ts'
import { DictionaryColumn } from './dictionary-column.ts'
import { EventBatch } from './event-batch.ts'
import { openEventCursor, plainEvent } from './event-cursor.ts'
import { IdColumn } from './id-column.ts'
import { encodeNativeBlock } from './native-block.ts'
import { NumberColumn } from './number-column.ts'
import { MalformedBlock, readNativeBlock } from './read-native-block.ts'
import { TextColumn } from './text-column.ts'

const digest = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  minLength: 16,
  maxLength: 16,
})
const row = fc.record({
  digest,
  text: fc.string({ unit: 'grapheme' }),
  word: fc.constantFrom('', 'a', 'ü'),
  number: fc.nat(120),
})

/** Every column set, or left out in some rows. */
function batchOf(rows: readonly { digest: string; text: string; word: string; number: number }[]): EventBatch {
  const batch = new EventBatch(2)
  for (const { digest: id, text, word, number } of rows) {
    for (const column of batch.ordered)
      if (column instanceof IdColumn) column.setDigest(batch.row, id)
      else if (column instanceof NumberColumn) column.set(batch.row, number)
      else if (column instanceof TextColumn && text !== '') column.setText(batch.row, text)
      else if (column instanceof DictionaryColumn && word !== '') column.setText(batch.row, word)
    batch.commit()
  }
  return batch
}

function eventsOf(batch: EventBatch, rows = Array.from({ length: batch.length }, (_, at) => at)) {
  const cursor = openEventCursor()
  return rows.map((at) => {
    cursor.at(batch, at)
    return plainEvent(cursor)
  })
}

it('gives all rows back, behind those that were there', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.array(row, { maxLength: 3 }), (rows, before) => {
      const written = batchOf(rows)
      const read = batchOf(before)
      readNativeBlock(Buffer.concat([...encodeNativeBlock(written)]), read)
      expect(eventsOf(read)).toEqual([...eventsOf(batchOf(before)), ...eventsOf(written)])
    }),
    { numRuns: 50 },
  )
})

it('gives a choice of rows and columns back; what was left out is absent', () => {
  const written = batchOf([1, 2, 3].map((number) => ({ digest: `${number}`.repeat(16), text: 't', word: 'a', number })))
  const names = eventColumnNames.filter((name) => name !== 'subject')
  const read = new EventBatch(2)
  readNativeBlock(Buffer.concat([...encodeNativeBlock(written, Uint32Array.of(0, 2), names)]), read)
  expect(eventsOf(read)).toEqual(eventsOf(written, [0, 2]).map((event) => ({ ...event, subject: '' })))
})

it('refuses what is no block, whatever the bytes, and keeps nothing of it', () => {
  const whole = Buffer.concat([
    ...encodeNativeBlock(batchOf([{ digest: 'x'.repeat(16), text: 't', word: 'a', number: 1 }])),
  ])
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
      const spoilt = Buffer.from(isCut ? whole.subarray(0, at) : whole)
      if (!isCut) spoilt[at] = byte
      const batch = new EventBatch(2)
      try {
        readNativeBlock(spoilt, batch)
      } catch (cause) {
        expect(cause).toBeInstanceOf(MalformedBlock)
        expect(batch.length).toBe(0)
        for (const column of batch.ordered) expect(column.length).toBe(0)
      }
    }),
    { numRuns: 500 },
  )
})
