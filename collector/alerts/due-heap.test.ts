// What is due first comes first.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DueHeap } from './due-heap.ts'

describe('DueHeap', () => {
  it('gives back what was pushed, by time and then by arrival, however pushes and pops mix', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(20), fc.constant('pop' as const))), (operations) => {
        const heap = new DueHeap<{ dueAt: number; name: number }>()
        let model: { dueAt: number; name: number }[] = []
        for (const [name, operation] of operations.entries()) {
          if (operation === 'pop') {
            const expected = [...model].sort((a, b) => a.dueAt - b.dueAt || a.name - b.name)[0]
            expect(heap.peek()).toEqual(expected)
            expect(heap.pop()).toEqual(expected)
            model = model.filter((item) => item !== expected)
          } else {
            const item = { dueAt: operation, name }
            heap.push(item)
            model.push(item)
          }
          expect(heap.size).toBe(model.length)
        }
      }),
    )
  })
})
