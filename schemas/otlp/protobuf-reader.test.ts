// The reader against messages that protobufjs wrote, and against bytes that nobody would write.

import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import {
  bytesType,
  fixed32Type,
  fixed64Type,
  type ProtobufProblem,
  ProtobufReader,
  varintType,
} from './protobuf-reader.ts'

type Value =
  | { readonly type: typeof varintType; readonly value: bigint }
  | { readonly type: typeof fixed64Type; readonly value: bigint }
  | { readonly type: typeof fixed32Type; readonly value: number }
  | { readonly type: typeof bytesType; readonly value: Uint8Array }
type Field = Value & { readonly field: number }

const field = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 200 }) }, fc.constant((1 << 29) - 1))
const unsigned64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const anyField: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ field, type: fc.constant(varintType), value: unsigned64 }),
  fc.record({ field, type: fc.constant(fixed64Type), value: unsigned64 }),
  fc.record({ field, type: fc.constant(fixed32Type), value: fc.nat(0xffffffff) }),
  fc.record({ field, type: fc.constant(bytesType), value: fc.uint8Array({ maxLength: 300 }) }),
)

function written(fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const one of fields) {
    writer.uint32(((one.field << 3) | one.type) >>> 0)
    if (one.type === varintType) writer.uint64(halves(one.value))
    else if (one.type === fixed64Type) writer.fixed64(halves(one.value))
    else if (one.type === fixed32Type) writer.fixed32(one.value)
    else writer.bytes(one.value)
  }
  return writer.finish()
}

function halves(value: bigint): protobuf.Long {
  return { low: Number(value & 0xffffffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true } as protobuf.Long // as much of one as the writer reads
}

function fieldsIn(bytes: Uint8Array): readonly Field[] | ProtobufProblem {
  const reader = new ProtobufReader().open(bytes)
  const fields: Field[] = []
  while (reader.next()) {
    const { field, type } = reader
    if (type === bytesType)
      fields.push({ field, type, value: Uint8Array.from(bytes.subarray(reader.start, reader.limit)) })
    else if (type === fixed32Type) fields.push({ field, type, value: reader.low })
    else if (type === varintType || type === fixed64Type)
      fields.push({ field, type, value: (BigInt(reader.high) << 32n) | BigInt(reader.low) })
  }
  return reader.problem ?? fields
}

describe('a message that protobufjs wrote', () => {
  it('is read field by field as it was written', () => {
    fc.assert(
      fc.property(fc.array(anyField, { maxLength: 20 }), (fields) => {
        expect(fieldsIn(written(fields))).toEqual(fields)
      }),
    )
  })

  it('gives signed and unsigned numbers and doubles', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double(), (whole, double) => {
        const writer = protobuf.Writer.create().uint32(8).int64(whole).uint32(17).double(double)
        const reader = new ProtobufReader().open(writer.finish())
        expect(reader.next()).toBe(true)
        expect(reader.int64).toBe(whole)
        if (whole >= 0) expect(reader.uint64).toBe(whole)
        expect(reader.next()).toBe(true)
        expect(reader.double).toBe(double)
        expect(reader.next()).toBe(false)
        expect(reader.problem).toBeUndefined()
      }),
    )
  })

  it('is found within a larger one, which is left as it is', () => {
    const inner = written([{ field: 3, type: bytesType, value: Buffer.from('abc') }])
    const around = Buffer.concat([Buffer.from('before'), inner, Buffer.from('after')])
    const reader = new ProtobufReader().open(around, 6, 6 + inner.length)
    expect(reader.next()).toBe(true)
    expect(around.toString('latin1', reader.start, reader.limit)).toBe('abc')
    expect(reader.next()).toBe(false)
    expect(reader.problem).toBeUndefined()
  })

  it('cut anywhere gives the fields before the cut, and ends or says that it is truncated', () => {
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1, maxLength: 5 }), fc.nat(), (fields, at) => {
        const bytes = written(fields)
        const cut = at % bytes.length
        const starts = fields.map((_, index) => written(fields.slice(0, index)).length)
        const outcome = fieldsIn(bytes.subarray(0, cut))
        if (starts.includes(cut)) expect(outcome).toEqual(fields.slice(0, starts.indexOf(cut)))
        else expect(outcome).toBe('truncated')
      }),
    )
  })
})

describe('bytes that are no message', () => {
  it.each<[string, readonly number[], ProtobufProblem]>([
    ['a field of number 0', [0x00, 0x00], 'field-zero'],
    ['the start of a group', [0x0b], 'wire-type'],
    ['the end of a group', [0x0c], 'wire-type'],
    ['a wire type that does not exist', [0x0e], 'wire-type'],
    ['a number of eleven bytes', [0x08, ...new Array(10).fill(0x80), 0x01], 'malformed-varint'],
    ['a number of more than 64 bits', [0x08, ...new Array(9).fill(0xff), 0x02], 'malformed-varint'],
    ['a field number of more than 32 bits', [0x88, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00], 'malformed-varint'],
    ['a length beyond the end', [0x0a, 0x05, 0x00], 'truncated'],
    ['a length of 2^63', [0x0a, ...new Array(9).fill(0x80), 0x01], 'truncated'],
    ['a number without an end', [0x08, 0x80], 'truncated'],
    ['half a fixed number', [0x09, 0x00, 0x00], 'truncated'],
  ])('with %s are told as such', (_, bytes, problem) => {
    expect(fieldsIn(Uint8Array.from(bytes))).toBe(problem)
  })

  it('never make the reader throw, stall or read beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), fc.nat(50), (bytes, before, behind) => {
        const end = bytes.length - Math.min(behind, bytes.length)
        const start = Math.min(before, end)
        const reader = new ProtobufReader().open(bytes, start, end)
        let read = 0
        while (reader.next()) {
          read += 1
          expect(read).toBeLessThanOrEqual(end - start)
          if (reader.type === bytesType) {
            expect(reader.start).toBeGreaterThanOrEqual(start)
            expect(reader.limit).toBeLessThanOrEqual(end)
          }
        }
        expect(reader.next()).toBe(false)
      }),
    )
  })
})
