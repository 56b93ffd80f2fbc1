// Proves that pairs come back as they were written, whatever the values are, and that nobody adds one.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPairs } from './pairs.ts'

/** As Keycloak writes them: the quotes of a value escaped, its backslashes not. */
const written = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([key, value]) => `${key}="${value.replaceAll('"', '\\"')}"`).join(', ')

const piece = fc.constantFrom(
  '"',
  '\\',
  '="',
  '", type="',
  '\\"',
  ', ',
  '=',
  '[',
  ']',
  "'",
  'x',
  ' ',
  '=[',
  '", cookies=[',
)
const value = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
  fc.string({ unit: 'grapheme' }),
)

describe('pairs in double quotes', () => {
  const readBack = (values: readonly string[]) => {
    const pairs = values.map((each, at) => [`key_${at}`, each] as const)
    const read = readPairs(written(pairs), 0, 100)
    return { pairs, read: 'reason' in read ? read.reason : [...read.pairs] }
  }

  it('come back as they were written, whatever is typed into one of them', () => {
    const own = fc.constantFrom('', 'u-1', 'openid profile', 'http://127.0.0.1/callback?a=b', 'Stale token', "don't")
    fc.assert(
      fc.property(fc.array(own, { maxLength: 3 }), value, fc.array(own, { maxLength: 3 }), (before, typed, after) => {
        const { pairs, read } = readBack([...before, typed, ...after])
        expect(read).toEqual(pairs)
      }),
      { numRuns: 10_000 },
    )
  })

  it('come back or are refused where values were typed to fit each other', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const { pairs, read } = readBack(values)
        if (read !== 'log-injection-suspect') expect(read).toEqual(pairs)
      }),
      { numRuns: 10_000 },
    )
  })

  it('are refused where there are too many', () => {
    const pairs = Array.from({ length: 101 }, (_, at) => [`k${at}`, 'v'] as const)
    expect(readPairs(written(pairs), 0, 100)).toMatchObject({ reason: 'too-many-keys' })
  })
})

describe('pairs without double quotes', () => {
  it('never let a typed value say something of a token without doubt', () => {
    fc.assert(
      fc.property(value, (typed) => {
        const read = readPairs(`type=LOGIN_ERROR, error=x, username=${typed}, refresh_token_id=rt-1`, 0, 100)
        if (!('reason' in read) && read.pairs.has('refresh_token_id'))
          expect(read.doubtful.has('refresh_token_id')).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
