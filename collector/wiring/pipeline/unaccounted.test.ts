// Which offsets count as having left no row.

import { describe, expect, it } from 'vitest'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { QuarantineReason } from '../../../schemas/quarantine.ts'
import { unaccountedOffsets } from './unaccounted.ts'

type Aside = readonly [offset: number, reason: QuarantineReason]

function missing(eventOffsets: readonly number[], aside: readonly Aside[], from: number, to: number): number {
  const events = new EventBatch(16)
  for (const offset of eventOffsets) {
    events.columns.offset.set(events.row, offset)
    events.commit()
  }
  const quarantine = aside.map(([offset, reason]) => ({ offset, reason }))
  return unaccountedOffsets({ events, quarantine, range: { fromOffset: from, toOffset: to } })
}

describe('offsets without a row', () => {
  it.each<readonly [string, readonly number[], readonly Aside[], number, number]>([
    ['none where each has an event', [5, 6, 7], [], 7, 0],
    ['none where events and quarantine share them', [5, 5, 7], [[6, 'unknown-format']], 7, 0],
    ['none where one record is both', [5, 6, 7], [[6, 'invalid-json']], 7, 0],
    ['one in the middle', [5, 7], [], 7, 1],
    ['those at the end', [5], [[6, 'empty']], 9, 3],
    ['none behind damage that stands for the rest', [9], [[5, 'damaged-log']], 9, 0],
    ['those behind damage and a good row', [7], [[5, 'damaged-log']], 9, 2],
  ])('are %s', (_, events, aside, to, count) => {
    expect(missing(events, aside, 5, to)).toBe(count)
  })
})
