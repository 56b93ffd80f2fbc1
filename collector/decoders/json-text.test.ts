// What a record's JSON may be, what becomes of its numbers and keys, and that slices are the bytes themselves.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkJson, elementRanges, memberRange, minifyJson, parseJsonObject } from './json-text.ts'

const limits = { depth: 8, keys: 50, lineBytes: 1_000_000 }

function read(text: string | Uint8Array): unknown {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const shape = checkJson(bytes, 0, bytes.length, limits)
  return typeof shape === 'string' ? shape : parseJsonObject(bytes, 0, bytes.length, shape)
}

describe('a record in JSON', () => {
  it.each([
    ['{"a":{"a":1},"b":[{"a":2},{"a":3}]}', { a: { a: 1 }, b: [{ a: 2 }, { a: 3 }] }],
    ['{"a":12345678901234567890}', { a: '12345678901234567890' }],
    ['{"a":[-12345678901234567890,1]}', { a: ['-12345678901234567890', 1] }],
    ['{"a":"12345678901234567890"}', { a: '12345678901234567890' }],
    ['{"a":123456789012345}', { a: 123456789012345 }],
    ['{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
    ['{"a":0.1234567890123456789}', { a: 0.12345678901234568 }],
    ['{"a":1e30}', { a: 1e30 }],
    ['{"a":":{[,\\"\\\\"}', { a: ':{[,"\\' }],
    ['{}', {}],
  ])('%s is kept', (text, value) => {
    expect(read(text)).toEqual(Object.assign(Object.create(null), value))
  })

  it.each([
    ['{"a":1e400}', 'number-out-of-range'],
    ['{"a":[{"b":-1e400}]}', 'number-out-of-range'],
    ['{"a":1,"a":2}', 'duplicate-keys'],
    ['{"a":1,"\\u0061":2}', 'duplicate-keys'],
    ['{"x":{"a":1,"b":2,"a":1}}', 'duplicate-keys'],
    ['{"__proto__":1,"__proto__":2}', 'duplicate-keys'],
    ['{"a":', 'invalid-json'],
    ['{"a', 'invalid-json'],
    ['{"a":0000000000000000000}', 'invalid-json'],
    ["{'a':1}", 'invalid-json'],
    ['{"a":1}{"b":2}', 'invalid-json'],
    [`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'too-deep'],
    [`{"a":${'['.repeat(5_000_000)}`, 'too-deep'],
    [`{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join(',')}}`, 'too-many-keys'],
  ])('is refused: %$', (text, reason) => {
    expect(read(text)).toBe(reason)
  })

  it('has no prototype anywhere, and cannot give us one', () => {
    const value = read(
      '{"__proto__":{"polluted":true},"a":{"constructor":{"prototype":{"polluted":true}}},"toString":1}',
    )
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toHaveProperty('polluted', true)
    expect(Object.getPrototypeOf((value as { a: object }).a)).toBeNull()
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8, noNullPrototype: true }),
        (value) => {
          const text = JSON.stringify(value)
          const shape = checkJson(Buffer.from(text), 0, Buffer.byteLength(text), {
            depth: 64,
            keys: 2000,
            lineBytes: 1,
          })
          expect(typeof shape).toBe('object')
          const parsed = read(text)
          if (typeof parsed === 'string') return
          // A whole number past 15 digits is text; Number() of it is the number again.
          const numbers = (_: string, member: unknown): unknown =>
            typeof member === 'string' && /^-?\d{16,}$/.test(member) ? Number(member) : member
          expect(JSON.parse(JSON.stringify(parsed), numbers)).toEqual(JSON.parse(text, numbers))
        },
      ),
    )
  })
})

describe('slices of JSON', () => {
  it('are found by key and by place, whatever stands around', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.string(),
        (values, space, key) => {
          const text = JSON.stringify({ [`${key}1`]: 1, [`${key}2`]: values, z: 2 }, null, space)
          const bytes = Buffer.from(text)
          const range = memberRange(bytes, 0, bytes.length, `${key}2`)
          expect(range).toBeDefined()
          if (range === undefined) return
          const slice = bytes.subarray(...range)
          expect(JSON.parse(slice.toString())).toEqual(JSON.parse(JSON.stringify(values)))
          const elements = (elementRanges(bytes, ...range) ?? []).map(([from, to]) =>
            JSON.parse(bytes.toString('utf8', from, to)),
          )
          expect(elements).toEqual(JSON.parse(JSON.stringify(values)))
          expect(minifyJson(bytes, 0, bytes.length).toString()).toBe(JSON.stringify(JSON.parse(text)))
        },
      ),
    )
  })
})
