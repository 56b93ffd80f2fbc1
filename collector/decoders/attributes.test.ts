// Proves that what has no column stays readable JSON, within its bounds, whatever it holds.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributesText, cutText, maxAttributes, maxAttributesChars } from './attributes.ts'
import { hiddenCharacter, quoted } from './hidden-characters.ts'

describe('attributes', () => {
  it.each([
    [[], ''],
    [[['a', 1]], '{"a":1}'],
    [[['__proto__', { x: [true, null] }]], '{"__proto__":{"x":[true,null]}}'],
    [[['a"b', 'line\nbreak\u0000']], '{"a\\"b":"line\\nbreak\\u0000"}'],
  ] as const)('%j are %s', (entries, text) => {
    expect(attributesText(entries)).toBe(text)
  })

  it('cut long values and count what found no room', () => {
    const entries = Array.from({ length: maxAttributes + 5 }, (_, at) => [`k${at}`, at] as const)
    expect(JSON.parse(attributesText(entries))).toMatchObject({ k0: 0, omitted: 5 })
    const long = JSON.parse(attributesText([['a', 'x'.repeat(5000)]])) as { a: string } // one member was given
    expect(long.a).toHaveLength(1024)
    expect(long.a.endsWith('…')).toBe(true)
  })

  it('are JSON within their bound for any values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (entries) => {
        const text = attributesText(entries as Parameters<typeof attributesText>[0]) // JSON values as fast-check types them
        expect(text.length).toBeLessThan(maxAttributesChars + 32)
        if (text !== '') expect(typeof JSON.parse(text)).toBe('object')
      }),
    )
  })

  it('never split a character that is two halves', () => {
    expect(cutText('ab😀cd', 4)).toBe('ab…')
    expect(cutText('ab😀cd', 6)).toBe('ab😀cd')
    expect(cutText('ab😀cde', 5)).toBe('ab😀…')
  })
})

describe('a hidden character', () => {
  it.each([
    ['plain text, 退款, résumé, 😀, a\ttab', ''],
    ['\u0000', 'U+0000'],
    ['a\r\nb', 'U+000D'],
    ['\u001b[31m', 'U+001B'],
    ['\u007f', 'U+007F'],
    ['\u009b31m', 'U+009B'],
    ['a\u2028b', 'U+2028'],
    ['\u202eDNUFER', 'U+202E'],
    ['\u2067', 'U+2067'],
    ['\ud83d', 'U+D83D'],
    ['\udc00a', 'U+DC00'],
  ])('in %j is %j', (text, character) => {
    expect(hiddenCharacter(text)).toBe(character)
  })

  it('never stands in what a refusal quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hiddenCharacter(quoted(text))).toBe('')
        expect(quoted(text).length).toBeLessThan(400)
      }),
    )
  })
})
