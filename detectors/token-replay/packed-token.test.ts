// A token at rest is the token that was put there.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenPacking } from './packed-token.ts'
import { packStretch } from './stretch.ts'
import { detailOf, openToken, type TokenState } from './token-state.ts'

const line = fc.string({ unit: fc.constantFrom('a', '=', '|', 'é', '鍵', '"', '\\', ' '), maxLength: 30 })
const instant = fc.integer({ min: 0, max: Date.parse('2299-12-31') })
const stretch = fc.record({ at: instant, id: line, place: line, subject: line, client: line })
const token: fc.Arbitrary<TokenState> = fc.record({
  only: fc.option(stretch, { nil: undefined }).map((used) => {
    return used === undefined ? '' : packStretch({ ...used, endAt: used.at, longAt: -1, longTo: -1 })
  }),
  endMs: fc.nat(),
  until: fc.nat(4_000_000_000),
})

describe('a token that rests', () => {
  it('wakes as it was', () => {
    fc.assert(
      fc.property(token, fc.boolean(), (state, opened) => {
        if (opened) detailOf(state, 'name', 'id', 'issuer')
        const before = structuredClone(state)
        const packed = tokenPacking.pack(state)
        expect(state).toEqual(before)
        expect(tokenPacking.unpack(JSON.parse(JSON.stringify(packed)))).toEqual(before)
      }),
    )
  })

  it('takes eleven letters beside its one stretch', () => {
    const only = packStretch({
      at: Date.parse('2026-03-02T09:00:00Z'),
      id: '0f8fad5b-d9cb-469f-a165-70867728950e',
      endAt: 0,
      place: '203.0.113.0/24|Chrome|1y2p0ij|||g',
      subject: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      client: 'web',
      longAt: -1,
      longTo: -1,
    })
    const state = { ...openToken(), only, endMs: 4_500, until: 1_772_444_000 }
    expect(`${tokenPacking.pack(state)}`.length).toBe(only.length + 11)
  })
})
