// Whom refunds are counted for, what covers or mutes them, and how their money is said.

import { describe, expect, it } from 'vitest'
import {
  declined,
  type Fields,
  refund,
  standing,
  theVerdict,
  three,
  verdictsOf,
} from '../../test/support/refund-stories.ts'

const burst = 'refund-burst high subject USR-1'

describe('what is never more than info', () => {
  const rungOf = (stories: Fields[]): string[] =>
    verdictsOf(stories).map(({ verdict }) => `${verdict.severity} ${verdict.explanation.why.at(-1)}`)
  it('parts of one order', () => {
    const stories = [0, 2, 4].map((at) => refund(at, { payment: 'P', amountMinor: 1_000 + at }))
    expect(standing(stories)).toEqual([])
    expect(rungOf(stories)).toEqual(['info they belong to 1 known payment, fewer than 2: parts of one order'])
  })
  it.each(['sandbox', 'Test'])('refunds in the environment %s', (environment) => {
    expect(standing(three({ environment }))).toEqual([])
    expect(rungOf(three({ environment }))).toEqual(['info they happened in a sandbox'])
  })
  it('and a sandbox does not help a real burst along', () => {
    expect(standing([...three().slice(1), refund(3, { environment: 'sandbox' })])).toEqual([])
  })
})

describe('keys other than the beneficiary', () => {
  const queue = (count: number, fields: Fields = {}, everySeconds = 1): Fields[] =>
    Array.from({ length: count }, (_, index) =>
      refund(index * everySeconds, { subject: `USR-${index}`, actor: 'emp', ...fields }),
    )
  it.each<[string, Fields[], unknown, string[]]>([
    ['an actor over several users', queue(3), {}, ['refund-burst high actor emp']],
    ['an actor over one user: that user’s alert says it', three({ actor: 'emp' }), {}, [burst]],
    [
      'one instrument of several users',
      queue(3, { actor: '', instrument: 'card' }),
      {},
      ['refund-burst high instrument card'],
    ],
    ['one device of several users', queue(3, { actor: '', device: 'dev' }), {}, ['refund-burst high device dev']],
    ['users that are not known are not several', queue(3, { subject: '' }), {}, []],
    ['an agent by name within the limit', queue(30), { agents: { actors: ['emp'] } }, []],
    ['an agent by name above it', queue(31), { agents: { actors: ['emp'] } }, ['refund-burst high actor emp']],
    ['an agent by role', queue(30, { actorRole: 'support' }), { agents: { roles: ['support'] } }, []],
    [
      'a role that is not an agent’s',
      queue(3, { actorRole: 'guest' }),
      { agents: { roles: ['support'] } },
      ['refund-burst high actor emp'],
    ],
    ['a batch is one operation of its actor', queue(20, { batch: 'b' }), {}, []],
    ['but hides no beneficiary', three({ actor: 'emp', batch: 'b' }), {}, [burst]],
    ['an agent’s limit hides no beneficiary', three({ actor: 'emp' }), { agents: { actors: ['emp'] } }, [burst]],
    ['declined ones of an actor', queue(3, declined), {}, ['refund-probing medium actor emp']],
  ])('%s', (_, stories, settings, expected) => {
    expect(standing(stories, settings)).toEqual(expected)
  })

  it('says for how many users', () => {
    expect(theVerdict(queue(3)).title).toBe(
      'emp: 3 refunds in 2 seconds by the same actor for 3 users, 30.00 EUR in total',
    )
    expect(theVerdict(queue(3)).evidence[1]?.summary).toBe('refund of 10.00 EUR for PAY-1000 to USR-1')
  })
})

describe('exceptions', () => {
  const exception = {
    workload: 'spiffe://shop/ns/jobs/sa/recall',
    route: '/refunds',
    ticket: 'CHG-7',
    expiresAt: '2025-03-14T12:00:00Z',
    author: 'kim',
    reason: 'outage',
  }
  const job: Fields = { caller: exception.workload, callerFrom: 'mtls', route: '/refunds' }
  it.each<[string, Fields[], string[]]>([
    ['cover their workload on their route', three(job), []],
    ['not another route', three({ ...job, route: '/payouts' }), [burst]],
    ['not a caller that nobody verified', three({ ...job, callerFrom: 'asserted' }), [burst]],
    ['not an address', three({ ...job, callerFrom: 'ip' }), [burst]],
    ['not after they expire, in event time', [1_076, 1_079, 1_082].map((at) => refund(at, job)), []],
    ['not from then on', [1_080, 1_082, 1_084].map((at) => refund(at, job)), [burst]],
    ['the reporting workload counts as well', three({ workload: exception.workload, route: '/refunds' }), []],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories, { exceptions: [exception] })).toEqual(expected)
  })

  it('count what they suppress on the alert that stands', () => {
    const stories = [...three(), refund(6, job), refund(6.5, job)]
    const verdict = theVerdict(stories, { exceptions: [exception] })
    expect([verdict.count, verdict.suppressed]).toEqual([3, 2])
  })
})

describe('money', () => {
  const total = (fields: Fields[]): string => theVerdict(fields).title.replace(/^.* user, /, '')
  it.each<[string, Fields[], string]>([
    ['euros', three(), '30.00 EUR in total'],
    ['no currency known', three({ currency: 'XXX' }), '30.00 in total'],
    ['yen have no decimals', three({ currency: 'JPY' }), '3000 JPY in total'],
    ['dinars have three', three({ currency: 'BHD' }), '3.000 BHD in total'],
    [
      'several currencies',
      three().map((each, at) => ({ ...each, currency: ['USD', 'JPY', 'USD'][at] ?? '' })),
      '1000 JPY and 20.00 USD in total',
    ],
    [
      'one amount unknown',
      three().map((each, at) => (at === 1 ? { ...each, currency: '' } : each)),
      'at least 20.00 EUR in total',
    ],
    ['negative amounts are refunds all the same', three({ amountMinor: -1_000 }), '30.00 EUR in total'],
    [
      'more than numbers hold',
      three({ amountMinor: Number.MAX_SAFE_INTEGER }),
      'at least 90071992547409.91 EUR in total',
    ],
  ])('%s', (_, stories, expected) => {
    expect(total(stories)).toBe(expected)
  })

  it('says nothing of amounts where none is known', () => {
    expect(theVerdict(three({ currency: '' })).title).toBe('USR-1: 3 refunds in 4 seconds by the same user')
  })

  it('judges a sum where a limit is set, and raises a large burst by one step', () => {
    const valueSum = { limitMinor: 5_000, currency: 'EUR', withinMs: 600_000 }
    expect(standing([refund(0, { amountMinor: 2_500 }), refund(600, { amountMinor: 2_500 })], { valueSum })).toEqual([
      burst,
    ])
    expect(standing([refund(0, { amountMinor: 2_500 }), refund(600, { amountMinor: 2_499 })], { valueSum })).toEqual([])
    const largeTotal = { limitMinor: 3_000, currency: 'EUR' }
    expect(standing(three(), { largeTotal })).toEqual(['refund-burst critical subject USR-1'])
    expect(standing(three({ currency: 'USD' }), { largeTotal })).toEqual([burst])
  })
})
