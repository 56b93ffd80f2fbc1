// Hashes as letters: as many as they say, the same each time, and apart where the texts or what they stand for are.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { longHash, shortHash } from './short-hash.ts'

it('has 11 or 8 letters that need no escape anywhere', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      expect(longHash(text)).toMatch(/^[\w-]{11}$/)
      expect(shortHash(text)).toMatch(/^[\w-]{8}$/)
    }),
  )
})

it('is nothing of nothing where equality with nothing is asked', () => {
  expect(shortHash('')).toBe('')
})

it('is another one for each of a hundred thousand texts, and for each seed', () => {
  const texts = Array.from({ length: 100_000 }, (_, index) => `token-${index}`)
  expect(new Set(texts.map((text) => longHash(text))).size).toBe(texts.length)
  expect(new Set(texts.map(shortHash)).size).toBe(texts.length)
  expect(longHash('a', 1)).not.toBe(longHash('a', 2))
})
