// What an analyst is told who asks why a call raised nothing, or less than it might have.

import { describe, expect, it } from 'vitest'
import { examinedBy } from '../../test/support/asked.ts'
import { minuteMs } from '../calls/hours.ts'
import { type Examination, nearestMiss, outcomeOf, type Trial } from '../engine/examination.ts'
import type { RecordedEvent } from '../engine/recording.ts'
import { unexpectedCallerSettings } from './settings.ts'
import { type Call, callEvent, decisionEvent, engineFor, identity, learnedDay, usual } from './stories.ts'

/** What a stage makes of the last call, after all of them. */
function examined(calls: readonly Call[], settings: unknown = {}, stage = 'by-destination'): Examination {
  return examinedEvents(calls.map(callEvent), settings, stage)
}

function examinedEvents(
  events: readonly RecordedEvent[],
  settings: unknown = {},
  stage = 'by-destination',
): Examination {
  return examinedBy(engineFor(unexpectedCallerSettings.parse(settings)), events, stage)
}

function row({ trials }: Examination, rule: string, rung: string): Trial {
  const trial = trials.find((each) => each.rule === rule && each.rung === rung)
  if (trial === undefined) throw new Error(`no ${rule} ${rung} among ${trials.map((each) => each.rung).join(', ')}`)
  return trial
}

const failedOn = ({ gates }: Trial): readonly string[] => gates.filter(({ passed }) => !passed).map(({ name }) => name)
const learned = [...usual('web', 'pay'), ...usual('cart', 'pay')]

describe('a call on an edge', () => {
  it.each<[string, readonly Call[], unknown, string, string, 'held' | 'info' | 'failed', readonly string[]]>([
    [
      'of a stranger',
      [...learned, { caller: 'evil', destination: 'pay', at: learnedDay(9) }],
      {},
      'new-edge',
      'accepted',
      'held',
      [],
    ],
    [
      'of a known caller',
      [...learned, { caller: 'cart', destination: 'pay', at: learnedDay(9) }],
      {},
      'new-edge',
      'accepted',
      'failed',
      ['caller is not known'],
    ],
    [
      'while learning',
      [{ caller: 'evil', destination: 'pay', at: minuteMs }],
      {},
      'new-edge',
      'accepted',
      'info',
      ['destination is learned'],
    ],
    [
      'that is declared',
      [...learned, { caller: 'evil', destination: 'pay', at: learnedDay(9) }],
      { declared: [{ destination: identity('pay'), allow: [identity('evil')] }] },
      'new-edge',
      'accepted',
      'failed',
      ['declaration'],
    ],
    [
      'that policy should have kept out',
      [...learned, { caller: 'evil', destination: 'pay', at: learnedDay(9) }],
      { declared: [{ destination: identity('pay'), deny: [identity('evil')] }] },
      'new-edge',
      'enforcement-gap',
      'held',
      [],
    ],
    [
      'of a known caller, denied',
      [...learned, { caller: 'cart', destination: 'pay', at: learnedDay(9), status: 403 }],
      {},
      'known-edge',
      'now-denied',
      'held',
      [],
    ],
    [
      'of a known caller, accepted',
      [...learned, { caller: 'cart', destination: 'pay', at: learnedDay(9) }],
      {},
      'known-edge',
      'now-denied',
      'failed',
      ['call was denied'],
    ],
    [
      'that a dry run would block',
      [...learned, { caller: 'cart', destination: 'pay', at: learnedDay(9), shadowPolicy: 'next' }],
      {},
      'would-be-blocked',
      'would-be-blocked',
      'info',
      [],
    ],
  ])('%s', (_, calls, settings, rule, rung, outcome, failed) => {
    const trial = row(examined(calls, settings), rule, rung)
    expect([outcomeOf(trial), failedOn(trial)]).toEqual([outcome, failed])
  })

  it('says since when a caller is known, and by how much', () => {
    const asked = examined([...learned, { caller: 'cart', destination: 'pay', at: learnedDay(9) }])
    expect(row(asked, 'new-edge', 'accepted').gates[0]?.text).toBe(
      'the caller is known: accepted calls in 3 hours (3 needed), on 1 day (2), from 2 replicas (2) before 2025-03-22T08:59:30.000Z',
    )
  })

  it('names what held as info before what failed as the nearest miss', () => {
    const { trials } = examined([{ caller: 'evil', destination: 'pay', at: minuteMs }])
    expect(nearestMiss(trials)).toMatchObject({ rule: 'new-edge', rung: 'accepted' })
  })

  it('is not judged as others report it while the destination reports itself', () => {
    const { trials, notes } = examined([
      ...learned,
      { caller: 'evil', destination: 'pay', at: learnedDay(9), reporter: 'source' },
    ])
    expect(trials).toEqual([])
    expect(notes).toEqual(['the destination reports itself: what callers and gateways report counts for nothing'])
  })
})

describe('an edge on which a person decided', () => {
  const noon = learnedDay(12)
  const decided = (accepts: boolean) => decisionEvent({ caller: 'evil', destination: 'pay', at: noon, accepts })
  const call = callEvent({ caller: 'evil', destination: 'pay', at: noon + minuteMs })

  it('is known once accepted, and the call says who decided', () => {
    const asked = examinedEvents([...learned.map(callEvent), decided(true), call])
    expect(failedOn(row(asked, 'new-edge', 'accepted'))).toEqual(['caller is not known'])
    expect(asked.notes.join()).toMatch(/decided by \S+: the edge is accepted since 2025-03-22T12:00:00/)
  })

  it('is an enforcement gap once denied', () => {
    const asked = examinedEvents([...learned.map(callEvent), decided(false), call])
    expect(outcomeOf(row(asked, 'new-edge', 'enforcement-gap'))).toBe('held')
    expect(row(asked, 'new-edge', 'enforcement-gap').gates[0]?.text).toMatch(/denied the edge at/)
  })

  it('does not take the decision itself for a call', () => {
    expect(examinedEvents([...learned.map(callEvent), decided(true)])).toEqual({
      trials: [],
      notes: ['it is what a person decided about the edge'],
    })
  })
})

describe('a caller across destinations', () => {
  const denied = (count: number): readonly Call[] =>
    Array.from({ length: count }, (_, at) => ({
      caller: 'evil',
      destination: `d${at}`,
      at: learnedDay(9, at),
      status: 403,
    }))

  it.each([
    [4, 'failed'],
    [5, 'held'],
  ] as const)('that %s of them denied within ten minutes', (count, outcome) => {
    const trial = row(examined(denied(count), {}, 'by-caller'), 'probing', '5-in-10m')
    expect(outcomeOf(trial)).toBe(outcome)
    expect(trial.gates[0]).toMatchObject({ value: count, limit: 5 })
  })
})
