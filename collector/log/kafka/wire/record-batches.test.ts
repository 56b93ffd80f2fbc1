// Batches as producers write them come back whole; whatever else is handed in is put aside, and reading goes on behind it.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfBatch, type WrittenRecord } from '../../../../test/support/kafka/written-batch.ts'
import type { BatchRecords } from './batch-records.ts'
import type { KafkaRecord } from './record.ts'
import { type ReadBatchesOptions, readBatches } from './record-batches.ts'

const options = { fromOffset: 0, endOffset: 1_000, aborted: [], maxInflatedBytes: 100_000 }
function allFrom(batch: BatchRecords, offset: number): readonly KafkaRecord[] {
  const records: KafkaRecord[] = []
  const cursor = batch.from(offset)
  for (let record = cursor.next(); record !== undefined; record = cursor.next()) records.push(record)
  return records
}

const read = (bytes: Buffer, of: ReadBatchesOptions) => {
  const { batches, ...reading } = readBatches(bytes, of)
  return { ...reading, records: batches.flatMap((batch) => allFrom(batch, 0)) }
}
const record = (text: string): WrittenRecord => ({ key: null, value: Buffer.from(text), headers: [] })

describe('record batches', () => {
  it('come back with keys, values, headers and times', () => {
    const written: readonly WrittenRecord[] = [
      { key: Buffer.from('k'), value: Buffer.from('v'), headers: [['h', Buffer.from('x')]] },
      { key: null, value: null, headers: [['none', null]] },
    ]
    const { records, nextOffset } = read(bytesOfBatch({ baseOffset: 7, records: written }), options)
    expect(records).toEqual([
      { ...written[0], offset: 7, timestamp: 1_000 },
      { ...written[1], offset: 8, timestamp: 1_001 },
    ])
    expect(nextOffset).toBe(9)
  })

  it('take the time of the broker where the topic says so', () => {
    const batch = bytesOfBatch({ baseOffset: 0, records: [record('a')], attributes: 0x08, maxTimestamp: 5_000 })
    expect(read(batch, options).records[0]?.timestamp).toBe(5_000)
  })

  it('leave out what lies before the offset asked for, and a batch that is cut short', () => {
    const one = bytesOfBatch({ baseOffset: 0, records: [record('a'), record('b')] })
    const two = bytesOfBatch({ baseOffset: 2, records: [record('c')] })
    const bytes = Buffer.concat([one, two, one.subarray(0, 40)])
    const { records, nextOffset } = read(bytes, { ...options, fromOffset: 1 })
    expect(records.map(({ value }) => String(value))).toEqual(['b', 'c'])
    expect(nextOffset).toBe(3)
  })

  it('give each offset once, though batches reach into each other', () => {
    const one = bytesOfBatch({ baseOffset: 0, records: [record('a'), record('b')] })
    const two = bytesOfBatch({ baseOffset: 1, records: [record('again'), record('c')] })
    expect(read(Buffer.concat([one, two]), options).records.map(({ offset }) => offset)).toEqual([0, 1, 2])
  })

  it('are read from any offset on', () => {
    const { batches } = readBatches(bytesOfBatch({ baseOffset: 0, records: [record('a'), record('b')] }), options)
    expect(batches.map(({ count, valueBytes }) => [count, valueBytes])).toEqual([[2, 2]])
    expect(batches.flatMap((batch) => allFrom(batch, 1)).map(({ value }) => String(value))).toEqual(['b'])
  })

  it('leave out what a transaction took back, and the markers of transactions', () => {
    const bytes = Buffer.concat([
      bytesOfBatch({ baseOffset: 0, records: [record('aborted')], attributes: 0x10, producerId: 5 }),
      bytesOfBatch({ baseOffset: 1, records: [record('of another')], attributes: 0x10, producerId: 6 }),
      bytesOfBatch({ baseOffset: 2, records: [record('marker')], attributes: 0x30, producerId: 5 }),
      bytesOfBatch({ baseOffset: 3, records: [record('committed')], attributes: 0x10, producerId: 5 }),
    ])
    const { records, nextOffset } = read(bytes, { ...options, aborted: [{ producerId: 5, firstOffset: 0 }] })
    expect(records.map(({ value }) => String(value))).toEqual(['of another', 'committed'])
    expect(nextOffset).toBe(4)
  })

  it.each([
    ['a flipped bit', (bytes: Buffer) => bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1), 'checksum'],
    ['an old format', (bytes: Buffer) => bytes.fill(1, 16, 17), 'message format 1'],
    ['an offset beyond the end', (bytes: Buffer) => bytes.fill(9, 4, 5), 'beyond the end'],
    ['an impossible offset', (bytes: Buffer) => bytes.fill(9, 0, 1), 'out of range'],
  ])('put aside what %s spoils, and go on behind it', (_, spoil, detail) => {
    const spoilt = spoil(bytesOfBatch({ baseOffset: 4, records: [record('a')] }))
    const bytes = Buffer.concat([spoilt, bytesOfBatch({ baseOffset: 5, records: [record('b')] })])
    const { records, unreadable, nextOffset } = read(bytes, { ...options, fromOffset: 4 })
    expect(records.map(({ value }) => String(value))).toEqual(['b'])
    expect(unreadable).toMatchObject([{ fromOffset: 4, toOffset: 4, detail: expect.stringContaining(detail) }])
    expect(nextOffset).toBe(6)
  })

  it.each([
    ['an unknown codec', 7, (body: Buffer) => body, 'codec 7 is unknown'],
    ['a gzip bomb', 1, () => gzipSync(Buffer.alloc(10_000_000)), 'inflates to more than 100000'],
    [
      'a snappy block that says it is large',
      2,
      () => Buffer.from([0xff, 0xff, 0xff, 0x7f, 0]),
      'inflates to more than',
    ],
    ['an LZ4 copy from before its frame', 3, () => lz4Frame(Buffer.from([0x10, 0x61, 9, 0])), 'before its frame'],
    [
      'an LZ4 bomb',
      3,
      () => lz4Frame(Buffer.from([0x1f, 0x61, 1, 0, ...Array(1_000).fill(255), 0, 0x10, 0x61])),
      'inflates to more',
    ],
    ['no zstd frame', 4, () => Buffer.from('no frame at all'), 'cannot be read'],
  ])('put aside a batch with %s', (_, codec, compress, detail) => {
    const bytes = bytesOfBatch({ baseOffset: 0, records: [record('a'), record('b')], attributes: codec, compress })
    const { records, unreadable, nextOffset } = read(bytes, options)
    expect(records).toEqual([])
    expect(unreadable).toMatchObject([{ fromOffset: 0, toOffset: 1, detail: expect.stringContaining(detail) }])
    expect(nextOffset).toBe(2)
  })

  it('have gaps where compaction took records away', () => {
    const records = [1, 4].map((offsetDelta) => ({ ...record('kept'), offsetDelta }))
    const emptied = bytesOfBatch({ baseOffset: 18, records: [], lastOffsetDelta: 1 })
    const bytes = Buffer.concat([bytesOfBatch({ baseOffset: 10, records, lastOffsetDelta: 7 }), emptied])
    const reading = read(bytes, options)
    expect(reading.records.map(({ offset }) => offset)).toEqual([11, 14])
    expect(reading).toMatchObject({ unreadable: [], nextOffset: 20 })
  })

  it.each([
    ['beyond the last that its batch tells', [0, 2]],
    ['beyond what a number can count', [0, 2 ** 52]],
    ['before the first', [-1, 0]],
    ['of the record before it', [1, 1]],
    ['before the record before it', [1, 0]],
  ])('put aside a batch with a record at an offset %s, and go on behind it', (_, deltas) => {
    const records = deltas.map((offsetDelta) => ({ ...record('astray'), offsetDelta }))
    const next = bytesOfBatch({ baseOffset: 6, records: [record('a')] })
    const reading = read(Buffer.concat([bytesOfBatch({ baseOffset: 4, records }), next]), options)
    expect(reading.records.map(({ offset }) => offset)).toEqual([6])
    expect(reading.unreadable).toMatchObject([
      { toOffset: 5, reason: 'unreadable-header', detail: expect.stringContaining('where it cannot be') },
    ])
    expect(reading.nextOffset).toBe(7)
  })

  it('never throw and never go back, whatever the bytes', () => {
    const written = [record('hello'), { key: Buffer.from('k'), value: null, headers: [['h', null]] } as const]
    const change = fc.record({ at: fc.nat(200), byte: fc.nat(255), codec: fc.nat(7) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(50), (changes, fromOffset) => {
        const [codec = 0] = changes.map((each) => each.codec)
        const spoil = (body: Buffer): Buffer => {
          for (const { at, byte } of changes) body[at % body.length] = byte
          return body
        }
        // Once within a batch whose checksum is right, once anywhere.
        const inside = bytesOfBatch({ baseOffset: 3, records: written, attributes: codec, compress: spoil })
        for (const bytes of [inside, spoil(Buffer.from(inside)), inside.subarray(0, changes[0]?.at ?? 9)]) {
          const reading = read(bytes, { ...options, fromOffset })
          expect(reading.nextOffset).toBeGreaterThanOrEqual(fromOffset)
          const offsets = reading.records.map(({ offset }) => offset)
          expect(offsets).toEqual([...new Set(offsets)].sort((one, other) => one - other))
          for (const offset of offsets) {
            expect(offset).toBeGreaterThanOrEqual(fromOffset)
            expect(offset).toBeLessThan(reading.nextOffset)
          }
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

/** A frame of one block. */
function lz4Frame(block: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(block.length)
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]), length, block, Buffer.alloc(4)])
}
