// Partitions are spread evenly, and stay where they are as far as that goes.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assignment } from './assignment.ts'

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 }).map((some) => some.sort())

function countsOf(owners: readonly string[], members: readonly string[]): readonly number[] {
  return members.map((member) => owners.filter((owner) => owner === member).length)
}

it('gives everybody as many as anybody else, or one more', () => {
  fc.assert(
    fc.property(fc.nat(40), ids, ids, (partitions, before, now) => {
      const first = assignment(partitions, before, () => undefined)
      const counts = countsOf(
        assignment(partitions, now, (partition) => first[partition]),
        now,
      )
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }),
  )
})

it('takes from no member more than it has too many', () => {
  fc.assert(
    fc.property(fc.nat(40), ids, ids, (partitions, before, now) => {
      const first = assignment(partitions, before, () => undefined)
      const next = assignment(partitions, now, (partition) => first[partition])
      for (const member of now.filter((id) => before.includes(id))) {
        const had = first.filter((owner) => owner === member).length
        const kept = next.filter((owner, partition) => owner === member && first[partition] === member).length
        expect(kept).toBeGreaterThanOrEqual(Math.min(had, Math.floor(partitions / now.length)))
      }
    }),
  )
})

it('leaves all as it is while the members are the same', () => {
  fc.assert(
    fc.property(fc.nat(40), ids, (partitions, members) => {
      const first = assignment(partitions, members, () => undefined)
      expect(assignment(partitions, members, (partition) => first[partition])).toEqual(first)
    }),
  )
})

it('has nobody to give to where there is nobody', () => {
  expect(assignment(3, [], () => 'a')).toEqual([])
})
