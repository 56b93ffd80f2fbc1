// Who has read the control topic as far knows the same members and owners.

import { expect, it } from 'vitest'
import type { LogRecord, NewRecord } from '../../log/log.ts'
import {
  claimRecord,
  leavingRecord,
  type Member,
  Membership,
  memberRecord,
  type PartitionClaim,
  silentMs,
} from './membership.ts'

const member = (id: string): Member => ({ id, roles: ['detect'], keyId: '' })

/** A membership that has heard these, each at an offset and an append time of its own. */
function heard(...records: readonly (readonly [appendedAt: number, record: NewRecord])[]): Membership {
  const membership = new Membership()
  for (const [offset, [appendedAt, { key, value }]] of records.entries())
    membership.hear({
      coordinate: { topic: 'control', incarnation: 'c', partition: 0, offset },
      key,
      value,
      headers: {},
      appendedAt,
    } satisfies LogRecord)
  return membership
}

it('knows those that were heard of lately, by the time of the log', () => {
  const both = [
    [0, memberRecord(member('b'), 0)],
    [5_000, memberRecord(member('a'), 0)],
  ] as const
  expect(
    heard(...both)
      .live()
      .map(({ id }) => id),
  ).toEqual(['a', 'b'])
  expect(
    heard(...both, [silentMs, memberRecord(member('a'), 1)])
      .live()
      .map(({ id }) => id),
  ).toEqual(['a'])
  expect(
    heard(...both, [5_001, leavingRecord('a')])
      .live()
      .map(({ id }) => id),
  ).toEqual(['b'])
})

it('knows who was there before whom, whatever roles they have', () => {
  const foreign = { key: 'member/b', value: Buffer.from('{"roles":["detect","dream"],"keyId":"k","beat":0}') }
  const all = heard(
    [0, memberRecord(member('c'), 0)],
    [1, foreign],
    [2, memberRecord(member('a'), 0)],
    [3, memberRecord(member('c'), 1)],
  )
  expect(all.before('a').map(({ id }) => id)).toEqual(['b', 'c'])
  expect(all.before('c')).toEqual([])
  expect(all.before('b').map(({ id }) => id)).toEqual(['c'])
  expect(all.live().find(({ id }) => id === 'b')).toEqual({ id: 'b', roles: ['detect'], keyId: 'k' })
})

it('knows the newest claim of each partition, until it is let go of', () => {
  const claims = [
    [0, claimRecord('detect', 1, 'a')],
    [1, claimRecord('detect', 1, 'b')],
    [2, claimRecord('deliver', 1, 'a')],
  ] as const
  expect(heard(...claims).claim('detect', 1)).toEqual({ role: 'detect', partition: 1, member: 'b', epoch: 2 })
  expect(heard(...claims, [3, claimRecord('detect', 1, undefined)]).claim('detect', 1)).toBeUndefined()
  expect(heard(...claims).claim('deliver', 1)?.epoch).toBe(3)
})

it('knows a claim that another has followed, though that one let go again', () => {
  const slept: PartitionClaim = { role: 'detect', partition: 1, member: 'a', epoch: 1 }
  const taken = [
    [0, claimRecord('detect', 1, 'a')],
    [1, claimRecord('deliver', 1, 'b')],
    [2, claimRecord('detect', 1, 'b')],
  ] as const
  expect(heard(...taken.slice(0, 2)).isSuperseded(slept)).toBe(false)
  expect(heard(...taken).isSuperseded(slept)).toBe(true)
  expect(heard(...taken, [3, claimRecord('detect', 1, undefined)]).isSuperseded(slept)).toBe(true)
})

it('knows the newest heartbeat of a member', () => {
  expect(heard([0, memberRecord(member('a'), 0)], [1, memberRecord(member('a'), 7)]).beatOf('a')).toBe(7)
  expect(heard().beatOf('a')).toBe(-1)
})

it.each([
  ['another’s record', { key: 'cursor/x', value: Buffer.from('1') }],
  ['a member that is none', { key: 'member/x', value: Buffer.from('{') }],
  ['a claim of no role', { key: 'owner/judge/0', value: Buffer.from('x') }],
  ['a claim of no partition', { key: 'owner/detect/x', value: Buffer.from('x') }],
])('takes %s for nothing but the time', (_, record) => {
  const membership = heard([0, memberRecord(member('a'), 0)], [silentMs - 1, record])
  expect(membership.live()).toEqual([member('a')])
  expect(membership.claim('detect', 0)).toBeUndefined()
})
