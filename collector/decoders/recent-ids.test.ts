// Copies are told within the window, whatever came between, and never where nothing was seen.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentIds } from './recent-ids.ts'

describe('recent ids', () => {
  it('knows an id again at another place, and not at its own', () => {
    const recent = new RecentIds(64)
    expect(recent.seenElsewhere(1, 2, 10)).toBe(false)
    expect(recent.seenElsewhere(1, 2, 11)).toBe(true)
    expect(recent.seenElsewhere(1, 2, 10)).toBe(false)
    expect(recent.seenElsewhere(1, 3, 11)).toBe(false)
    expect(recent.seenElsewhere(2, 2, 11)).toBe(false)
  })

  it('knows at least the last two thirds of its places, and forgets what is twice as old', () => {
    const recent = new RecentIds(64)
    for (let id = 1; id <= 500; id++) {
      expect(recent.seenElsewhere(id, -id, id)).toBe(false)
      if (id > 42) expect(new Set([recent.seenElsewhere(id - 20, 20 - id, -1)])).toEqual(new Set([true]))
    }
    expect(recent.seenElsewhere(1, -1, 0)).toBe(false)
  })

  it('agrees with a set as long as nothing is forgotten', () => {
    const id = fc.tuple(fc.integer(), fc.integer({ min: 1 }), fc.nat(50))
    fc.assert(
      fc.property(fc.array(id, { maxLength: 80 }), (ids) => {
        const recent = new RecentIds(256)
        const places = new Map<string, number>()
        for (const [high, low, place] of ids) {
          const first = places.get(`${high} ${low}`)
          expect(recent.seenElsewhere(high, low, place)).toBe(first !== undefined && first !== place)
          if (first === undefined) places.set(`${high} ${low}`, place)
        }
      }),
    )
  })
})
