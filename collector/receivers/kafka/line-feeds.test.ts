// Line feeds are told as if each part were looked through by itself.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineFeeds } from './line-feeds.ts'

it('are told of parts that follow each other, whatever stands between, before and behind them', () => {
  const piece = fc.tuple(fc.nat(3), fc.constantFrom(0, 1, 2, 30_000, 70_000), fc.option(fc.nat(70_000)))
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 8 }), { maxLength: 3 }), (batches) => {
      const lineFeeds = new LineFeeds()
      for (const pieces of batches) {
        const bytes = Buffer.concat(
          pieces.map(([gap, length, feed]) => {
            const part = Buffer.alloc(gap + length, 'a')
            if (feed !== null && feed < part.length) part[feed] = 0x0a
            return part
          }),
        )
        let at = 0
        for (const [gap, length] of pieces) {
          const from = at + gap
          at = from + length
          expect(lineFeeds.isWithin(bytes, from, at)).toBe(bytes.subarray(from, at).includes(0x0a))
        }
      }
    }),
  )
})
