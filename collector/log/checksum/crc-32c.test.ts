// The checksum is the one that everybody else computes.

import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32c } from './crc-32c.ts'

// What the library sends with, which brokers check.
const known = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number

it.each([
  // RFC 3720, B.4.
  ['no bytes', Buffer.alloc(0), 0],
  ['zeros', Buffer.alloc(32), 0x8a9136aa],
  ['ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['rising bytes', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
])('of %s is the known one', (_, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum)
})

it('is the library’s, of any bytes at any place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000, size: 'max' }), fc.nat(20), (bytes, from) => {
      const part = Buffer.from(bytes).subarray(from)
      expect(crc32c(part)).toBe(known(part))
    }),
  )
})

it('is the library’s, whatever the length, and whatever was checked before', () => {
  const bytes = Buffer.from(Array.from({ length: 1_500 }, (_, at) => (at * 7919) % 251))
  for (let length = bytes.length; length > 0; length--) {
    const part = bytes.subarray(0, length)
    expect(crc32c(part)).toBe(known(part))
  }
})

it('is the library’s, of more than goes in at once', () => {
  const bytes = Buffer.from(Array.from({ length: 600_001 }, (_, at) => (at * 7919) % 251))
  expect(crc32c(bytes)).toBe(known(bytes))
})
