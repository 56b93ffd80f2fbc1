// What is written as fields is read again, whatever strangers put into it, and is text that JSON takes as it is.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FieldReader, FieldWriter } from './field-text.ts'

type Written = readonly [how: 'text' | 'client' | 'context' | 'number' | 'time' | 'end', text: string, number: number]

// Any UTF-16 units at all, and what has a meaning in the text itself.
const hostile = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 24 }),
  fc.string({ unit: fc.constantFrom(...',;!%|{}"\\\n -_aA0'), maxLength: 24 }),
  fc.uuid(),
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 22, maxLength: 22 }),
  fc.constantFrom('', '!', '-', '{', '%0041', 'web', '203.0.113.0/24\nFirefox on Linux'),
)
const step: fc.Arbitrary<Written> = fc.tuple(
  fc.constantFrom('text', 'client', 'context', 'number', 'time', 'end'),
  hostile,
  fc.oneof(fc.integer({ min: -1, max: 3 }), fc.integer({ min: -1, max: 2 ** 43 })),
)

function write(steps: readonly Written[], rest: string): string {
  const to = new FieldWriter()
  for (const [how, text, number] of steps)
    if (how === 'end') to.endRow()
    else if (how === 'text') to.text(text)
    else if (how === 'number') to.number(number)
    else if (how === 'time') to.time(number)
    else to.like(how, text)
  to.endRow()
  return to.finished(rest)
}

function readAgain(from: FieldReader, [how]: Written): string | number {
  if (how === 'text') return from.text()
  if (how === 'number') return from.number()
  if (how === 'time') return from.time()
  if (how !== 'end') return from.like(how)
  from.endRow()
  return ''
}

describe('rows of fields', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(step), fc.constantFrom('', '{"a":";,{"}'), (steps, rest) => {
        const from = new FieldReader(write(steps, rest))
        const expected = steps.map(([how, text, number]) =>
          how === 'end' ? '' : how === 'number' || how === 'time' ? number : text,
        )
        expect(steps.map((each) => readAgain(from, each))).toEqual(expected)
        expect(from.rest).toBe(rest)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are one-byte text that JSON takes as it is', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const text = write(steps, '')
        expect(text).toMatch(/^[ -~]*$/)
        expect(JSON.stringify(text)).toHaveLength(text.length + 2)
      }),
    )
  })

  it.each<[string, readonly Written[], string]>([
    ['a UUID is 22 letters', [['text', '46183f9a-c293-457b-9786-773ac693b02f', 0]], 'Rhg_msKTRXuXhnc6xpOwLw'],
    [
      'what is as before takes no room',
      [
        ['client', 'web', 0],
        ['time', '', 1_000],
        ['end', '', 0],
        ['client', 'web', 0],
        ['time', '', 1_000],
      ],
      'web,rs',
    ],
    [
      'the features of a place stay legible',
      [['context', '203.0.113.0/24\nFirefox on Linux', 0]],
      '203.0.113.0/24|Firefox on Linux',
    ],
  ])('%s', (_, steps, expected) => {
    expect(write(steps, '')).toBe(expected)
  })
})
