// A stage's keys are the same whether they are awake or at rest: what is held, what is put out by the bounds, and in which order.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from './detector.ts'
import { KeyStates } from './key-states.ts'
import { groupOf, keyHasher } from './stable-hash.ts'

/** Otherwise than as JSON would: what is packed has to be unpacked. */
const packing = {
  pack: (state: Json) => (state as unknown as Seen).seen.join(), // what `touch` adds
  unpack: (packed: Json) => ({ seen: `${packed}`.split(',').map(Number) }),
}
const options = { tenant: 'default', keyspace: 'subject', packing, maxKeysPerGroup: 8, maxWeightPerGroup: 24 }
const hashOf = keyHasher(options.tenant, options.keyspace)
/** All of one group, so that its bounds are felt. */
const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`)
  .filter((key) => groupOf(hashOf(key)) === 0)
  .slice(0, 20)

interface Seen {
  seen: number[]
}

/** What the engine does with an event: adds or wakes the key, touches it, weighs what it holds. */
function touch(states: KeyStates, key: string, weight: number, offset: number): void {
  const position = { offset, index: 0 }
  const hash = hashOf(key)
  const entry = states.awake(key) ?? states.wake(key, hash) ?? states.add(key, hash, { seen: [] }, position)
  entry.touchedOffset = offset
  const { seen } = entry.state as unknown as Seen // what was added above
  seen.push(offset)
  if (weight !== entry.weight) states.weigh(entry, weight)
}

const spentAfter = (state: unknown): number => (state as Seen).seen.length * 20 // what was added above

function heldBy(states: KeyStates): unknown {
  const { size, evicted } = states
  const sorted = states.allIn(0).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return { sorted, looked: keys.map((key) => states.look(key)), ghosts: [...states.ghostsOf(0)], size, evicted }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('touch' as const),
      key: fc.constantFrom(...keys),
      weight: fc.integer({ min: 1, max: 6 }),
      /** Several keys may be touched at one place. */
      onward: fc.nat(1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('sweep' as const), idleFor: fc.nat(4) }) },
)

describe('keys that are put to rest', () => {
  it('are held, bounded and remembered as those that stay awake', () => {
    let rested = 0
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        const restful = new KeyStates(options)
        const restless = new KeyStates(options)
        let offset = 0
        for (const each of steps) {
          if (each.does === 'touch') {
            offset += each.onward
            for (const states of [restful, restless]) touch(states, each.key, each.weight, offset)
          } else {
            const sweep = { watermarkAt: offset, spentAfter }
            const idle = offset - each.idleFor
            const forgot = restful.sweep(0, { ...sweep, mayRest: ({ touchedOffset }) => touchedOffset <= idle })
            expect(restless.sweep(0, { ...sweep, mayRest: () => false })).toBe(forgot)
          }
          expect(heldBy(restful)).toEqual(heldBy(restless))
          rested += [...restful.restingIn(0)].length
        }
      }),
      { numRuns: 300 },
    )
    expect(rested).toBeGreaterThan(1_000)
  })

  it('are gone with their group, and leave no weight behind', () => {
    const states = new KeyStates(options)
    for (const [offset, key] of keys.slice(0, 6).entries()) touch(states, key, 4, offset)
    states.sweep(0, { watermarkAt: 0, spentAfter, mayRest: () => true })
    expect(states.size).toBe(6)
    states.clearGroup(0)
    expect(states.size).toBe(0)
    for (const [offset, key] of keys.slice(0, 6).entries()) touch(states, key, 4, offset)
    expect(states).toMatchObject({ size: 6, evicted: 0 })
  })
})
