// Records come out of the memory that crosses between threads as they went in, whether they found room there or not.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LogRecord, ReadResult } from '../../log/log.ts'
import { lend, takeUp } from './lent-records.ts'

const value = fc.option(fc.uint8Array({ maxLength: 40 }))
const values = fc.array(value, { maxLength: 8 })

function readOf(values: readonly (Uint8Array | null)[]): ReadResult {
  const records = values.map(
    (each, offset): LogRecord => ({
      coordinate: { topic: 'ingest', incarnation: 'a', partition: 0, offset },
      key: undefined,
      value: each,
      headers: { format: 'auto' },
      appendedAt: 1_000 + offset,
    }),
  )
  return { records, damaged: [], nextOffset: records.length }
}

it('gives back what was lent, byte for byte', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 100 }), (each, memoryBytes) => {
      const read = readOf(each)
      const lent = lend(0, read, new ArrayBuffer(memoryBytes))
      // As it crosses: what has no room in the memory is cloned, the memory itself handed over.
      const crossed = structuredClone(lent, { transfer: [lent.memory] })
      const { records, ...rest } = takeUp(crossed)
      expect(rest).toEqual({ damaged: [], nextOffset: each.length })
      expect(records.map((record) => ({ ...record, value: record.value && [...record.value] }))).toEqual(
        read.records.map((record) => ({ ...record, value: record.value && [...record.value] })),
      )
    }),
  )
})

it('takes no more along than the values that found no room', () => {
  const pool = new Uint8Array(10_000)
  const lent = lend(0, readOf([pool.subarray(0, 8), pool.subarray(8, 24)]), new ArrayBuffer(10))
  expect(lent.records.map((record) => record.value?.buffer.byteLength)).toEqual([undefined, 16])
})
