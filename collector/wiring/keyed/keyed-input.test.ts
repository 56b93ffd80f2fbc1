// Each stretch of a partition is taken once, whoever sent it however often; what is missing is told.

import { describe, expect, it } from 'vitest'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { LogRecord, NewRecord } from '../../log/log.ts'
import { type Handed, handedFrame, rowsFrame } from './frame.ts'
import { FramesMissing, KeyedInput } from './keyed-input.ts'

/** Rows at these offsets of the ingest partition. */
function batchAt(offsets: readonly number[]): EventBatch {
  const batch = new EventBatch(4)
  for (const offset of offsets) {
    batch.columns.offset.set(batch.row, offset)
    batch.columns.kind.setText(batch.row, 'action')
    batch.columns.subject.setText(batch.row, `u-${offset}`)
    batch.commit()
  }
  return batch
}

function rows(previous: number, to: number, offsets: readonly number[], from = 'ingest/0'): NewRecord {
  return rowsFrame({ from, previous, to }, to * 1_000, batchAt(offsets), [...offsets.keys()])
}

function at(offset: number, { value, headers = {} }: NewRecord): LogRecord {
  return {
    coordinate: { topic: 'ingest', incarnation: 'k', partition: 1, offset },
    key: undefined,
    value,
    headers,
    appendedAt: 0,
  }
}

const subjectsOf = (come: ReturnType<KeyedInput['take']>): readonly string[] =>
  come.flatMap(({ rows: batch, firstRow = 0 }) =>
    batch === undefined
      ? []
      : Array.from({ length: batch.length - firstRow }, (_, row) => batch.columns.subject.text(firstRow + row)),
  )

describe('frames of rows', () => {
  it('give their rows, and how far their partition has come', () => {
    const [come] = new KeyedInput().take(at(0, rows(-1, 5, [3, 5])))
    expect(come).toMatchObject({ hops: 0, from: 'ingest/0', through: 5_000, newestAt: 5_000 })
    expect(subjectsOf(come === undefined ? [] : [come])).toEqual(['u-3', 'u-5'])
  })

  it('are taken once, and of a longer stretch only what did not come', () => {
    const input = new KeyedInput({ 'ingest/0': 2 })
    expect(subjectsOf(input.take(at(0, rows(2, 5, [3, 5]))))).toEqual(['u-3', 'u-5'])
    expect(input.take(at(1, rows(2, 5, [3, 5])))).toEqual([])
    expect(subjectsOf(input.take(at(2, rows(2, 7, [3, 5, 6]))))).toEqual(['u-6'])
    expect(input.state()).toEqual({ 'ingest/0': 7 })
  })

  it('say nothing of other partitions', () => {
    const input = new KeyedInput({ 'ingest/0': 9 })
    expect(subjectsOf(input.take(at(0, rows(-1, 2, [1], 'ingest/1'))))).toEqual(['u-1'])
  })

  it('may not be missing', () => {
    const input = new KeyedInput({ 'ingest/0': 2 })
    expect(() => input.take(at(4, rows(5, 9, [7])))).toThrow(FramesMissing)
    expect(() => input.take(at(4, rows(5, 9, [7])))).toThrow(/of ingest\/0 the offsets 3 to 5 have not come/)
  })
})

describe('frames of what is handed over', () => {
  const handed = (hops: number, offset: number): Handed => ({
    hops,
    at: offset,
    signal: {
      stage: 's',
      tenant: 'default',
      realm: 'live',
      signal: { key: `k-${offset}`, eventId: 'e', at: 1, facts: {}, withdrawn: false },
      appendedAt: offset * 10,
    },
  })

  it('are parted by how often they were handed over', () => {
    const frame = handedFrame({ from: 'keyed/1', previous: -1, to: 4 }, [40, null], [handed(1, 3), handed(2, 4)])
    expect(new KeyedInput().take(at(0, frame))).toMatchObject([
      { hops: 1, from: 'keyed/1', through: 40, newestAt: 40, handed: [{ signal: { key: 'k-3' } }] },
      {
        hops: 2,
        from: 'keyed/1',
        through: Number.NEGATIVE_INFINITY,
        newestAt: 40,
        handed: [{ signal: { key: 'k-4' } }],
      },
    ])
  })

  it('give of a longer stretch only what did not come', () => {
    const input = new KeyedInput({ 'keyed/1': 3 })
    const frame = handedFrame({ from: 'keyed/1', previous: -1, to: 4 }, [40], [handed(1, 3), handed(1, 4)])
    expect(input.take(at(0, frame))).toMatchObject([{ handed: [{ signal: { key: 'k-4' } }] }])
  })
})

it.each([
  ['no headers', { value: null }],
  ['a block that is none', { ...rows(-1, 1, [1]), value: Buffer.from('no block') }],
  [
    'signals that are none',
    { value: Buffer.from('{"handed":1}'), headers: { ...rows(-1, 1, []).headers, kind: 'handed' } },
  ],
])('refuses %s', (_, record) => {
  expect(() => new KeyedInput().take(at(0, record))).toThrow(expect.objectContaining({ code: 'ERR_MALFORMED_FRAME' }))
})
