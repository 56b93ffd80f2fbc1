// How lines are cut into log records.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logChunks } from './log-chunks.ts'

const chunksOf = (bytes: Uint8Array): readonly Uint8Array[] =>
  logChunks(bytes, { format: 'auto' }).map(({ value }) => value ?? new Uint8Array())
const lengthsOf = (text: string): readonly number[] => chunksOf(Buffer.from(text)).map(({ length }) => length)

describe('chunks', () => {
  it.each([
    ['few lines stay together', 'a\n'.repeat(256), [512]],
    ['many short lines do not', 'a\n'.repeat(600), [512, 512, 176]],
    ['long lines are cut by their bytes', `${'a'.repeat(99_999)}\n`.repeat(4), [200_000, 200_000]],
    ['a line of its own size has its own chunk', `a\n${'b'.repeat(300_000)}\nc\n`, [2, 300_001, 2]],
    ['a last line without an end is kept', 'a\nb', [3]],
    ['nothing is nothing', '', []],
  ])('%s', (_, text, lengths) => {
    expect(lengthsOf(text)).toEqual(lengths)
  })

  it('hold all bytes in order', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        const chunks = chunksOf(bytes)
        expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
        expect(chunks.slice(0, -1).every((chunk) => chunk.at(-1) === 0x0a)).toBe(true)
      }),
    )
  })
})
