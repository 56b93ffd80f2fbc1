// What one partition lost in a period is one alert, counted once, and only the collector's own word makes one.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SlotVerdict } from '../../schemas/findings.ts'
import { openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import { standingVerdicts } from '../engine/standing.ts'
import { recordLoss } from './record-loss.ts'

const start = Date.UTC(2026, 10, 2, 9)
const dayMs = 86_400_000

interface Told {
  readonly at?: number
  readonly topic?: string
  readonly partition?: number
  readonly format?: string
}

function lost(from: number, to: number, { at = 0, topic = 'orders', partition = 0, format }: Told = {}) {
  return recordedEvent({
    kind: 'action',
    format: format ?? 'eastwest-decision',
    action: 'records.lost',
    eventAt: start + at,
    outcomeReason: 'missing: retention dropped them',
    resource: `${topic}/${partition}`,
    attributes: JSON.stringify({ from, to }),
  })
}

function standing(
  events: readonly ReturnType<typeof lost>[],
  settings: unknown = {},
  delayMs: (index: number) => number = () => 0,
): readonly SlotVerdict[] {
  const engine = openEngine({
    detectors: [detectorEntry(recordLoss).open(settings)],
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    latenessMs: { 'record-loss': 30_000 },
  })
  const verdicts: Parameters<typeof engine.observe>[3] = []
  engine.observe(batchOf(placed(events, delayMs)), 0, events.length, verdicts)
  return [...standingVerdicts(verdicts).values()].map(({ verdict }) => verdict)
}

describe('record-loss', () => {
  it('gives the losses of a partition on one day one alert', () => {
    const [verdict, ...others] = standing([lost(10, 12), lost(20, 20, { at: 60_000 })])
    expect(others).toEqual([])
    expect(verdict).toMatchObject({
      rule: 'records-lost',
      entity: { keyspace: 'source', key: 'orders/0', name: 'orders, partition 0' },
      severity: 'high',
      title: 'orders, partition 0: 4 records lost unread',
      count: 4,
      labels: { topic: 'orders', partition: '0' },
    })
    expect(verdict?.evidence.map(({ summary }) => summary)).toEqual([
      'offsets 10 to 12: missing: retention dropped them',
      'offsets 20 to 20: missing: retention dropped them',
    ])
  })

  it('tells days, partitions and topics apart, also where a topic’s name holds a slash', () => {
    const told = standing([
      lost(1, 1),
      lost(2, 2, { at: dayMs }),
      lost(1, 1, { partition: 1 }),
      lost(1, 1, { topic: 'a/b', partition: 7 }),
    ])
    expect(told.map(({ title }) => title).sort()).toEqual([
      'a/b, partition 7: 1 record lost unread',
      'orders, partition 0: 1 record lost unread',
      'orders, partition 0: 1 record lost unread',
      'orders, partition 1: 1 record lost unread',
    ])
  })

  it('counts an offset once, be it noted twice or within a stretch that grew', () => {
    const counts = (...events: Parameters<typeof standing>[0]) => standing(events).map(({ count }) => count)
    expect(counts(lost(10, 12), lost(10, 12))).toEqual([3])
    expect(counts(lost(10, 12), lost(10, 12, { at: 5_000 }))).toEqual([3])
    expect(counts(lost(10, 20), lost(10, 30, { at: 5_000 }), lost(25, 31, { at: 6_000 }))).toEqual([22])
  })

  it('keeps the first stretches of a day, whatever the order they come in, and says "at least" of more', () => {
    const many = Array.from({ length: 40 }, (_, at) => lost(at * 10, at * 10, { at: at * 100 }))
    const told = standing(many, { losses: 16 })
    expect(told.map(({ title }) => title)).toEqual(['orders, partition 0: at least 16 records lost unread'])
    expect(standing(many, { losses: 16 }, (index) => (40 - index) * 200)).toEqual(told)
    expect(standing(many.slice(0, 16), { losses: 16 }).map(({ title }) => title)).toEqual([
      'orders, partition 0: 16 records lost unread',
    ])
  })

  it('loses nothing of a day to a note that comes when the next day has begun', () => {
    const [first, last] = [lost(10, 709), lost(800, 800, { at: 15 * 3_600_000 - 10_000 })]
    expect(standing([first, last], {}, (index) => index * 610_000).map(({ count }) => count)).toEqual([701])
  })

  it('takes no word of a loss from anybody but the collector', () => {
    expect(standing([lost(10, 12, { format: 'app-json' })])).toEqual([])
  })
})
