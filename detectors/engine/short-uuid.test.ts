// A UUID is short and comes back; what is none is left alone.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longUuid, shortUuid } from './short-uuid.ts'

describe('a UUID', () => {
  it('is 22 letters, from which it comes back', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const short = shortUuid(uuid)
        expect(short).toMatch(/^[\w-]{22}$/)
        expect(longUuid(short ?? '')).toBe(uuid)
      }),
    )
  })

  it.each([
    ['in upper case', '46183F9A-C293-457B-9786-773AC693B02F'],
    ['without its hyphens', '46183f9ac293457b9786773ac693b02f'],
    ['with another character', '46183f9a-c293-457b-9786-773ac693b02g'],
    ['with one outside ASCII', '46183f9a-c293-457b-9786-773ac693b0\u01612'],
    ['with a digit for a hyphen', '46183f9a-c293-457b-97860773ac693b02f'],
  ])('%s is none', (_, text) => {
    expect(shortUuid(text)).toBeUndefined()
  })

  it.each([
    ['too few letters', 'Rhg_msKTRXuXhnc6xpOwL'],
    ['another character', 'Rhg_msKTRXuXhnc6xpOw!w'],
  ])('is not made of %s', (_, text) => {
    expect(longUuid(text)).toBeUndefined()
  })
})
