// A plan grows with what is asked of it, never falls below what may fail, and says where each of its figures is from.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { root } from '../../test/architecture/source-files.ts'
import { type Figures, ownFigures, ownPrices, parseFigures, valuesOf } from './figures.ts'
import { type FleetPlan, planFleet } from './plan.ts'
import { type Wish, wishSchema } from './wish.ts'

const figures = valuesOf(ownFigures)
const plan = (wish: Partial<Wish>, of: Figures = figures): FleetPlan =>
  planFleet(wishSchema.parse({ eventsPerSecond: 10_000, ...wish }), of, ownPrices)

const rate = fc.integer({ min: 1, max: 100_000_000 })
const wishes = fc.record({
  eventsPerSecond: rate,
  bytesPerEvent: fc.integer({ min: 50, max: 100_000 }),
  retentionDays: fc.integer({ min: 1, max: 3_650 }),
  logHours: fc.integer({ min: 1, max: 2_160 }),
  heaviestKeyShare: fc.double({ min: 0, max: 1, noNaN: true }),
})

/** Everything of a plan that is counted or paid. */
function amounts({ roles, log, store, cost }: FleetPlan): Readonly<Record<string, number>> {
  return {
    ...Object.fromEntries(
      roles.flatMap((each) => [
        [each.role, each.processes],
        [`${each.role} GiB`, each.gibibytes],
      ]),
    ),
    ...Object.fromEntries(Object.entries(log).map(([name, value]) => [`log ${name}`, value])),
    ...Object.fromEntries(Object.entries(store).map(([name, value]) => [`store ${name}`, value])),
    ...Object.fromEntries(Object.entries(cost).map(([name, value]) => [`cost ${name}`, value])),
  }
}

function expectNoLess(more: FleetPlan, less: FleetPlan): void {
  const before = amounts(less)
  for (const [name, value] of Object.entries(amounts(more)))
    expect(value, name).toBeGreaterThanOrEqual(before[name] ?? Number.NaN)
}

describe('a plan', () => {
  it('needs no less of anything for more events', () => {
    fc.assert(
      fc.property(wishes, rate, (wish, other) => {
        const { eventsPerSecond } = wish
        const more = plan({ ...wish, eventsPerSecond: Math.max(eventsPerSecond, other) })
        expectNoLess(more, plan({ ...wish, eventsPerSecond: Math.min(eventsPerSecond, other) }))
      }),
    )
  })

  it.each([
    ['bytesPerEvent', 50],
    ['retentionDays', 1],
    ['logHours', 1],
  ] as const)('needs no less of anything for more %s', (name, least) => {
    fc.assert(
      fc.property(wishes, fc.double({ min: 0, max: 1, noNaN: true }), (wish, share) => {
        const fewer = Math.max(least, Math.floor(wish[name] * share))
        expectNoLess(plan(wish), plan({ ...wish, [name]: fewer }))
      }),
    )
  })

  it('lets one of everything fail, whatever the rate', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const { roles, log, store } = plan(wish)
        for (const { role, processes } of roles) expect(processes, role).toBeGreaterThanOrEqual(2)
        expect(log.brokers).toBeGreaterThanOrEqual(3)
        expect(store.shards).toBeGreaterThanOrEqual(1)
        expect(store.replicas).toBeGreaterThanOrEqual(2)
      }),
    )
  })

  it('carries what was asked for', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const { capacities, log, roles } = plan(wish)
        for (const { name, eventsPerSecond } of capacities)
          expect(eventsPerSecond, name).toBeGreaterThanOrEqual(wish.eventsPerSecond)
        const normalizing = roles.find(({ role }) => role === 'normalize')?.processes ?? 0
        expect(log.ingestPartitions).toBeGreaterThanOrEqual(2 * normalizing)
        expect(log.keyedPartitions).toBeLessThanOrEqual(256)
        expect(Math.log2(log.keyedPartitions) % 1).toBe(0)
      }),
    )
  })

  it('tells the part that is full first, and the limit that is nearest', () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const { capacities, ceilings } = plan(wish)
        expect(capacities[0]?.eventsPerSecond).toBe(Math.min(...capacities.map((each) => each.eventsPerSecond)))
        expect(ceilings[0]?.used).toBe(Math.max(...ceilings.map(({ used }) => used)))
      }),
    )
  })

  it('says that one key cannot be split, where the heaviest takes more than a core', () => {
    const microseconds = figures.detectMicroseconds + figures.frameDecodeMicroseconds
    const ofCore = (share: number): number => Math.round((share * 1e6) / microseconds / 0.1)
    const heavy = (share: number) =>
      plan({ eventsPerSecond: ofCore(share) }).ceilings.find(({ name }) => name === 'one heavy key')?.used
    expect(heavy(0.5)).toBeCloseTo(0.5, 3)
    expect(heavy(1.5)).toBeCloseTo(1.5, 3)
  })

  it('says whether one machine would do', () => {
    expect(plan({ eventsPerSecond: 30_000 }).fitsOneMachine).toBe(true)
    expect(plan({ eventsPerSecond: 60_000 }).fitsOneMachine).toBe(false)
  })
})

describe('figures', () => {
  const results = readFileSync(join(root, 'test/benchmarks/RESULTS.md'), 'utf8')
  const sections = new Map(results.split(/^#+ /m).map((text) => [text.split('\n')[0], text] as const))
  const measured = Object.entries(ownFigures).flatMap(([name, figure]) =>
    'measured' in figure ? [[name, figure.value, figure.measured] as const] : [],
  )

  it.each(measured)('%s, %s, stands in the results that it names', (_, value, from) => {
    const section = sections.get(/RESULTS\.md, (.+)$/.exec(from)?.[1])
    expect(section).toContain(value < 1_000 ? String(value) : value.toLocaleString('en-US'))
  })

  it('are refused without an origin, and where one is missing', () => {
    const { stateBytes: _, ...others } = ownFigures
    expect(() => parseFigures(others)).toThrow(/stateBytes/)
    expect(() => parseFigures({ ...ownFigures, stateBytes: { value: 1, unit: 'bytes' } })).toThrow(/stateBytes/)
  })
})
