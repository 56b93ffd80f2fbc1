// A partition takes what brokers hand out, and what they hand out before they say how far it goes.

import { expect, it, vi } from 'vitest'
import { bytesOfBatch } from '../../../test/support/kafka/written-batch.ts'
import { Partition } from './partition.ts'
import { ReadAhead } from './read-ahead.ts'

const place = { topic: 'ingest', partition: 0, incarnation: 'i' } as const
const everything = { maxBytes: 1_000_000 }
const fetched = { topic: 't', partition: 0, error: 0, logStart: 0, aborted: [] }

/** Of offsets 0 and 1. */
const twoRecords = [0, 1].map((baseOffset) =>
  bytesOfBatch({ baseOffset, records: [{ key: null, value: Buffer.from(`v${baseOffset}`), headers: [] }] }),
)

function partitionOf(endOffset: number, onNews: () => void = () => {}) {
  return new Partition({
    of: { topic: 't', partition: 0 },
    place,
    firstOffset: 0,
    nextOffset: 0,
    held: new ReadAhead(0, 1_000_000),
    maxInflatedBytes: 100_000,
    onNews,
    findBounds: async () => ({ firstOffset: 0, nextOffset: endOffset }),
    onFailure: (cause) => expect.fail(String(cause)),
  })
}

// Brokers note how far a partition goes before they read from it.
it('believes the end of the partition, not the end that came with records appended meanwhile', async () => {
  const onNews = vi.fn()
  const partition = partitionOf(2, onNews)
  partition.take({ ...fetched, highWatermark: 1, batches: Buffer.concat(twoRecords) }, 0)
  expect(partition.wantedFrom).toBeUndefined()
  await vi.waitFor(() => expect(onNews).toHaveBeenCalled())
  const { records, damaged } = partition.read(0, everything)
  expect([records.map(({ value }) => String(value)), damaged]).toEqual([['v0', 'v1'], []])
  expect(partition.bounds()).toMatchObject({ nextOffset: 2 })
  expect(partition.wantedFrom).toBe(2)
})

it('asks for no end that it knows already', () => {
  const partition = partitionOf(2)
  const [first, second] = twoRecords
  partition.take({ ...fetched, highWatermark: 2, batches: first ?? Buffer.alloc(0) }, 0)
  partition.take({ ...fetched, highWatermark: 1, batches: second ?? Buffer.alloc(0) }, 1)
  expect(partition.read(0, everything).records).toHaveLength(2)
})

it('puts aside a batch that is beyond the end of the partition', async () => {
  const onNews = vi.fn()
  const partition = partitionOf(1, onNews)
  partition.take({ ...fetched, highWatermark: 1, batches: Buffer.concat(twoRecords) }, 0)
  await vi.waitFor(() => expect(onNews).toHaveBeenCalled())
  const { records, damaged } = partition.read(0, everything)
  expect(records.map(({ value }) => String(value))).toEqual(['v0'])
  expect(damaged).toMatchObject([{ fromOffset: 1, toOffset: 1, reason: 'unreadable-header' }])
})
