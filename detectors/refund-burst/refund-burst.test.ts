// What counts as a refund, when a burst is one, and what takes it back: the edge cases in tables.

import { describe, expect, it } from 'vitest'
import {
  declined,
  type Fields,
  refund,
  standing,
  start,
  theVerdict,
  three,
  verdictsOf,
} from '../../test/support/refund-stories.ts'
import { standingVerdicts } from '../engine/standing.ts'

const burst = 'refund-burst high subject USR-1'
const twice = 'duplicate-refund medium subject USR-1'
const probing = 'refund-probing medium subject USR-1'

describe('what counts as one refund', () => {
  it.each<[string, Fields[], string[]]>([
    ['three refunds of three payments', three(), [burst]],
    ['two refunds', three().slice(1), []],
    ['a refund id seen three times', [0, 2, 4].map((at) => refund(at, { operationId: 'rf', payment: 'P' })), []],
    [
      'an idempotency key seen three times',
      [0, 2, 4].map((at) => refund(at, { operationId: '', idempotencyKey: 'k', payment: 'P' })),
      [],
    ],
    [
      'the same payment and amount without a name',
      [0, 2, 4].map((at) => refund(at, { operationId: '', payment: 'P' })),
      [],
    ],
    [
      'three orders in one second of a one-second stamp',
      ['A', 'B', 'C'].map((payment) => refund(1, { operationId: '', payment })),
      [burst],
    ],
    [
      'the same order and amount a day and a second later',
      [
        refund(0, { operationId: '' }),
        refund(86_399, { operationId: '', payment: 'Q' }),
        refund(86_401, { operationId: '', payment: 'PAY-0' }),
        refund(86_403, { operationId: '' }),
      ],
      [burst],
    ],
    [
      'a record with key and id joins one with the key only',
      [refund(0, { idempotencyKey: 'k' }), refund(2, { operationId: '', idempotencyKey: 'k' }), refund(4)],
      [],
    ],
    [
      'a nameless record of what a named one already tells',
      [refund(0, { payment: 'P' }), refund(2, { operationId: '', payment: 'P' }), refund(4)],
      [],
    ],
    [
      'a webhook delivered again: the same refund id',
      [
        refund(0, { nativeId: 'evt' }),
        refund(1, { nativeId: 'evt', operationId: 'rf-0', payment: 'PAY-0' }),
        refund(3),
      ],
      [],
    ],
    [
      'refunds without payment, told apart by request',
      [0, 2, 4].map((at) => refund(at, { payment: '', operationId: '', requestId: `r${at}` })),
      [],
    ],
    [
      'a retry through a proxy: same request id, next attempt',
      [
        refund(0, { operationId: '', requestId: 'r', attempt: 1, payment: 'P' }),
        refund(1, { operationId: '', requestId: 'r', attempt: 2, payment: 'P' }),
        refund(2),
      ],
      [],
    ],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })
})

describe('second payouts', () => {
  it.each<[string, Fields[], string[]]>([
    [
      'the same payment and amount under a new refund id',
      [refund(0, { payment: 'P' }), refund(300, { payment: 'P' })],
      [twice],
    ],
    [
      '… under a new idempotency key',
      [
        refund(0, { payment: 'P', operationId: '', idempotencyKey: 'a' }),
        refund(9, { payment: 'P', operationId: '', idempotencyKey: 'b' }),
      ],
      [twice],
    ],
    [
      'another amount of the same payment is a part of it',
      [refund(0, { payment: 'P' }), refund(9, { payment: 'P', amountMinor: 1 })],
      [],
    ],
    [
      'the first one failed',
      [
        refund(0, { payment: 'P', outcome: 'pending' }),
        refund(5, { payment: 'P', operationId: 'rf-0', outcome: 'failed', outcomeBasis: 'field' }),
        refund(9, { payment: 'P' }),
      ],
      [],
    ],
    ['it counts once in the burst', [refund(0, { payment: 'P' }), refund(1, { payment: 'P' }), refund(2)], [twice]],
    [
      'one service logs the refund id, another the idempotency key',
      [refund(0, { payment: 'P' }), refund(1, { payment: 'P', operationId: '', idempotencyKey: 'k' })],
      [],
    ],
    ['more than a day apart', [refund(0, { payment: 'P' }), refund(86_401, { payment: 'P' })], []],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })

  it('counts again in the burst where the settings say so', () => {
    const stories = [refund(0, { payment: 'P' }), refund(1, { payment: 'P' }), refund(2)]
    expect(standing(stories, { repeatsCount: true })).toEqual([twice, burst])
  })

  it('names payment and sum', () => {
    const verdict = theVerdict([refund(0, { payment: 'P' }), refund(300, { payment: 'P' })])
    expect(verdict.title).toBe('USR-1: 1 duplicate refund of P, 10.00 EUR in total')
    expect(verdict.evidence.map(({ summary }) => summary)).toEqual([
      'refund of 10.00 EUR for P',
      'second refund of 10.00 EUR for P',
    ])
    expect(verdict.explanation.why[0]).toBe(
      'P was paid out a second time: 10.00 EUR as "rf-300000", 300.0 s after "rf-0"',
    )
  })
})

describe('the edges of windows, both ends included', () => {
  const spread = (count: number, overSeconds: number): Fields[] =>
    Array.from({ length: count }, (_, index) => refund((overSeconds * index) / (count - 1)))
  it.each<[string, Fields[], string[]]>([
    ['3 in 5.999 s', spread(3, 5.999), ['3-in-6s']],
    ['3 in 6.000 s', spread(3, 6), ['3-in-6s']],
    ['3 in 6.001 s', spread(3, 6.001), []],
    ['5 in 599.999 s', spread(5, 599.999), ['5-in-10min']],
    ['5 in 600.000 s', spread(5, 600), ['5-in-10min']],
    ['5 in 600.001 s', spread(5, 600.001), []],
    ['8 in 86,400.000 s', spread(8, 86_400), ['8-in-24h']],
    ['8 in 86,400.001 s', spread(8, 86_400.001), []],
    ['2 refunds, a pause of 7 s, 2 more, and 1', [0, 1, 8, 9, 16].map((at) => refund(at)), ['5-in-10min']],
    ['across a minute and an hour', [1_076, 1_079, 1_082].map((at) => refund(at)), ['3-in-6s']],
  ])('%s', (_, stories, rungs) => {
    const told = [...standingVerdicts(verdictsOf(stories)).values()].flatMap(({ verdict }) => verdict.findings)
    expect([...new Set(told.map(({ rung }) => rung))]).toEqual(rungs)
  })

  it('judges a window of a minute the same way', () => {
    const settings = { ladder: [{ refunds: 3, withinMs: 60_000, severity: 'high' }] }
    expect(
      standing(
        [0, 30, 59.9].map((at) => refund(at)),
        settings,
      ),
    ).toEqual([burst])
    expect(
      standing(
        [0, 30, 60.1].map((at) => refund(at)),
        settings,
      ),
    ).toEqual([])
  })

  it('finds every event whose window holds the condition, those of the same instant alike', () => {
    const stories = [0, 0, 0, 3, 20].map((at, index) => refund(at, { operationId: `rf${index}`, payment: `P${index}` }))
    const { findings } = theVerdict(stories)
    expect(findings.map(({ at }) => at - start)).toEqual([0, 0, 0, 3_000, 20_000])
    expect(findings.map(({ rung }) => rung)).toEqual(['3-in-6s', '3-in-6s', '3-in-6s', '3-in-6s', '5-in-10min'])
  })
})

describe('what became of refunds', () => {
  it.each<[string, Fields[], string[]]>([
    ['pending counts at acceptance', three({ outcome: 'pending' }), [burst]],
    [
      'pending, then settled days later together',
      [
        ...[0, 5_000, 10_000].map((at) => refund(at, { outcome: 'pending' })),
        ...[0, 5_000, 10_000].map((at, index) =>
          refund(500_000 + index, { operationId: `rf-${at * 1_000}`, payment: `PAY-${at * 1_000}` }),
        ),
      ],
      [],
    ],
    [
      'one of three failed afterwards',
      [
        ...three({ outcome: 'pending' }),
        refund(60, { operationId: 'rf-2000', payment: 'PAY-2000', outcome: 'failed', outcomeBasis: 'field' }),
      ],
      [],
    ],
    [
      'one of three was reversed days later',
      [...three(), refund(300_000, { operationId: 'rf-2000', payment: 'PAY-2000', outcome: 'reversed' })],
      [],
    ],
    [
      'a nameless failure after nameless states',
      [
        ...three({ operationId: '', outcome: 'pending' }),
        refund(60, { operationId: '', payment: 'PAY-2000', outcome: 'failed', outcomeBasis: 'field' }),
      ],
      [],
    ],
    [
      'trying a paid refund again takes no alert back',
      [
        ...three({ operationId: '' }),
        ...[0, 2, 4].map((at) =>
          refund(60 + at, { operationId: '', payment: `PAY-${at * 1_000}`, outcome: 'failed', outcomeBasis: 'field' }),
        ),
      ],
      [burst],
    ],
    [
      'nor does an answer to one try',
      [...three(), refund(60, { operationId: 'rf-2000', payment: 'PAY-2000', ...declined })],
      [burst],
    ],
    ['no word of an outcome is money that went', three({ outcome: '' }), [burst]],
    ['declined ones by the same ladder', three(declined), [probing]],
    ['denied ones', three({ outcome: 'denied', outcomeBasis: 'field' }), [probing]],
    ['a status alone', three({ outcome: '', httpStatus: 502 }), [probing]],
    [
      'declined, then accepted under the same names',
      [...three(declined), refund(9_000, { operationId: 'rf-0', payment: 'PAY-0' })],
      [],
    ],
    ['a policy in dry run lets it through', three({ outcome: 'would-deny' }), [burst]],
    ['a chargeback is no refund', [...three().slice(1), refund(3, { action: 'chargeback' })], []],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })

  it('withdraws what was told once a refund turns out not to have happened', () => {
    const out = verdictsOf([
      ...three({ outcome: 'pending' }),
      refund(60, { operationId: 'rf-2000', payment: 'PAY-2000', outcome: 'failed', outcomeBasis: 'field' }),
    ])
    expect(out.map(({ verdict }) => [verdict.slot, verdict.findings.length])).toEqual([
      ['2025-03-14T11:00:00.000Z', 1],
      ['2025-03-14T11:00:00.000Z', 0],
    ])
  })
})
