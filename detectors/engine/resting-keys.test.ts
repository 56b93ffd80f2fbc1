// Keys packed into bytes are the keys that were put there: whatever their texts, and whatever came and went in between.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from './detector.ts'
import type { KeyState } from './key-state.ts'
import { RestingKeys } from './resting-keys.ts'
import { keyHasher } from './stable-hash.ts'

const hashOf = keyHasher('default', 'subject')

function keyState(key: string, state: Json, more: Partial<KeyState> = {}): KeyState {
  return { key, hash: hashOf(key), state, weight: 1, evictions: 0, touchedOffset: 0, touchedIndex: 0, ...more }
}

/** What is at rest, by key. */
function held(resting: RestingKeys): Map<string, { entry: KeyState; spentAfter: number }> {
  return new Map(
    Array.from(resting.entries(), (entry) => [entry.key, { entry: entry.woken(), spentAfter: entry.spentAfter }]),
  )
}

const units = fc.constantFrom('a', 'b', '"', '\\', '\u0000', 'é', 'ÿ', 'Ā', '鍵', '🔑', '\ud83d', '\udd11', '\uffff')
const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: units, maxLength })
/** Few, so that they meet again; of the empty one, and of very long ones. */
const key = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'é', '鍵', '\ud83d', '\udd11'),
  text(3),
  fc.constantFrom('k'.repeat(256), 'k'.repeat(255), '鍵'.repeat(256)),
)
const state: fc.Arbitrary<Json> = fc.oneof(
  text(40),
  fc.constantFrom<Json>('', null, 0, [], {}, true),
  fc.record({ only: text(200), seen: fc.array(fc.integer()) }),
)
const count = fc.oneof(fc.nat(3), fc.nat(100_000), fc.maxSafeNat())
const instant = fc.oneof(fc.nat(100), fc.constant(Number.POSITIVE_INFINITY))

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('put' as const),
      key,
      state,
      spentAfter: instant,
      weight: count,
      evictions: count,
      touchedOffset: fc.oneof(count, fc.constant(-1)),
      touchedIndex: fc.oneof(count, fc.constant(-1)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('take' as const, 'look' as const, 'remove' as const), key }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forget' as const), watermarkAt: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('tidy' as const) }) },
)

describe('keys at rest', () => {
  it('are what a map would hold', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const resting = new RestingKeys()
        const model = new Map<string, { entry: KeyState; spentAfter: number }>()
        for (const each of steps) {
          switch (each.does) {
            case 'put': {
              const { does: _, spentAfter, ...fields } = each
              if (model.has(fields.key)) break
              const entry = keyState(fields.key, fields.state, fields)
              resting.put(entry, spentAfter)
              model.set(fields.key, { entry, spentAfter })
              break
            }
            case 'take':
              expect(resting.take(each.key, hashOf(each.key))).toEqual(model.get(each.key)?.entry)
              model.delete(each.key)
              break
            case 'look':
              expect(resting.look(each.key, hashOf(each.key))).toEqual(model.get(each.key)?.entry)
              break
            case 'remove':
              for (const entry of resting.entries()) if (entry.key === each.key) resting.remove(entry)
              model.delete(each.key)
              break
            case 'forget': {
              let weight = 0
              for (const [key, { entry, spentAfter }] of model)
                if (each.watermarkAt > spentAfter) {
                  weight += entry.weight
                  model.delete(key)
                }
              // Sums of numbers as large as there are lose their last digits by the order.
              expect(resting.forgetSpent(each.watermarkAt) / Math.max(1, weight)).toBeCloseTo(Math.min(1, weight), 9)
              break
            }
            case 'tidy':
              resting.tidy()
              break
            default:
              each satisfies never
          }
          expect(resting.size).toBe(model.size)
        }
        expect(held(resting)).toEqual(model)
      }),
      { numRuns: 400 },
    )
  })

  it('are found among ten thousand others, while half of them go', () => {
    const resting = new RestingKeys()
    for (let index = 0; index < 10_000; index++) resting.put(keyState(`key-${index}`, { index }), index)
    for (let index = 0; index < 10_000; index += 2)
      expect(resting.take(`key-${index}`, hashOf(`key-${index}`))?.state).toEqual({ index })
    resting.tidy()
    for (let index = 0; index < 10_000; index++)
      expect(resting.look(`key-${index}`, hashOf(`key-${index}`))?.state).toEqual(
        index % 2 === 0 ? undefined : { index },
      )
    expect(resting.forgetSpent(5_000)).toBe(2_500)
    expect(resting.size).toBe(2_500)
  })

  it('are told apart where their hashes are the same', () => {
    const resting = new RestingKeys()
    for (const key of ['a', 'b', 'c', 'A']) resting.put(keyState(key, key, { hash: 7 }), 0)
    expect(resting.take('b', 7)?.state).toBe('b')
    expect(resting.look('b', 7)).toBeUndefined()
    for (const key of ['a', 'c', 'A']) expect(resting.look(key, 7)?.state).toBe(key)
  })

  it('may be large', () => {
    const resting = new RestingKeys()
    const large = { text: 'x'.repeat(1_000_000), name: '鍵' }
    resting.put(keyState('small', { n: 1 }), 1)
    resting.put(keyState('large', large), 1)
    resting.put(keyState('flat', '"'.repeat(1_000_000)), 1)
    expect(resting.look('large', hashOf('large'))?.state).toEqual(large)
    expect(resting.take('flat', hashOf('flat'))?.state).toBe('"'.repeat(1_000_000))
    expect(resting.take('large', hashOf('large'))?.state).toEqual(large)
    resting.tidy()
    expect(resting.byteLength).toBeLessThan(100)
    expect(resting.look('small', hashOf('small'))?.state).toEqual({ n: 1 })
  })

  it('take some twenty bytes beside their key and state, and give back what those that went took', () => {
    const resting = new RestingKeys()
    const state = { only: 'x'.repeat(100) }
    const key = (index: number): string => `key-${String(index).padStart(12, '0')}`
    // As after a day of much traffic.
    const touched = { touchedOffset: 90_000_000, touchedIndex: 250 }
    const start = Date.parse('2026-03-02T09:00:00Z')
    for (let index = 0; index < 4_000; index++) resting.put(keyState(key(index), state, touched), start + index)
    resting.tidy()
    const own = 16 + JSON.stringify(state).length
    expect(resting.byteLength / 4_000 - own).toBeLessThan(27)
    // As many come as go, a minute at a time: it does not grow.
    for (let minute = 1; minute <= 20; minute++) {
      resting.forgetSpent(start + minute * 200)
      for (let index = 0; index < 200; index++) {
        const at = 4_000 + (minute - 1) * 200 + index
        resting.put(keyState(key(at), state, touched), start + at)
      }
      resting.tidy()
      expect(resting.size).toBe(4_000)
      expect(resting.byteLength / 4_000 - own).toBeLessThan(40)
    }
    resting.forgetSpent(Number.POSITIVE_INFINITY)
    resting.tidy()
    expect(resting.byteLength).toBe(0)
  })
})
