// Whoever asks about an event is told what was judged: on every recording, what an alert stands on is said to have held.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { openCountingEngine, storyBatch } from '../../test/support/counting-engine.ts'
import { detectors } from '../catalog.ts'
import { openEngine } from './engine.ts'
import { nearestMiss, outcomeOf, type Trial } from './examination.ts'
import { batchOf, placed, readRecording } from './recording.ts'
import { hash64 } from './stable-hash.ts'
import { standingVerdicts } from './standing.ts'

const recordings = detectors.flatMap((entry) => {
  const folder = fileURLToPath(new URL(`../${entry.id}/recordings/`, import.meta.url))
  return readdirSync(folder).map((name) => [name, entry, readFileSync(folder + name, 'utf8')] as const)
})

const gate = { name: 'g', passed: false, value: 1, limit: 2, unit: '', text: 't' }
const trial = (rung: string, ...gates: readonly Partial<Trial['gates'][number]>[]): Trial => ({
  rule: 'r',
  rung,
  severity: 'high',
  slot: '',
  gates: gates.map((each) => ({ ...gate, ...each })),
})

describe('an event that an alert stands on', () => {
  const checked = new Set<string>()

  it.each(recordings)('is said to hold, and examining changes nothing: %s', (_, entry, text) => {
    const { settings, events } = readRecording(text)
    const engine = openEngine({ detectors: [entry.open(settings)], digest: hash64 })
    const batch = batchOf(placed(events))
    const out: VerdictRecord[] = []
    engine.observe(batch, 0, batch.length, out)
    const held = (): string => JSON.stringify(engine.stageNames.map((name) => [...engine.statesOf(name)]))
    const before = held()
    const cursor = openEventCursor()
    for (let row = 0; row < batch.length; row++) {
      cursor.at(batch, row)
      const event = plainEvent(cursor)
      const trials = engine
        .examine(event)
        .flatMap(({ keyspace, key, examination }) =>
          (examination?.trials ?? []).map((each) => ({ ...each, entity: each.entity ?? { keyspace, key } })),
        )
      for (const { verdict } of standingVerdicts(out).values()) {
        const { keyspace, key } = verdict.entity
        const ofRule = trials.filter(
          ({ rule, entity }) => rule === verdict.rule && entity.keyspace === keyspace && entity.key === key,
        )
        const finding = verdict.findings.find(({ eventId }) => eventId === event.eventId)
        if (finding === undefined || ofRule.length === 0) continue
        checked.add(`${entry.id} ${verdict.rule}`)
        // What only informs, by itself or among many of its kind.
        const outcomes = finding.severity === 'info' ? ['held', 'info'] : ['held']
        expect(ofRule.map(outcomeOf)).toEqual(expect.arrayContaining([expect.toBeOneOf(outcomes)]))
        expect(ofRule.map(({ slot }) => slot)).toContain(verdict.slot)
      }
    }
    expect(held()).toBe(before)
  })

  it('was among them for the rules that recordings tell of', () => {
    expect([...checked]).toEqual(
      expect.arrayContaining([
        'refund-burst refund-burst',
        'refund-burst duplicate-refund',
        'refund-burst refund-probing',
        'unexpected-caller new-edge',
        'unexpected-caller probing',
        'token-replay shared-token',
        'token-replay token-without-key',
        'token-replay used-after-end',
        'token-replay replayed-artefact',
        'token-replay in-mesh-theft',
        'refresh-token-reuse refresh-token-reuse',
      ]),
    )
  })
})

describe('an outcome', () => {
  it.each([
    ['held', [{ passed: true }, { passed: true, lowers: true }]],
    ['info', [{ passed: true }, { passed: false, lowers: true }]],
    ['failed', [{ passed: false }, { passed: true, lowers: true }]],
  ] as const)('is %s', (outcome, gates) => {
    expect(outcomeOf(trial('any', ...gates))).toBe(outcome)
  })
})

describe('the nearest miss', () => {
  it.each([
    ['is the rung with the best figure', [trial('far', { value: 1, limit: 5 }), trial('near', { value: 4, limit: 5 })]],
    [
      'is the one with fewer gates left',
      [trial('far', { value: 9, limit: 10 }, {}), trial('near', { value: 1, limit: 10 })],
    ],
    ['is what held as info first', [trial('far', { value: 9, limit: 10 }), trial('near', { lowers: true, value: 0 })]],
    [
      'knows a time that was too long',
      [trial('far', { value: 60, limit: 6 }), trial('near', { value: 6.5, limit: 6 })],
    ],
    ['says nothing of what held', [trial('held', { passed: true }), trial('near', {})]],
    ['is the first of equals', [trial('near', { value: 'a', limit: 'b' }), trial('far', { value: 'a', limit: 'b' })]],
  ])('%s', (_, trials) => {
    expect(nearestMiss(trials)?.rung).toBe('near')
  })

  it('is none where everything held', () => {
    expect(nearestMiss([trial('held', { passed: true })])).toBeUndefined()
  })
})

describe('a detector that does not examine', () => {
  it('is asked for its keys only', () => {
    const engine = openCountingEngine()
    const batch = storyBatch([{ subject: 'alice', client: 'web' }])
    engine.observe(batch, 0, 1, [])
    const cursor = openEventCursor()
    cursor.at(batch, 0)
    const event = plainEvent(cursor)
    expect(engine.examine(event)).toMatchObject([
      { stage: 'by-subject', key: 'alice', untaken: '', examination: undefined },
      { stage: 'by-client', untaken: 'key-unknown' },
    ])
    expect(engine.examine({ ...event, subject: 'x'.repeat(5_000) })[0]).toMatchObject({ untaken: 'not-held' })
    expect(engine.examine({ ...event, subject: '' })[0]).toMatchObject({ untaken: 'no-key' })
    expect(engine.examine({ ...event, tenant: 'other' })[0]).toMatchObject({ untaken: 'not-held' })
  })
})
