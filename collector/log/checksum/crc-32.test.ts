// The checksum is the one that zlib computes.

import { crc32 as crc32OfZlib } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32 } from './crc-32.ts'

it.each([
  ['no bytes', Buffer.alloc(0), 0],
  // ISO 3309, as every catalogue of CRCs checks it.
  ['nine digits', Buffer.from('123456789'), 0xcbf43926],
])('of %s is the known one', (_, bytes, checksum) => {
  expect(crc32(bytes)).toBe(checksum)
})

it('is zlib’s, whatever the length and whatever came before', () => {
  const bytes = Buffer.from(Array.from({ length: 6_000 }, (_, at) => (at * 7919) % 251))
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(20), fc.nat(0xffff_ffff), (length, from, before) => {
      const part = bytes.subarray(from, length)
      expect(crc32(part, before)).toBe(part.length === 0 ? before : crc32OfZlib(part, before))
    }),
    { numRuns: 1_000 },
  )
})

it('is zlib’s of any long bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4_096, maxLength: 6_000, size: 'max' }),
      fc.nat(0xffff_ffff),
      (bytes, before) => {
        expect(crc32(bytes, before)).toBe(crc32OfZlib(bytes, before))
      },
    ),
  )
})

it('is zlib’s, of more than goes in at once', () => {
  const bytes = Buffer.from(Array.from({ length: 600_001 }, (_, at) => (at * 7919) % 251))
  expect(crc32(bytes, 7)).toBe(crc32OfZlib(bytes, 7))
})
