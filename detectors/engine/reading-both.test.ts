// A stage may read events and, under the same keys, what earlier stages make of them.

import { describe, expect, it } from 'vitest'
import { type CountingSettings, countingDetector } from '../../test/support/counting-detector.ts'
import { type DetectorDeclaration, defineStage } from './detector.ts'
import { openEngine } from './engine.ts'
import { detectorEntry } from './entry.ts'
import { batchOf, placed, recordedEvent } from './recording.ts'
import { hash64 } from './stable-hash.ts'

/** The counting detector with one stage more, by client: reads every action, and who reached the limit there. */
function withBoth(
  from: string,
  options: { readonly eventsOpen?: false } = {},
): { detector: DetectorDeclaration<CountingSettings>; read: string[] } {
  const counting = countingDetector()
  const read: string[] = []
  const both = defineStage<{ heard: number }, CountingSettings>({
    id: 'both',
    keyspace: 'client',
    reads: 'events',
    kinds: ['action'],
    from: [from],
    ...options,
    open: () => ({ heard: 0 }),
    keyOf: ({ client }) => client,
    observe(state, { subject }) {
      read.push(`event ${subject} after ${state.heard}`)
      return { state }
    },
    observeSignal(state, { facts }) {
      state.heard += 1
      read.push(`signal ${facts.subject}`)
      return { state }
    },
    spentAfter: () => Number.POSITIVE_INFINITY,
  })
  return { detector: { ...counting, stages: [...counting.stages, both] }, read }
}

describe('a stage that reads events and signals', () => {
  it('hears what earlier stages make of an event before the event, in one state', () => {
    const { detector, read } = withBoth('by-subject')
    const engine = openEngine({ detectors: [detectorEntry(detector).open({})], digest: hash64 })
    const action = (subject: string, eventAt: number) =>
      recordedEvent({ kind: 'action', action: 'counted', subject, client: 'app', eventAt })
    engine.observe(batchOf(placed([action('anna', 1_000), action('anna', 2_000), action('ben', 3_000)])), 0, 3, [])
    expect(read).toEqual(['event anna after 0', 'signal anna', 'event anna after 1', 'event ben after 1'])
  })

  it('may have its keys opened by signals only: until then events say nothing to it', () => {
    const { detector, read } = withBoth('by-subject', { eventsOpen: false })
    const engine = openEngine({ detectors: [detectorEntry(detector).open({})], digest: hash64 })
    const action = (subject: string, client: string, eventAt: number) =>
      recordedEvent({ kind: 'action', action: 'counted', subject, client, eventAt })
    const rows = [
      action('anna', 'app', 1_000),
      action('anna', 'app', 2_000),
      action('ben', 'app', 3_000),
      action('cleo', 'web', 4_000),
    ]
    engine.observe(batchOf(placed(rows)), 0, rows.length, [])
    expect(read).toEqual(['signal anna', 'event anna after 1', 'event ben after 1'])
  })

  it('may name only stages declared before it', () => {
    expect(() => detectorEntry(withBoth('both').detector).open({})).toThrow(
      'stage "both" reads from "both", which no earlier stage is',
    )
  })
})
