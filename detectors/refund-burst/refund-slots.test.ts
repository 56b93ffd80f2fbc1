// How findings become verdicts by hour: continuation, titles, hostile texts, and what floods, late events and forgetting may not do.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import {
  declined,
  type Fields,
  refund,
  start,
  theVerdict,
  three,
  verdictsOf,
} from '../../test/support/refund-stories.ts'
import { type Engine, openEngine } from '../engine/engine.ts'
import { detectorEntry } from '../engine/entry.ts'
import { batchOf, recordedEvent } from '../engine/recording.ts'
import { standingVerdicts } from '../engine/standing.ts'
import { refundBurst } from './refund-burst.ts'

const open = (settings: unknown = {}): Engine =>
  openEngine({
    detectors: [detectorEntry(refundBurst).open(settings)],
    digest: (text) => createHash('sha256').update(text).digest('hex'),
  })

/** Hands over stories as records appended at the given instant, in the order given. */
function post(engine: Engine, stories: readonly Fields[], appendedAt: number): VerdictRecord[] {
  const offset = engine.position.offset + 1
  const events = stories.map((fields, index) => ({ event: recordedEvent(fields), offset: offset + index, appendedAt }))
  const out: VerdictRecord[] = []
  engine.observe(batchOf(events), 0, events.length, out)
  return out
}

const standingOf = (out: readonly VerdictRecord[]): VerdictRecord[] => [...standingVerdicts(out).values()]
const hour = 3_600
const day = 24 * hour

describe('slots', () => {
  it('are hours of event time, the finding’s own, and one continues the other after a short pause', () => {
    const atTurn = 1_080
    const stories = [-4, -2, 0 - 0.001, 3, 5, 600].map((at) => refund(atTurn + at))
    const slots = standingOf(verdictsOf(stories)).map(({ verdict }) => [verdict.slot, verdict.continues, verdict.count])
    expect(slots).toEqual([
      ['2025-03-14T11:00:00.000Z', '', 3],
      ['2025-03-14T12:00:00.000Z', '2025-03-14T11:00:00.000Z', 5],
    ])
  })

  it('learn of their predecessor when it comes later', () => {
    const engine = open()
    const later = post(
      engine,
      [1_080, 1_082, 1_084].map((at) => refund(at)),
      start + 1_090_000,
    )
    const all = [
      ...later,
      ...post(
        engine,
        [1_060, 1_062, 1_064].map((at) => refund(at)),
        start + 1_100_000,
      ),
    ]
    const only = { ladder: [{ refunds: 3, withinMs: 6_000, severity: 'high' }] }
    const told = [open(only)].flatMap((fresh) => [
      ...post(
        fresh,
        [1_080, 1_082, 1_084].map((at) => refund(at)),
        start + 1_090_000,
      ),
      ...post(
        fresh,
        [1_060, 1_062, 1_064].map((at) => refund(at)),
        start + 1_100_000,
      ),
    ])
    for (const records of [all, told])
      expect(standingOf(records).map(({ verdict }) => [verdict.slot, verdict.continues])).toEqual([
        ['2025-03-14T12:00:00.000Z', '2025-03-14T11:00:00.000Z'],
        ['2025-03-14T11:00:00.000Z', ''],
      ])
  })

  it('do not continue over more than the quiet time', () => {
    const stories = [
      ...three(),
      ...[0, 2, 4].map((at) => refund(1_086 + at)),
      ...[0, 2, 4].map((at) => refund(2 * hour + at)),
    ]
    const told = standingOf(verdictsOf(stories, { ladder: [{ refunds: 3, withinMs: 6_000, severity: 'high' }] }))
    expect(told.map(({ verdict }) => verdict.continues)).toEqual(['', '', ''])
    const closer = [
      ...[480, 482, 484].map((at) => refund(at)),
      ...[1_084 - 4, 1_084 - 2, 1_084].map((at) => refund(at)),
    ]
    expect(standingOf(verdictsOf(closer)).at(-1)?.verdict.continues).toBe('2025-03-14T11:00:00.000Z')
  })

  it('gather all rungs of an hour in one verdict about the gravest', () => {
    const stories = [
      ...Array.from({ length: 8 }, (_, index) => refund(-index * hour)),
      ...[100, 101, 102].map((at) => refund(at)),
    ]
    const verdict = standingOf(verdictsOf(stories)).find((each) => each.verdict.slot.includes('T11'))?.verdict
    expect(verdict?.title).toBe('USR-1: 3 refunds in 2 seconds by the same user, 30.00 EUR in total')
    expect(verdict?.findings.map(({ rung, severity }) => `${rung} ${severity}`)).toEqual([
      '8-in-24h medium',
      '8-in-24h medium',
      '8-in-24h medium',
      '3-in-6s high',
    ])
    expect(verdict?.explanation.why).toEqual([
      '3 distinct refunds of 3 payments in 2.0 s; limit 3 in 6 s',
      'these held as well: 8-in-24h',
    ])
  })
})

describe('titles and explanations', () => {
  it('say the sample of the README in so many words', () => {
    const [[, a], [, b], [, c]] = [
      [1, 8_999],
      [5, 12_450],
      [7, 20_000],
    ] as const
    const line = (at: number, order: string, amountMinor: number): Fields =>
      refund(at, {
        subject: 'USR-99',
        subjectFrom: 'field',
        payment: order,
        operationId: '',
        amountMinor,
        currency: 'XXX',
      })
    const verdict = theVerdict([line(1, 'ORD-1201', a), line(5, 'ORD-1202', b), line(7, 'ORD-1203', c)])
    expect(verdict.title).toBe('USR-99: 3 refunds in 6 seconds by the same user, 414.49 in total')
    expect(verdict.evidence.map(({ summary }) => summary)).toEqual([
      'refund of 89.99 for ORD-1201',
      'refund of 124.50 for ORD-1202',
      'refund of 200.00 for ORD-1203',
    ])
    expect(verdict.explanation.wouldNotFireIf[0]).toBe(
      'would not fire if ORD-1203 were a retry of ORD-1202 (the same refund id or idempotency key, or the same payment and amount)',
    )
    expect(verdict.explanation.margins).toContainEqual({
      name: 'time from first to last',
      value: 6,
      limit: 6,
      unit: 's',
    })
    expect(verdict).toMatchObject({
      count: 3,
      confidence: 'medium',
      firstSeenAt: start + 1_000,
      lastSeenAt: start + 7_000,
    })
  })

  it.each([
    [three({ subjectFrom: 'jwt' }), 'high'],
    [three({ subjectFrom: 'field' }), 'medium'],
    [three({ subjectFrom: 'jwt', operationId: '' }), 'medium'],
    [three({ subjectFrom: 'ip' }), 'low'],
    [[...three().slice(1), refund(0, { subjectFrom: '' })], 'low'],
  ])('are as sure as the least sure of identity and evidence', (stories, confidence) => {
    expect(theVerdict(stories).confidence).toBe(confidence)
  })

  it('show nothing of hostile texts that would alter what stands around them, and stay within their lengths', () => {
    const subject = `${'\u202e'}evil\u0007\ud800${'x'.repeat(70_000)}`
    const verdict = theVerdict(
      [0, 2, 4].map((at) => refund(at, { subject, payment: `${at}${'\u001b[31m'.repeat(20_000)}` })),
    )
    expect(verdict.title.length).toBeLessThanOrEqual(200)
    expect(verdict.entity.key.length).toBeLessThanOrEqual(256)
    const shown = JSON.stringify([
      verdict.title,
      verdict.entity.name,
      verdict.evidence,
      verdict.explanation,
      verdict.labels,
    ])
    expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\\u00|\\ud8/)
    for (const { summary } of verdict.evidence) expect(summary.length).toBeLessThanOrEqual(300)
    expect(verdict.count).toBe(3)
  })

  it('hold at most ten entries of evidence: the first and the last', () => {
    const verdict = theVerdict(Array.from({ length: 30 }, (_, index) => refund(index)))
    expect([verdict.count, verdict.evidence.length]).toEqual([30, 10])
    expect(verdict.evidence.map(({ at }) => (at - start) / 1_000)).toEqual([0, 1, 2, 3, 4, 25, 26, 27, 28, 29])
  })
})

describe('a flood', () => {
  it('takes no alert back, and makes none smaller', () => {
    const engine = open({ maxEntries: 64 })
    const out: VerdictRecord[] = []
    const tell = (atSeconds: number, fields: Fields): void => {
      out.push(...post(engine, [refund(atSeconds, fields)], start + atSeconds * 1_000))
    }
    for (let before = 10; before > 0; before--) tell(-before * 4 * hour, {})
    for (let at = 0; at < 5; at++) tell(at, {})
    const told = standingOf(out)
    expect(told.map(({ verdict }) => [verdict.slot, verdict.severity, verdict.count])).toEqual([
      ['2025-03-14T11:00:00.000Z', 'high', 5],
    ])
    for (let after = 1; after < 200; after++) {
      tell(after, declined)
      tell(after * 4 * hour, { payment: 'ONE', amountMinor: after })
    }
    expect(engine.stageCounts()[0]?.evictedEntries).toBeGreaterThan(100)
    const then = standingOf(out).filter(({ verdict }) => verdict.slot === told[0]?.verdict.slot)
    expect(then.filter(({ verdict }) => verdict.rule === 'refund-burst')).toEqual(told)
  })

  it('of refunds says "at least" and keeps where the story began', () => {
    const engine = open({ maxEntries: 64 })
    const out: VerdictRecord[] = []
    for (let at = 0; at < 200; at++) out.push(...post(engine, [refund(at)], start + at * 1_000))
    const [only, ...more] = standingOf(out)
    expect(more).toEqual([])
    expect(only?.verdict.title).toBe('USR-1: at least 64 refunds in 4 minutes by the same user, 640.00 EUR in total')
    expect(only?.verdict.firstSeenAt).toBe(start)
    expect(only?.evictions).toBe(136)
  })
})

describe('old and late events', () => {
  const everyDay = (days: number): Fields[] => Array.from({ length: days }, (_, index) => refund(index * day + 40_000))

  it('of last year fire when they are posted today, also for a user with refunds of today', () => {
    const engine = open()
    const today = start + 365 * day * 1_000
    expect(post(engine, [refund(365 * day), refund(365 * day - 100)], today)).toEqual([])
    const out = [0, 1, 2].flatMap((index) => post(engine, three().slice(index, index + 1), today + 60_000 * index))
    expect(out.map(({ verdict, late }) => [verdict.title, late])).toEqual([
      ['USR-1: 3 refunds in 4 seconds by the same user, 30.00 EUR in total', false],
    ])
  })

  it('are kept for as long as one that is not late can bear on them, and no longer', () => {
    const engine = open()
    const out: VerdictRecord[] = []
    for (const fields of everyDay(60)) out.push(...post(engine, [fields], Number(fields.eventAt)))
    expect(out).toEqual([])
    const held = (): number => {
      let entries = 0
      for (const { stage, group } of engine.groups())
        entries += (engine.takeSnapshot(stage, group).body.match(/"sign":/g) ?? []).length
      return entries
    }
    expect(held()).toBeGreaterThan(20)
    expect(held()).toBeLessThan(30)
    const reversed = refund(50 * day, { operationId: `rf-${(55 * day + 40_000) * 1_000}`, outcome: 'reversed' })
    expect(post(engine, [reversed], start + 60 * day * 1_000)).toEqual([])
  })

  it('say that they are late when what they should be judged with is gone, and are judged all the same', () => {
    const engine = open()
    for (const fields of everyDay(60)) post(engine, [fields], Number(fields.eventAt))
    const out = post(
      engine,
      [1, 2, 3].map((at) => refund(5 * day + at)),
      start + 60 * day * 1_000,
    )
    expect(out.map(({ late, verdict }) => [late, verdict.severity])).toEqual([[true, 'high']])
    expect(engine.stageCounts()[0]?.lateEvents).toBe(3)
  })
})
