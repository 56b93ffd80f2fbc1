// Reading ahead serves every record once and in order, whatever pieces come in which order.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DamagedRange, LogRecord } from '../log.ts'
import { ReadAhead } from './read-ahead.ts'
import { allOf, appendedRecords, type Stretch } from './stretch.ts'

const place = { topic: 'ingest', incarnation: 'i', partition: 0 }

function recordAt(offset: number): LogRecord {
  return {
    coordinate: { ...place, offset },
    key: undefined,
    value: new Uint8Array(10),
    headers: {},
    appendedAt: offset,
  }
}

function damageAt(offset: number): DamagedRange {
  return { ...place, fromOffset: offset, toOffset: offset, reason: 'checksum-mismatch', detail: '' }
}

/** Offsets from one to another; every seventh is damaged, every fifth was compacted away. */
function stretch(fromOffset: number, nextOffset: number): Stretch {
  const offsets = Array.from({ length: nextOffset - fromOffset }, (_, at) => fromOffset + at)
  return {
    fromOffset,
    nextOffset,
    records: appendedRecords(offsets.filter((offset) => offset % 7 !== 0 && offset % 5 !== 0).map(recordAt)),
    damaged: offsets.filter((offset) => offset % 7 === 0).map(damageAt),
  }
}

describe('reading ahead', () => {
  it('serves each offset once, whatever is fetched, repeated, skipped or asked for', () => {
    const piece = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }))
    const reads = fc.record({ maxBytes: fc.integer({ min: 1, max: 100 }), maxRecords: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, reads), { maxLength: 40 }), (steps) => {
        const ahead = new ReadAhead(0, 2_000)
        const seen: number[] = []
        let offset = 0
        for (const [[from, length], options] of steps) {
          ahead.add(stretch(from, from + length))
          const { records, damaged, nextOffset } = ahead.read(offset, options)
          const found = [...records.map(({ coordinate }) => coordinate.offset), ...damaged.map((each) => each.toOffset)]
          seen.push(...found.sort((one, other) => one - other))
          expect(nextOffset).toBeGreaterThanOrEqual(offset)
          offset = nextOffset
        }
        const whole = stretch(0, offset)
        const wanted = [
          ...allOf(whole.records.from(0)).map(({ coordinate }) => coordinate.offset),
          ...whole.damaged.map((each) => each.toOffset),
        ]
        expect(seen).toEqual(wanted.sort((one, other) => one - other))
      }),
      { numRuns: 500 },
    )
  })

  it('wants no more while it holds enough, and goes on when that was read', () => {
    const ahead = new ReadAhead(0, 300)
    ahead.add(stretch(0, 3))
    expect(ahead.wantedFrom).toBeUndefined()
    expect(ahead.add(stretch(3, 6))).toBe(false)
    expect(ahead.read(0, { maxBytes: 1_000 }).nextOffset).toBe(3)
    ahead.read(3, { maxBytes: 1_000 })
    expect(ahead.wantedFrom).toBe(3)
  })

  it('starts anew where something else is asked for', () => {
    const ahead = new ReadAhead(10, 1_000)
    ahead.add(stretch(10, 20))
    expect(ahead.read(2, { maxBytes: 1_000 })).toEqual({ records: [], damaged: [], nextOffset: 2 })
    expect(ahead.wantedFrom).toBe(2)
  })
})
