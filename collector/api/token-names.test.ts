// A token is found by whatever it is called, and is never accepted itself.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../schemas/token-reference.ts'
import { BadQuery } from './answer.ts'
import { tokenNames } from './token-names.ts'

const hash = '0123456789abcdef0123456789abcdef'
const forms = [`k1.${hash}`, `ew.ref.v1.k1.${hash}`]

describe('the names of a token', () => {
  it.each([
    ['a reference', `ew.ref.v1.k1.${hash}`, forms],
    ['a reference with claims', formatReference({ keyId: 'k1', hash, claims: { jti: 'j' } }), forms],
    ['the form of the column', `k1.${hash}`, forms],
    [
      'a hash, under every kept key or an issuer’s own id',
      hash,
      [hash, ...forms, `k0.${hash}`, `ew.ref.v1.k0.${hash}`],
    ],
    ['an issuer’s id', 'f3c9a1b2-aaaa', ['f3c9a1b2-aaaa']],
    ['a reference that is damaged', `ew.ref.v1.k1.${hash}00`, [`ew.ref.v1.k1.${hash}00`]],
  ])('of %s', (_, given, expected) => {
    expect(tokenNames(given, ['k1', 'k0'])).toEqual(expected)
  })

  it.each(['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'Bearer abcdefgh', ' dpop abcdefgh'])(
    'are not told of a token itself: %s',
    (token) => {
      expect(() => tokenNames(token, [])).toThrow(BadQuery)
      expect(() => tokenNames(token, [])).not.toThrow(token.trim())
    },
  )
})
