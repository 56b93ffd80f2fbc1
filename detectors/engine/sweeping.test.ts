// Keys that nobody touches go to rest, but for those that would be dear to wake.

import { describe, expect, it } from 'vitest'
import { countingDetector } from '../../test/support/counting-detector.ts'
import { type DetectorDeclaration, defineStage } from './detector.ts'
import { openEngine } from './engine.ts'
import { detectorEntry } from './entry.ts'
import { batchOf, placed, recordedEvent } from './recording.ts'
import { hash64 } from './stable-hash.ts'

describe('a key that nobody touched over two sweeps', () => {
  it.each([
    ['rests with few entries: what is looked at is a copy', 16, false],
    ['stays awake with many: it is the state itself', 17, true],
  ])('%s', (_, weight, isAwake) => {
    const counting = countingDetector()
    const stage = defineStage({
      id: 'weighing',
      keyspace: 'subject',
      reads: 'events',
      kinds: ['action'],
      open: () => ({ entries: weight }),
      keyOf: ({ subject }) => subject,
      observe: (state) => ({ state, weight }),
      spentAfter: () => Number.POSITIVE_INFINITY,
    })
    const detector = { ...counting, stages: [stage] } as DetectorDeclaration<unknown>
    const engine = openEngine({ detectors: [detectorEntry(detector).open({})], digest: hash64 })
    const event = recordedEvent({ kind: 'action', action: 'counted', subject: 'anna', eventAt: 1_000 })
    engine.observe(batchOf(placed([event])), 0, 1, [])
    for (const seconds of [0, 60, 120]) engine.tick(1_000 + seconds * 1_000)
    const [first, second] = [1, 2].map(() => [...engine.statesOf(engine.stageNames[0] ?? '')][0]?.state)
    expect(first).toEqual({ entries: weight })
    expect(first === second).toBe(isAwake)
  })
})
