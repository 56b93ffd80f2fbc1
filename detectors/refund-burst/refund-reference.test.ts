// A second, slow and plain evaluation of refunds over the whole sorted set, which the detector must agree with however events arrive.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { declined, type Fields, refund, start } from '../../test/support/refund-stories.ts'
import { type Engine, openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import type { GroupSnapshot } from '../engine/snapshot.ts'
import { canonicalStanding, standingVerdicts } from '../engine/standing.ts'
import { refundBurst } from './refund-burst.ts'

const dayMs = 86_400_000
const latenessMs = 30_000

type Word = 'accepted' | 'pending' | 'reversed' | 'failed' | 'declined'

/** One record of an operation, which may or may not name it. */
interface Told {
  readonly atMs: number
  readonly operation: number
  readonly word: Word
  readonly withId: boolean
  readonly withKey: boolean
}

const outcomesOf: Readonly<Record<Word, Fields>> = {
  accepted: { outcome: 'allowed' },
  pending: { outcome: 'pending' },
  reversed: { outcome: 'reversed' },
  failed: { outcome: 'failed', outcomeBasis: 'field' },
  declined,
}

/** Operations 0 … 23 of payments A … D with four amounts: some are second payouts, some parts of one order. */
const triple = (operation: number): string => `${'ABCD'[operation % 4]} ${Math.floor(operation / 4) % 4}`

function fieldsOf({ atMs, operation, word, withId, withKey }: Told): Fields {
  return refund(atMs / 1_000, {
    payment: `PAY-${'ABCD'[operation % 4]}`,
    amountMinor: 1_000 + (Math.floor(operation / 4) % 4),
    operationId: withId ? `rf-${operation}` : '',
    idempotencyKey: withKey ? `key-${operation}` : '',
    ...outcomesOf[word],
  })
}

interface Operation {
  readonly at: number
  readonly id: string
  readonly triple: string
  readonly hasId: boolean
  readonly hasKey: boolean
}

interface Row extends Told {
  readonly id: string
}

/** Rows of one refund: by what they name, else by payment and amount with no more than a day's silence. */
function groups(rows: readonly Row[]): readonly (readonly Row[])[] {
  const found: Row[][] = []
  for (const row of rows) {
    const named = row.withId || row.withKey
    const home = found.find((group) =>
      group.some((other) =>
        named
          ? other.operation === row.operation && (other.withId || other.withKey)
          : !other.withId &&
            !other.withKey &&
            triple(other.operation) === triple(row.operation) &&
            row.atMs - other.atMs <= dayMs,
      ),
    )
    if (home === undefined) found.push([row])
    else home.push(row)
  }
  // Records with the id only and with the key only are of one refund if another record holds both.
  return found.flatMap((group) => {
    const linked = group.some((row) => row.withId && row.withKey)
    if (linked || !group.some((row) => row.withId) || !group.some((row) => !row.withId && row.withKey)) return [group]
    return [group.filter((row) => row.withId), group.filter((row) => !row.withId)]
  })
}

function operationOf(group: readonly Row[], counts: readonly Word[]): Operation | undefined {
  const hasId = group.some((row) => row.withId)
  const states = group.some((row) => row.word === 'pending')
  const undone = group
    .filter(
      (row) => row.word === 'reversed' || (row.word === 'failed' && (row.withId || states || (row.withKey && !hasId))),
    )
    .map((row) => row.atMs)
  const first = group.find((row) => counts.includes(row.word) && row.atMs > Math.max(-1, ...undone))
  const hasKey = group.some((row) => row.withKey)
  return first && { at: first.atMs, id: first.id, triple: triple(first.operation), hasId, hasKey }
}

const ladder = [
  ['5-in-10min', 5, 600_000, 'high'],
  ['3-in-6s', 3, 6_000, 'high'],
  ['8-in-24h', 8, dayMs, 'medium'],
] as const

function climb(operations: readonly Operation[]): Map<string, string[]> {
  const slots = new Map<string, string[]>()
  for (const { at, id } of operations) {
    for (const [name, least, within] of ladder) {
      const window = operations.filter((other) => other.at >= at - within && other.at <= at)
      const payments = new Set(window.map((other) => other.triple.charAt(0)))
      if (window.length < least || payments.size < 2) continue
      const slot = new Date(Math.floor((start + at) / 3_600_000) * 3_600_000).toISOString()
      slots.set(slot, [...(slots.get(slot) ?? []), `${id} ${name}`])
      break
    }
  }
  return slots
}

const hasName = (one: Operation): boolean => one.hasId || one.hasKey
const near = (a: { at: number }, b: { at: number }): boolean => Math.abs(a.at - b.at) <= dayMs

/** `rule slot: event rung, …` of every alert, sorted. */
function reference(rows: readonly Row[]): readonly string[] {
  const sorted = rows.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
  const settled = sorted.filter(({ word }) => word !== 'declined')
  const all = groups(settled).flatMap((group) => operationOf(group, ['accepted', 'pending']) ?? [])
  const distinct = all
    .filter(
      (one) => hasName(one) || !all.some((other) => hasName(other) && other.triple === one.triple && near(one, other)),
    )
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const before = (one: Operation, comparable: (other: Operation) => boolean): boolean =>
    hasName(one) &&
    distinct
      .slice(0, distinct.indexOf(one))
      .some((other) => hasName(other) && other.triple === one.triple && near(one, other) && comparable(other))
  const repeats = distinct.filter((one) =>
    before(one, (other) => (one.hasId && other.hasId) || (one.hasKey && other.hasKey)),
  )
  const once = distinct.filter((one) => !before(one, () => true))
  const tries = sorted.filter(({ word }) => word === 'declined' || word === 'failed')
  const accepted = settled.filter(({ word }) => word === 'accepted' || word === 'pending')
  const attempts = groups([...tries, ...accepted].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)))
    .filter((group) => !group.some((row) => accepted.includes(row)) || !(group[0]?.withId || group[0]?.withKey))
    .flatMap((group) => {
      const first = group.find((row) => tries.includes(row))
      if (first === undefined) return []
      const named = first.withId || first.withKey
      const paid = accepted.some(
        (row) =>
          triple(row.operation) === triple(first.operation) &&
          Math.abs(row.atMs - first.atMs) <= dayMs &&
          (!named || !(row.withId || row.withKey)),
      )
      return paid
        ? []
        : [{ at: first.atMs, id: first.id, triple: triple(first.operation), hasId: named, hasKey: named }]
    })
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const twice = new Map<string, string[]>()
  for (const { at, id } of repeats) {
    const slot = new Date(Math.floor((start + at) / 3_600_000) * 3_600_000).toISOString()
    twice.set(slot, [...(twice.get(slot) ?? []), `${id} second-payout-in-24h`])
  }
  const told = (rule: string, slots: Map<string, string[]>): string[] =>
    [...slots].map(([slot, findings]) => `${rule} ${slot}: ${findings.join(', ')}`)
  return [
    ...told('refund-burst', climb(once)),
    ...told('duplicate-refund', twice),
    ...told('refund-probing', climb(attempts)),
  ].sort()
}

const word: fc.Arbitrary<Word> = fc.oneof(
  { arbitrary: fc.constant<Word>('accepted'), weight: 8 },
  { arbitrary: fc.constantFrom<Word>('pending', 'reversed', 'failed', 'declined'), weight: 3 },
)
const atMs = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 30 }).map((seconds) => seconds * 1_000), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 12_000 }), weight: 2 },
  { arbitrary: fc.integer({ min: 0, max: 1_800 }).map((seconds) => seconds * 1_000), weight: 2 },
  { arbitrary: fc.integer({ min: 0, max: 72 }).map((hours) => hours * 3_600_000), weight: 2 },
)
const told = fc.record<Told>({
  atMs,
  operation: fc.integer({ min: 0, max: 23 }),
  word,
  withId: fc.boolean(),
  withKey: fc.boolean(),
})

const entry = detectorEntry(refundBurst)
const open = (): Engine =>
  openEngine({ detectors: [entry.open({})], digest: (text) => createHash('sha256').update(text).digest('hex') })

/** Restored from the newest snapshot of each group, of which only the changed ones are taken anew. */
function restarted(engine: Engine, manifest: Map<string, GroupSnapshot>): Engine {
  const next = open()
  for (const { stage, group, dirty } of [...engine.groups()]) {
    const name = `${stage} ${group}`
    if (dirty) manifest.set(name, engine.takeSnapshot(stage, group))
    const snapshot = manifest.get(name)
    if (snapshot !== undefined) expect(next.restore(snapshot, engine.positionAt(stage, group))).toBe('restored')
  }
  return next
}

function alertsOf(out: readonly VerdictRecord[]): readonly string[] {
  return [...standingVerdicts(out).values()]
    .map(({ verdict }) => {
      const findings = verdict.findings.map(({ eventId, rung }) => `${eventId} ${rung}`)
      return `${verdict.rule} ${verdict.slot}: ${findings.join(', ')}`
    })
    .sort()
}

it('agrees with the reference in any order within the lateness, with copies, cuts and restarts', () => {
  const fired = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.array(told, { minLength: 1, maxLength: 24, size: 'max' }),
      fc.array(fc.integer({ min: 0, max: latenessMs }), { minLength: 48, maxLength: 48 }),
      fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }),
      (stories, delays, copied, cuts) => {
        const events = stories.map((each) => recordedEvent(fieldsOf(each)))
        const arrived = placed(
          [...events, ...copied.flatMap((index) => events[index] ?? [])],
          (index) => delays[index] ?? 0,
        )
        const batch = batchOf(arrived)
        const ids = new Map(arrived.map(({ event }, row) => [event.digest, batch.columns.eventId.text(row)]))
        const rows = new Map(stories.map((each, index) => [ids.get(events[index]?.digest ?? '') ?? '', each]))
        const out: VerdictRecord[] = []
        let engine = open()
        const manifest = new Map<string, GroupSnapshot>()
        let from = 0
        for (const cut of [...cuts, batch.length].map((at) => Math.min(at, batch.length)).sort((a, b) => a - b)) {
          engine.observe(batch, from, cut, out)
          from = cut
          engine = restarted(engine, manifest)
        }
        const expected = reference([...rows].map(([id, each]) => ({ ...each, id })))
        for (const line of expected)
          for (const rung of line.match(/[a-z0-9-]+-in-\d+[a-z]+/g) ?? []) fired.set(rung, (fired.get(rung) ?? 0) + 1)
        expect(alertsOf(out)).toEqual(expected)
        const straight: VerdictRecord[] = []
        open().observe(batchOf(placed(events)), 0, events.length, straight)
        expect(canonicalStanding(out)).toBe(canonicalStanding(straight))
      },
    ),
    { numRuns: 400 },
  )
  expect([...fired.keys()].sort()).toEqual(['3-in-6s', '5-in-10min', '8-in-24h', 'second-payout-in-24h'])
  for (const count of fired.values()) expect(count).toBeGreaterThan(20)
})
