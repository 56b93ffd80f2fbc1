// What an exercise knows of edges: what it was given, its own calls, and nothing that is known outside.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { hourMs, minuteMs } from '../calls/hours.ts'
import { placed, type RecordedEvent } from '../engine/recording.ts'
import { canonicalStanding, standingVerdicts } from '../engine/standing.ts'
import {
  callEvent,
  drilled,
  type EdgeGiven,
  engineFor,
  foldPlaced,
  givenBaseline,
  givenEvent,
  latenessMs,
  told,
} from './stories.ts'

const taught: readonly EdgeGiven[] = [
  { caller: 'checkout', destination: 'payments', routes: ['/v1/refunds'] },
  { caller: 'cart', destination: 'orders', reporter: 'destination' },
]
const given = taught.map((edge) => givenEvent(edge))
const call = (caller: string, destination: string, at = 5 * minuteMs, route = '/v1/refunds'): RecordedEvent =>
  drilled(callEvent({ caller, destination, at, route, method: 'GET' }))
const fold = (events: readonly RecordedEvent[], settings: unknown = {}) =>
  foldPlaced(engineFor(settings), placed(events))

/** What stands, without where it was judged. */
function saidAnywhere(records: readonly VerdictRecord[]): string {
  return canonicalStanding(records.map((record) => ({ ...record, realm: '' })))
}

describe('an exercise', () => {
  it.each<readonly [string, readonly RecordedEvent[], unknown, readonly string[]]>([
    ['takes a given edge for known', [...given, call('checkout', 'payments')], {}, []],
    [
      'takes its destination for learned: who else calls it is new',
      [...given, call('cart', 'payments')],
      {},
      ['new-edge high cart → payments (accepted)'],
    ],
    [
      'knows the routes that were given',
      [...given, call('checkout', 'payments', 5 * minuteMs, '/v1/keys')],
      {},
      ['new-route info checkout → payments (new-route)'],
    ],
    ['is still learning where nothing was given', [...given, call('cart', 'ledger')], {}, []],
    [
      'knows nothing of the baseline of the settings',
      [call('cart', 'payments')],
      { baseline: givenBaseline(taught) },
      ['new-edge info cart → payments (accepted)'],
    ],
    [
      'is told anew where an edge is given after its call',
      [call('checkout', 'payments'), ...given.toReversed()],
      {},
      [],
    ],
  ])('%s', (_, events, settings, expected) => {
    expect(told(fold(events, settings), 'info').filter((line) => !line.includes('ledger'))).toEqual(expected)
  })

  it.each<readonly [string, EdgeGiven['reporter'], string, string, readonly string[]]>([
    // A gateway names the client of a token, whom the destination never sees: to that the gateway is the caller.
    ['says nothing of what gateways name, where destinations taught', 'destination', 'shop-web', 'gateway', []],
    ['says it of what gateways name, where they taught', 'others', 'shop-web', 'gateway', ['shop-web']],
    ['says it of what gateways name, where nobody is named', undefined, 'shop-web', 'gateway', ['shop-web']],
    ['knows its edges whoever reports them', 'destination', 'checkout', 'gateway', []],
    ['says nothing of what destinations name, where gateways taught', 'others', 'cart', 'destination', []],
    ['says it of what destinations name, where they taught', 'destination', 'cart', 'destination', ['cart']],
  ])('%s', (_, taughtBy, caller, reporter, named) => {
    const edge = {
      caller: 'checkout',
      destination: 'payments',
      ...(taughtBy === undefined ? {} : { reporter: taughtBy }),
    }
    const event = callEvent({ caller, destination: 'payments', at: 5 * minuteMs, reporter })
    const expected = named.map((each) => `new-edge high ${each} → payments (accepted)`)
    expect(told(fold([givenEvent(edge), drilled(event)]))).toEqual(expected)
    expect(told(fold([event], { baseline: givenBaseline([edge]) }))).toEqual(expected)
  })

  it('names the baseline on what leans on it', () => {
    const [record] = standingVerdicts(fold([...given, call('cart', 'payments')])).values()
    expect(record?.verdict.baseline).toBe('taught')
  })

  it('teaches nobody outside: a record of the live realm gives nothing, and one of another realm neither', () => {
    const live = (at: number) => callEvent({ caller: 'cart', destination: 'payments', at })
    const forged = taught.map((edge) => givenEvent(edge, 'live'))
    expect(told(fold([...forged, ...given, live(5 * minuteMs)]))).toEqual([])
  })

  it('says what a collector says whose settings hold the same baseline', () => {
    const names = fc.constantFrom('checkout', 'cart', 'evil')
    const made = fc.record({
      caller: names,
      destination: fc.constantFrom('payments', 'orders', 'ledger'),
      at: fc.integer({ min: 1, max: 6 * hourMs }),
      status: fc.constantFrom(200, 200, 403),
      route: fc.constantFrom('/v1/refunds', '/v1/keys'),
      reporter: fc.constantFrom('destination', 'destination', 'gateway'),
    })
    const settings = { baseline: givenBaseline(taught) }
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 24 }), (calls) => {
        const events = calls.map((each) => callEvent({ method: 'GET', ...each }))
        const inSettings = saidAnywhere(fold(events, settings))
        expect(saidAnywhere(fold([...given, ...events.map(drilled)]))).toBe(inSettings)
      }),
      { numRuns: 40 },
    )
  })

  it('stands the same in any order, with copies, and after a restart at any row', () => {
    const events = [
      ...given,
      call('checkout', 'payments'),
      call('cart', 'payments', 6 * minuteMs),
      call('evil', 'orders', 7 * minuteMs),
    ]
    const appendedAt = 1_800_000_000_000
    const arrive = (each: readonly RecordedEvent[]) =>
      each.map((event, offset) => ({ event, offset, appendedAt: appendedAt + offset }))
    const straight = canonicalStanding(foldPlaced(engineFor(), arrive(events)))
    expect(straight).toContain('evil')
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), fc.nat(), (order, cutAt) => {
        const arrived = arrive([...order, ...events])
        const cut = cutAt % arrived.length
        const before = engineFor()
        const out = [...foldPlaced(before, arrived.slice(0, cut))]
        const after = engineFor()
        for (const { stage, group } of [...before.groups()])
          after.restore(JSON.parse(JSON.stringify(before.takeSnapshot(stage, group))))
        out.push(...foldPlaced(after, arrived.slice(cut)))
        expect(canonicalStanding(out)).toBe(straight)
      }),
      { numRuns: 40 },
    )
    expect(latenessMs).toBeGreaterThan(events.length * 2)
  })

  it('is bounded: more edges than are kept of a destination say nothing', () => {
    const many = Array.from({ length: 40 }, (_, nth) => givenEvent({ caller: `c${nth + 10}`, destination: 'payments' }))
    const records = fold([...many, call('c10', 'payments'), call('c49', 'payments')], { limits: { edges: 20 } })
    expect(told(records)).toEqual(['new-edge high c49 → payments (accepted)'])
  })
})
