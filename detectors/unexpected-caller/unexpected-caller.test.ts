// Whatever the order, the copies, the batches and the restarts: the same alerts stand, and they are what the rules say.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { dayMs, hourMs, minuteMs } from '../calls/hours.ts'
import type { Engine } from '../engine/engine.ts'
import { batchOf, type PlacedEvent, placed, type RecordedEvent } from '../engine/recording.ts'
import { canonicalStanding } from '../engine/standing.ts'
import { evaluateNaively, naiveCall, naiveDecision } from './naive-evaluation.ts'
import { unexpectedCallerSettings } from './settings.ts'
import { type Call, callEvent, decisionEvent, engineFor, identity, lastVerdicts, latenessMs } from './stories.ts'

// Small thresholds, so that short stories cross every one of them.
const settings = unexpectedCallerSettings.parse({
  learning: { fullDays: 2, shortHours: 24, shortCalls: 10 },
  quarantineDays: 3,
  dormantDays: 3,
  // No two hours of a story are that far apart: see the room's README on the border of a pause.
  forgottenDays: 5.5,
  probing: { targets: 3 },
  scanning: { templates: 2 },
  declared: [{ destination: identity('d1'), allow: [identity('c0')], deny: [identity('c1')] }],
  sensitiveRoutes: ['POST *'],
  limits: { calls: 1_000 },
})

// With little room alerts count their first calls only, and say that there may be more.
const tight = { ...settings, limits: { ...settings.limits, calls: 10 }, quietMinutes: 2 }

const when = fc
  .record({
    day: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 16 })),
    hour: fc.integer({ min: 0, max: 5 }),
    minute: fc.constantFrom(0, 1, 5, 11, 59),
    second: fc.constantFrom(0, 1, 29, 31, 59),
    ms: fc.constantFrom(0, 0, 1, 500),
  })
  .map(({ day, hour, minute, second, ms }) => day * dayMs + hour * hourMs + minute * minuteMs + second * 1_000 + ms)
const caller = fc.integer({ min: 0, max: 3 }).map((name) => `c${name}`)
const destination = fc.integer({ min: 0, max: 4 }).map((name) => `d${name}`)
const status = fc.constantFrom(200, 200, 200, 500, 403, 403)

// One call with everything about it open.
const anyCall = fc
  .record({
    caller,
    destination,
    at: when,
    status,
    instance: fc.constantFrom('10.0.0.0', '10.0.0.1', ''),
    requestId: fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 9 }).map(String)),
    method: fc.constantFrom('GET', 'POST'),
    route: fc.constantFrom('/v1/a', '/v1/b', ''),
    scope: fc.constantFrom('', 'read', 'read write', 'admin'),
    shadowPolicy: fc.constantFrom('', '', '', 'next'),
  })
  .map((call): readonly Call[] => [call])
// What makes an edge known, or its denials usual.
const habit = fc
  .record({
    caller,
    destination,
    at: when,
    status: fc.constantFrom(200, 200, 200, 403),
    hours: fc.constantFrom(2, 3, 4),
  })
  .map(({ hours, at, ...call }): readonly Call[] =>
    Array.from({ length: hours }, (_, hour) => ({
      ...call,
      at: at + hour * hourMs,
      instance: `10.0.0.${hour}`,
      scope: 'read',
    })),
  )
// One caller at several doors within a short time.
const round = fc
  .record({
    caller,
    at: when,
    status,
    doors: fc.integer({ min: 2, max: 5 }),
    everyMs: fc.constantFrom(400, 30_000, 200_000),
  })
  .map(({ doors, everyMs, at, ...call }): readonly Call[] =>
    Array.from({ length: doors }, (_, door) => ({ ...call, destination: `d${door}`, at: at + door * everyMs })),
  )
// One caller trying many routes, or the same one again and again.
const spree = fc
  .record({
    caller,
    destination,
    at: when,
    status,
    calls: fc.oneof(fc.integer({ min: 2, max: 6 }), fc.constant(25)),
    everyMs: fc.constantFrom(1_000, 500_000, 1_500_000),
    scope: fc.constantFrom('read', 'admin'),
  })
  .map(({ calls, everyMs, at, ...call }): readonly Call[] =>
    Array.from({ length: calls }, (_, nth) => ({ ...call, at: at + nth * everyMs, route: `/v1/${nth}` })),
  )

const decisionsOfPeople = fc
  .record({ caller, destination, at: when, accepts: fc.boolean() })
  .map((decided) => [decisionEvent(decided)])
// A usual day of one edge, in the middle of which a person decides.
const ruling = fc
  .record({
    caller,
    destination,
    at: when,
    accepts: fc.boolean(),
    decidedAt: fc.constantFrom(3, 3.5, 3.75, 30).map((hours) => hours * hourMs),
    around: fc.array(fc.integer({ min: -40_000, max: 40_000 }), { maxLength: 6 }),
    status,
  })
  .map(({ at, accepts, decidedAt, around, status: reply, ...edge }) => [
    ...[0, 1, 2, 3, 3.25].map((hours, nth) =>
      callEvent({ ...edge, at: at + hours * hourMs, instance: `10.0.0.${nth}`, scope: 'read' }),
    ),
    decisionEvent({ ...edge, accepts, at: at + decidedAt }),
    ...around.map((ms) => callEvent({ ...edge, at: at + decidedAt + ms, status: reply, scope: 'read' })),
  ])
const calls = fc.oneof(anyCall, habit, habit, round, spree).map((made) => made.map(callEvent))

const stories = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: calls },
      { weight: 1, arbitrary: decisionsOfPeople },
      { weight: 1, arbitrary: ruling },
    ),
    {
      minLength: 2,
      maxLength: 16,
      size: 'max',
    },
  )
  .map((chapters) =>
    chapters.flat().filter(({ digest }, index, all) => all.findIndex((other) => other.digest === digest) === index),
  )

function fold(engine: Engine, events: readonly PlacedEvent[], from = 0, to = events.length): VerdictRecord[] {
  const out: VerdictRecord[] = []
  engine.observe(batchOf(events), from, to, out)
  return out
}

const isDecision = ({ fields }: RecordedEvent): boolean => fields.kind === 'action'
/** Calls come late; a decision is stamped when it is appended. */
const delayOf = (event: RecordedEvent | undefined, delayMs: number): number =>
  event !== undefined && isDecision(event) ? 0 : delayMs

const idOf = (event: RecordedEvent): string => batchOf(placed([event])).columns.eventId.text(0)

function inOrder(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return events
    .map((event) => ({ event, id: idOf(event) }))
    .sort((a, b) => a.event.fields.eventAt - b.event.fields.eventAt || (a.id < b.id ? -1 : 1))
    .map(({ event }) => event)
}

const callRules = ['new-edge', 'known-edge', 'grant-denied', 'would-be-blocked', 'probing', 'new-identity']

function asNaive(records: readonly VerdictRecord[]) {
  return new Map(
    lastVerdicts(records)
      .filter(({ rule }) => callRules.includes(rule))
      .map((verdict) => [
        `${verdict.rule} ${verdict.entity.name} ${verdict.slot}`,
        { severity: verdict.severity, findings: verdict.findings.map(({ eventId }) => eventId).sort() },
      ]),
  )
}

const sorted = <Value>(map: ReadonlyMap<string, Value>): readonly [string, Value][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1))

describe('unexpected-caller over any story', () => {
  it('says what the rules say over the sorted set', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.integer({ min: 0, max: latenessMs })), (events, delays) => {
        const naive = evaluateNaively(
          inOrder(events)
            .filter((event) => !isDecision(event))
            .map((event) => naiveCall(event, idOf(event))),
          settings,
          latenessMs,
          inOrder(events)
            .filter(isDecision)
            .map((event) => naiveDecision(event, idOf(event))),
        )
        const records = fold(
          engineFor(settings),
          placed(events, (index) => delayOf(events[index], delays[index % Math.max(1, delays.length)] ?? 0)),
        )
        expect(sorted(asNaive(records))).toEqual(sorted(naive))
      }),
      { numRuns: 300 },
    )
  })

  it('stands the same in any order within the lateness, with copies, in any batches', () => {
    const arrivals = fc.record({
      room: fc.constantFrom(settings, tight),
      events: stories,
      delays: fc.array(fc.integer({ min: 0, max: latenessMs }), { minLength: 400, maxLength: 400 }),
      copies: fc.array(fc.nat(), { maxLength: 20 }),
      cuts: fc.array(fc.nat(), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(arrivals, ({ room, events, delays, copies, cuts }) => {
        const straight = canonicalStanding(fold(engineFor(room), placed(inOrder(events))))
        const again = copies.flatMap((copy) => events[copy % events.length] ?? [])
        const all = [...events, ...again]
        const arrived = placed(all, (index) => delayOf(all[index], delays[index] ?? 0))
        const engine = engineFor(room)
        const batch = batchOf(arrived)
        const out: VerdictRecord[] = []
        const ends = [...cuts.map((cut) => cut % arrived.length), arrived.length].sort((a, b) => a - b)
        for (const [index, end] of ends.entries())
          engine.observe(batch, index === 0 ? 0 : (ends[index - 1] ?? 0), end, out)
        expect(canonicalStanding(out)).toBe(straight)
        for (const { late } of out) expect(late).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('stands the same in any order at all when everything arrives within the lateness', () => {
    const atOnce = unexpectedCallerSettings.parse({ ...settings, learningClock: 'event-time', forgottenDays: 45 })
    fc.assert(
      fc.property(stories, fc.array(fc.nat(), { minLength: 100, maxLength: 100 }), (events, order) => {
        const arrive = (each: readonly RecordedEvent[]): PlacedEvent[] =>
          each.map((event, offset) => ({ event, offset, appendedAt: Date.parse('2025-06-01T00:00:00.000Z') + offset }))
        const shuffled = [...events].sort(
          (a, b) =>
            (order[events.indexOf(a)] ?? 0) - (order[events.indexOf(b)] ?? 0) || events.indexOf(a) - events.indexOf(b),
        )
        const straight = canonicalStanding(fold(engineFor(atOnce), arrive(inOrder(events))))
        expect(canonicalStanding(fold(engineFor(atOnce), arrive(shuffled)))).toBe(straight)
      }),
      { numRuns: 300 },
    )
  })

  it('goes on after a restart at any row as if there had been none', () => {
    fc.assert(
      fc.property(stories, fc.nat(), (events, cutAt) => {
        const arrived = placed(events, (index) => delayOf(events[index], (index * 7_919) % latenessMs))
        const straight = canonicalStanding(fold(engineFor(settings), arrived))
        const before = engineFor(settings)
        const cut = cutAt % (arrived.length + 1)
        const out = fold(before, arrived, 0, cut)
        const after = engineFor(settings)
        for (const { stage, group } of [...before.groups()])
          after.restore(JSON.parse(JSON.stringify(before.takeSnapshot(stage, group))))
        out.push(...fold(after, arrived, cut))
        expect(canonicalStanding(out)).toBe(straight)
      }),
      { numRuns: 200 },
    )
  })
})
