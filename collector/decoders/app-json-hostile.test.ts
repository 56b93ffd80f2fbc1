// Proves that records without a fact and hostile ones are refused, and that nothing makes the decoder throw.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { appJson } from './app-json.ts'
import { factNames, spellings } from './application/spellings.ts'
import type { DecodeContext } from './decoder.ts'

const decode = (record: object | string, changes: Partial<DecodeContext> = {}) =>
  decodeText(appJson, typeof record === 'string' ? record : JSON.stringify(record), changes)

function only(record: object | string, changes: Partial<DecodeContext> = {}) {
  return onlyEvent(appJson, typeof record === 'string' ? record : JSON.stringify(record), changes)
}

describe('a record is refused', () => {
  it.each([
    [
      'without an action',
      { level: 'info', msg: 'listening on 8080' },
      'missing-field',
      'no action, authentication or decision in it',
    ],
    [
      'with a user only',
      { user_id: 'U', msg: 'clicked' },
      'missing-field',
      'no action, authentication or decision in it',
    ],
    ['with an action of nobody', { event: 'cache_miss' }, 'missing-field', 'it says "cache.miss" and names nobody'],
    ['with a time that is none', { event: 'login', user_id: 'U', time: 'noon' }, 'invalid-time', '"time" is "noon"'],
    [
      'with a time before 1970',
      { event: 'login', user_id: 'U', time: '0001-01-01T00:00:00Z' },
      'invalid-time',
      'no instant',
    ],
    [
      'with an amount that is none',
      { event: 'refund', user_id: 'U', amount: 'ten' },
      'invalid-field',
      '"amount" is "ten"',
    ],
    [
      'with minor units that are no whole number',
      { event: 'refund', user_id: 'U', amount_minor: 1.5 },
      'invalid-field',
      '"amount_minor" is "1.5"',
    ],
    [
      'with a user that hides',
      { event: 'login', user_id: 'U\u202e99' },
      'invalid-field',
      '"user_id" holds the character U+202E',
    ],
    [
      'with a NUL in a user',
      { event: 'login', user_id: 'U\u0000' },
      'invalid-field',
      '"user_id" holds the character U+0000',
    ],
    ['with a line break in a user', { event: 'login', user_id: 'U\nadmin' }, 'invalid-field', 'U+000A'],
    ['with colours in a user', { event: 'login', user_id: '\u001b[31mU' }, 'invalid-field', 'U+001B'],
    ['with half a character in a user', '{"event":"login","user_id":"U\\ud800"}', 'invalid-field', 'U+D800'],
    ['with a user without end', { event: 'login', user_id: 'x'.repeat(2000) }, 'invalid-field', '2000 characters long'],
  ])('%s', (_, record, reason, detail) => {
    const { refusal, events } = decode(record)
    expect(refusal).toMatchObject({ reason, detail: expect.stringContaining(detail) })
    expect(events).toEqual([])
  })
})

describe('what the columns do not hold', () => {
  it('stays as attributes under the keys of the record', () => {
    const event = only({
      event: 'RefundIssued',
      user_id: 'U',
      msg: 'm',
      level: 'info',
      Properties: { Ticket: 'INC-1', Flags: [1, 'a'] },
      empty: null,
    })
    expect(event.attributesJson).toEqual({
      event: 'RefundIssued',
      msg: 'm',
      level: 'info',
      'Properties.Ticket': 'INC-1',
      'Properties.Flags': [1, 'a'],
    })
  })

  it('keeps keys named like properties of objects, and is not changed by them', () => {
    const event = only('{"__proto__":{"user_id":"evil"},"constructor":"c","event":"login","user_id":"U"}')
    expect(event.subject).toBe('U')
    expect(event.attributesJson).toMatchObject({ constructor: 'c', '__proto__.user_id': 'evil' })
  })

  it('is bounded', () => {
    const event = only({
      event: 'login',
      user_id: 'U',
      blob: 'x'.repeat(100_000),
      list: new Array(5000).fill('y'),
      ...Object.fromEntries(new Array(1500).fill(0).map((_, n) => [`k${n}`, n])),
    })
    expect(event.attributes.length).toBeLessThan(8300)
    expect(event.attributesJson).toMatchObject({ omitted: expect.any(Number) })
  })
})

describe('any JSON at all', () => {
  const keys = fc.oneof(
    fc.constantFrom(...factNames.flatMap((fact) => spellings[fact].split(' '))),
    fc.string(),
    fc.constant('__proto__'),
  )
  const values = fc.oneof(
    fc.constantFrom(
      'refund',
      'login',
      'true',
      '2025-03-14T11:42:01Z',
      '1e400',
      'EUR',
      '89.99',
      `ew.ref.v1.k1.${'a'.repeat(32)}`,
      '\u202e',
      '\ud800',
    ),
    fc.jsonValue({ maxDepth: 3 }),
    fc.double(),
  )
  const records = fc.array(fc.tuple(keys, values), { maxLength: 12 }).map((pairs) => {
    const members = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
    return `{${members.join(',')}}`
  })

  it('gives one event or one refusal, never an exception', () => {
    fc.assert(
      fc.property(records, (record) => {
        const { events, refusal } = decode(record)
        expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
        expect(refusal?.detail ?? '').not.toMatch(/[\u0000-\u001f]/)
      }),
      { numRuns: 3000 },
    )
  })

  it('does not depend on the order of keys', () => {
    const record = {
      event: 'refund',
      user_id: 'U',
      actor: 'A',
      payment_id: 'p',
      amount: '5.00',
      time: '2025-03-14T11:42:01Z',
      ip: '10.0.0.1',
    }
    const expected = only(record)
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(record), { minLength: 7 }), (entries) => {
        expect(only(Object.fromEntries(entries))).toEqual(expected)
      }),
    )
  })
})
