// What an analyst is told who asks why refunds raised nothing, or why not more.

import { describe, expect, it } from 'vitest'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import { examinedBy, rung } from '../../test/support/asked.ts'
import { type Fields, refund, start, three } from '../../test/support/refund-stories.ts'
import { openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { type Examination, nearestMiss, outcomeOf, type Trial } from '../engine/examination.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { refundBurst } from './refund-burst.ts'

/** What the stage makes of the story's event at `index`, after all of it. */
function examined(
  stories: readonly Fields[],
  index: number,
  settings: unknown = {},
  stage = 'by-beneficiary',
): Examination {
  const engine = openEngine({ detectors: [detectorEntry(refundBurst).open(settings)], digest: hash64 })
  return examinedBy(engine, stories.map(recordedEvent), stage, index)
}

const texts = ({ gates }: Trial): readonly string[] => gates.filter(({ passed }) => !passed).map(({ text }) => text)

describe('two refunds within six seconds', () => {
  const asked = examined(three().slice(1), 0)

  it('miss the rung of three by one', () => {
    expect(outcomeOf(rung(asked, '3-in-6s'))).toBe('failed')
    expect(texts(rung(asked, '3-in-6s'))).toEqual(['2 distinct refunds in 6 s; limit 3'])
  })

  it('name that rung as the nearest miss', () => {
    expect(nearestMiss(asked.trials)?.rung).toBe('3-in-6s')
  })

  it('belong to the slot of the alert that they did not raise', () => {
    expect(rung(asked, '3-in-6s').slot).toBe('2025-03-14T11:00:00.000Z')
  })
})

describe('an event among refunds that fired', () => {
  it.each([0, 1, 2])('passes every gate of the rung, whichever of the three it is', (index) => {
    const trial = rung(examined(three(), index), '3-in-6s')
    expect(outcomeOf(trial)).toBe('held')
    expect(trial.gates.map(({ value, limit }) => [value, limit])).toEqual([
      [3, 3],
      [3, 2],
    ])
  })
})

describe('what kept refunds from an alert', () => {
  it.each<[string, Fields[], number, unknown, string, 'failed' | 'info', readonly string[]]>([
    [
      'a third one half a second too late',
      [refund(0), refund(3), refund(6.5)],
      1,
      {},
      '3-in-6s',
      'failed',
      ['2 distinct refunds in 6 s; limit 3; 3 took 6.5 s'],
    ],
    [
      'one payment in parts',
      [0, 2, 4].map((at) => refund(at, { payment: 'P' })).map((each, at) => ({ ...each, amountMinor: 100 + at })),
      2,
      {},
      '3-in-6s',
      'info',
      ['1 known payment among them; limit 2'],
    ],
    [
      'a sandbox',
      three({ environment: 'Sandbox' }),
      0,
      {},
      '3-in-6s',
      'info',
      ['it happened in "Sandbox", which is a sandbox'],
    ],
    [
      'an exception',
      three({ workload: 'job', route: '/bulk' }),
      0,
      {
        exceptions: [
          {
            workload: 'job',
            route: '/bulk',
            ticket: 'T-1',
            expiresAt: '2030-01-01T00:00:00Z',
            author: 'a',
            reason: 'r',
          },
        ],
      },
      '3-in-6s',
      'failed',
      ['an exception covers it: ticket T-1'],
    ],
  ])('%s is said with its figures', (_, stories, index, settings, name, outcome, expected) => {
    const trial = rung(examined(stories, index, settings), name)
    expect(outcomeOf(trial)).toBe(outcome)
    expect(texts(trial)).toEqual(expected)
  })

  it.each<[string, Fields[], number, string]>([
    [
      'a retry',
      [refund(0, { operationId: 'rf' }), refund(2, { operationId: 'rf' })],
      1,
      'it is the same refund as the one told by event',
    ],
    [
      'a refund taken back',
      [refund(0), refund(2, { operationId: 'rf-0', outcome: 'reversed' })],
      0,
      'a later record takes the refund back',
    ],
    [
      'a taking back',
      [refund(0), refund(2, { operationId: 'rf-0', outcome: 'reversed' })],
      1,
      'it takes a refund back',
    ],
    ['a second payout', [refund(0, { payment: 'P' }), refund(2, { payment: 'P' })], 1, 'in a burst the two count once'],
  ])('%s is said in words', (_, stories, index, note) => {
    expect(examined(stories, index).notes.join()).toContain(note)
  })

  it('counts users for an actor, who needs several', () => {
    const asked = examined(three({ actor: 'bob' }), 0, {}, 'by-actor')
    expect(texts(rung(asked, '3-in-6s'))).toEqual(['1 user among them; limit 2'])
  })

  it('gives agents their own limit', () => {
    const asked = examined(three({ actor: 'bob' }), 0, { agents: { actors: ['bob'] } }, 'by-actor')
    expect(asked.trials.map((trial) => trial.rung)).toEqual(['31-in-1min'])
  })

  it('shows attacker-written text bounded and without control characters', () => {
    const environment = `Test${'\n\u202e'.repeat(400)}`
    const asked = examined(three({ environment: 'test', payment: environment }), 0)
    expect(JSON.stringify(asked.trials)).not.toMatch(/\\n|\u202e/)
  })
})

describe('what is forgotten', () => {
  it('is said of an event that its key does not hold', () => {
    const engine = openEngine({ detectors: [detectorEntry(refundBurst).open({})], digest: hash64 })
    const batch = batchOf(placed([recordedEvent(refund(0)), recordedEvent(refund(5, { subject: 'USR-2' }))]))
    engine.observe(batch, 0, 1, [])
    const cursor = openEventCursor()
    cursor.at(batch, 1)
    const other = { ...plainEvent(cursor), eventAt: start }
    expect(engine.examine(other)[0]).toMatchObject({ untaken: 'not-held', key: 'USR-2' })
    expect(engine.examine({ ...other, subject: 'USR-1' })[0]?.examination).toMatchObject({
      forgotten: true,
      trials: [],
    })
    expect(engine.examine({ ...other, subject: '' })[0]).toMatchObject({ untaken: 'no-key', key: '' })
    expect(engine.examine({ ...other, kind: 'access' })[0]).toMatchObject({ untaken: 'kind' })
    expect(engine.examine({ ...other, skew: 1 })[0]).toMatchObject({ untaken: 'skew' })
    expect(engine.examine({ ...other, realm: 'exercise:x', subject: 'USR-1' })[0]).toMatchObject({
      untaken: 'not-held',
    })
  })
})
