// Records that were fetched come one by one or as values, in whatever turns: each once, in order.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOfBatch } from '../../../test/support/kafka/written-batch.ts'
import { allOf, fetchedRecords } from './stretch.ts'
import { readBatches } from './wire/record-batches.ts'

const place = { topic: 'theirs', incarnation: 'i', partition: 0 }

it('come once and in order, whether records are made of them or not', () => {
  const record = fc.record({
    key: fc.constantFrom(null, Buffer.from('key')),
    value: fc.oneof(
      fc.constant(null),
      fc.nat(200).map((length) => Buffer.alloc(length, 'v')),
    ),
    headers: fc
      .array(fc.constantFrom('name', 'heeded', 'needed', 'eastwest-headers'), { maxLength: 2 })
      .map((names) => names.map((name) => [name, Buffer.from('[["heeded","within"]]')] as const)),
  })
  const batches = fc.array(fc.array(record, { maxLength: 6 }), { maxLength: 4 })
  const turns = fc.infiniteStream(fc.constantFrom('record', 'values' as const))
  fc.assert(
    fc.property(batches, fc.nat(12), turns, fc.infiniteStream(fc.boolean()), (written, from, turn, isTaken) => {
      let baseOffset = 0
      const bytes = written.map((records) => {
        const batch = bytesOfBatch({ baseOffset, records, lastOffsetDelta: records.length })
        baseOffset += records.length + 1
        return batch
      })
      const options = { fromOffset: 0, endOffset: baseOffset, aborted: [], maxInflatedBytes: 100_000 }
      const records = fetchedRecords(place, readBatches(Buffer.concat(bytes), options).batches)
      const wanted = allOf(records.from(from)).map(({ coordinate, value, headers }) => [
        coordinate.offset,
        value?.toString(),
        headers.heeded,
      ])
      const found: unknown[] = []
      const cursor = records.from(from)
      for (;;) {
        if (turn.next().value === 'values')
          cursor.passValues((source, start, end, offset) => {
            if (isTaken.next().value === false) return false
            found.push([offset, source.subarray(start, end).toString(), undefined])
            return true
          }, Buffer.from('heeded'))
        const next = cursor.next()
        if (next === undefined) break
        found.push([next.coordinate.offset, next.value?.toString(), next.headers.heeded])
      }
      expect(found).toEqual(wanted)
    }),
  )
})
