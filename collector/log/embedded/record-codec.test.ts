// One record on disk: what is encoded comes back, and no changed bit goes unnoticed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NewRecord } from '../log.ts'
import { decodeRecord, encodeHead, type Place, peekHead } from './record-codec.ts'

const place: Place = { topic: 'ingest', incarnation: 'life-1', partition: 3 }
const value = fc.uint8Array({ maxLength: 200 })
const record: fc.Arbitrary<NewRecord> = fc.record(
  {
    key: fc.string({ unit: 'binary' }),
    value: fc.option(value),
    headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
  },
  { requiredKeys: ['value'] },
)
const offset = fc.maxSafeNat()

function decode(from: Place, at: number, head: Buffer, bytes: Buffer) {
  return decodeRecord(from, at, head, bytes, () => bytes)
}

describe('a record on disk', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(record, offset, fc.maxSafeNat(), (given, at, appendedAt) => {
        const bytes = Buffer.from(given.value ?? [])
        const reading = decode(place, at, encodeHead(place, at, appendedAt, given), bytes)
        expect(reading).toEqual({
          record: {
            coordinate: { ...place, offset: at },
            key: given.key,
            value: given.value === null ? null : bytes,
            headers: given.headers ?? {},
            appendedAt,
          },
        })
      }),
    )
  })

  it('is refused after any one bit of head or value changed', () => {
    fc.assert(
      fc.property(record, offset, fc.nat(), (given, at, bit) => {
        const head = encodeHead(place, at, 1000, given)
        const whole = Buffer.concat([head, Buffer.from(given.value ?? [])])
        const flipped = bit % (whole.length * 8)
        whole.writeUInt8(whole.readUInt8(flipped >> 3) ^ (1 << (flipped & 7)), flipped >> 3)
        const reading = decode(place, at, whole.subarray(0, head.length), whole.subarray(head.length))
        expect(reading).toMatchObject({
          damage: { reason: expect.stringMatching(/^(checksum-mismatch|unreadable-header)$/) },
        })
      }),
      { numRuns: 1000 },
    )
  })

  it.each<[string, Place, number, string]>([
    ['at another offset', place, 8, 'unreadable-header'],
    ['in another topic', { ...place, topic: 'control' }, 7, 'checksum-mismatch'],
    ['in another partition', { ...place, partition: 4 }, 7, 'checksum-mismatch'],
    ['in another incarnation', { ...place, incarnation: 'life-2' }, 7, 'checksum-mismatch'],
  ])('is refused when it is found %s', (_where, found, at, reason) => {
    const bytes = Buffer.from('value')
    const head = encodeHead(place, 7, 1000, { value: bytes })
    expect(decode(found, at, head, bytes)).toMatchObject({ damage: { reason } })
  })

  it('is refused when its head or value is cut short, wherever that is', () => {
    const bytes = Buffer.from('value')
    const head = encodeHead(place, 7, 1000, { value: bytes, key: 'key', headers: { a: 'b' } })
    for (let length = 0; length < head.length; length += 1) {
      expect(peekHead(head.subarray(0, length))).toBeUndefined()
      expect(decode(place, 7, head.subarray(0, length), bytes)).toHaveProperty('damage')
    }
    expect(decode(place, 7, head, bytes.subarray(0, 4))).toHaveProperty('damage')
  })
})
