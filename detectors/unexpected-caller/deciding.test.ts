// What becomes of an edge that a person accepted or denied.

import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../calls/hours.ts'
import { placed, type RecordedEvent } from '../engine/recording.ts'
import { canonicalStanding } from '../engine/standing.ts'
import { heldEdges } from './edge-facts.ts'
import { unexpectedCallerSettings } from './settings.ts'
import type { DestinationState } from './state.ts'
import {
  type Call,
  callEvent,
  decisionEvent,
  type EdgeDecided,
  engineFor,
  foldPlaced,
  identity,
  lastVerdicts,
  latenessMs,
  learnedDay,
  told,
  usual,
} from './stories.ts'

// Checkout keeps payments learned; cart is known elsewhere, so that it is no new identity.
const background = [...usual('checkout', 'payments'), ...usual('cart', 'orders')].map(callEvent)
const known = usual('cart', 'payments').map(callEvent)
const call = (at: number, more: Partial<Call> = {}): RecordedEvent =>
  callEvent({ caller: 'cart', destination: 'payments', at, ...more })
const decide = (accepts: boolean, at: number, more: Partial<EdgeDecided> = {}): RecordedEvent =>
  decisionEvent({ caller: 'cart', destination: 'payments', at, accepts, ...more })
const accept = (at: number, more?: Partial<EdgeDecided>) => decide(true, at, more)
const deny = (at: number, more?: Partial<EdgeDecided>) => decide(false, at, more)
const noon = learnedDay(12)
const listDenies = { declared: [{ destination: '*/sa/payments', allow: [identity('checkout')], deny: [] }] }
const listAllows = { declared: [{ destination: '*/sa/payments', allow: ['*'], deny: [] }] }

function alerts(events: readonly RecordedEvent[], settings: unknown = {}): readonly string[] {
  const records = foldPlaced(engineFor(settings), placed([...background, ...events]))
  return told(records).filter((line) => line.includes('cart → payments'))
}

describe('an edge on which a person decided', () => {
  it.each<readonly [string, readonly RecordedEvent[], unknown, readonly string[]]>([
    ['raises nothing once accepted, at once', [accept(noon), call(noon + 2_001)], {}, []],
    [
      'raised before, which stands',
      [call(noon), accept(noon + minuteMs), call(noon + hourMs)],
      {},
      ['new-edge high cart → payments (accepted)'],
    ],
    [
      'is not yet accepted for a call that may have come before the decision',
      [accept(noon), call(noon + 2_000)],
      {},
      ['new-edge high cart → payments (accepted)'],
    ],
    [
      'raises when denied, known or not',
      [...known, deny(noon), call(noon + minuteMs)],
      {},
      ['known-edge critical cart → payments (enforcement-gap)'],
    ],
    ['… or new', [deny(noon), call(noon + minuteMs)], {}, ['new-edge critical cart → payments (enforcement-gap)']],
    [
      '… whatever the settings allow',
      [...known, deny(noon), call(noon + minuteMs)],
      listAllows,
      ['known-edge critical cart → payments (enforcement-gap)'],
    ],
    ['goes by the newest decision: accepted again', [deny(noon), accept(noon + 1_000), call(noon + minuteMs)], {}, []],
    [
      'goes by the newest decision: denied after all',
      [accept(noon), deny(noon + 1_000), call(noon + minuteMs)],
      {},
      ['new-edge critical cart → payments (enforcement-gap)'],
    ],
    [
      'stays an enforcement gap where a list denies it: no acceptance opens that',
      [accept(noon), call(noon + minuteMs)],
      listDenies,
      ['known-edge critical cart → payments (enforcement-gap)'],
    ],
    [
      'is told when it is then denied by policy, like every known caller',
      [accept(noon), call(noon + minuteMs, { status: 403 })],
      {},
      ['known-edge medium cart → payments (now-denied)'],
    ],
    [
      'is new again once it was forgotten',
      [
        accept(noon),
        ...[0, 5, 10].map((day) => callEvent({ caller: 'checkout', destination: 'payments', at: noon + day * dayMs })),
        call(noon + 11 * dayMs),
      ],
      { forgottenDays: 10 },
      ['new-edge high cart → payments (accepted)'],
    ],
    [
      'is decided on by decisions alone, not by a log line that looks like one',
      [accept(noon, { format: 'eastwest-event' }), call(noon + minuteMs)],
      {},
      ['new-edge high cart → payments (accepted)'],
    ],
  ])('%s', (_, events, settings, expected) => {
    expect(alerts(events, settings)).toEqual(expected)
  })

  it('says who decided, when and why where the decision raised it', () => {
    const events = [
      ...background,
      ...known,
      deny(noon, { by: 'anna', note: 'cart was retired' }),
      call(noon + minuteMs),
    ]
    const verdict = lastVerdicts(foldPlaced(engineFor(), placed(events))).find(
      ({ severity }) => severity === 'critical',
    )
    expect(verdict?.explanation.why[0]).toBe('Decided: anna denied it at 2025-03-22T12:00:00.000Z (cart was retired).')
    expect(verdict?.labels).toMatchObject({ declared: 'deny' })
  })

  it('is judged the same when its decision arrives with copies and after calls that are not settled', () => {
    const events = [
      ...background,
      call(noon),
      deny(noon + 1_000),
      call(noon + 10_000),
      accept(noon + 20_000),
      call(noon + 29_000),
    ]
    const at = learnedDay(13)
    const appended = (each: readonly RecordedEvent[]) =>
      each.map((event, offset) => ({ event, offset, appendedAt: event.fields.eventAt + (offset < 6 ? 0 : at) }))
    const straight = canonicalStanding(foldPlaced(engineFor(), appended(events)))
    expect(straight).toContain('enforcement-gap')
    const shuffled = [...events.slice(0, 6), ...events.slice(6).reverse(), ...events.slice(6)]
    expect(canonicalStanding(foldPlaced(engineFor(), appended(shuffled)))).toBe(straight)
  })

  it('is judged by a decision that an older call came after, in an hour in which nothing else was new', () => {
    const at = noon + 50 * minuteMs
    const late = call(at - 10_000)
    // Settled and known since long: calls of that hour change nothing, and most are not even looked at.
    const usualCalls = [10, 20, 30, 40].map((minute) => call(noon + minute * minuteMs))
    const events = [...background, ...known, ...usualCalls, deny(at), late, call(at + 25_000)]
    const arrived = placed(events, (index) => (events[index] === late ? 20_000 : 0))
    expect(told(foldPlaced(engineFor(), arrived)).filter((line) => line.includes('cart → payments'))).toEqual([
      'known-edge critical cart → payments (enforcement-gap)',
    ])
  })

  it('keeps its newest decisions, and counts those that had to go', () => {
    const many = Array.from({ length: 40 }, (_, nth) => decide(nth % 2 === 0, noon + nth * 60_000))
    const engine = engineFor()
    foldPlaced(engine, placed([...background, ...many]))
    const [counts] = engine.stageCounts()
    expect(counts).toMatchObject({ stage: 'unexpected-caller/by-destination', evictedEntries: 8 })
  })
})

describe('the facts of a decided edge', () => {
  const settings = unexpectedCallerSettings.parse({})
  const factsOf = (events: readonly RecordedEvent[]) => {
    const engine = engineFor()
    foldPlaced(engine, placed([...background, ...events]))
    return (
      [...engine.statesOf('unexpected-caller/by-destination')]
        // States of this stage are what this detector keeps of a destination.
        .flatMap(({ state }) => heldEdges(state as unknown as DestinationState, settings, latenessMs))
        .map((edge) => edge.facts())
        .find(({ caller, destination }) => caller === identity('cart') && destination === identity('payments'))
    )
  }

  it.each([
    ['accepted', [call(noon), accept(noon + minuteMs)], 'known', true],
    ['denied', [...known, deny(noon)], 'denied', false],
    ['accepted before it was ever seen', [accept(noon)], 'known', true],
    ['denied before it was ever seen', [deny(noon)], 'denied', false],
  ] as const)('say that it was %s, by whom and why', (_, events, standing, accepts) => {
    expect(factsOf(events)).toMatchObject({ standing, decision: { accepts, by: 'anna', note: 'release 4.2' } })
  })
})
