// Every row of the table, through the engine.

import { describe, expect, it } from 'vitest'
import { type Call, foldCalls, identity, lastVerdicts, learnedDay, told, usual } from './stories.ts'

const covers = (allow: readonly string[], deny: readonly string[] = []) => ({
  declared: [{ destination: '*/sa/payments', allow: allow.map(identity), deny: deny.map(identity) }],
})
const nothingDeclared = {}
const cartAllowed = covers(['cart'])
const cartDenied = covers(['checkout'], ['cart'])
const cartNotNamed = covers(['checkout'])

// Checkout keeps payments learned; cart is known elsewhere, so that it is no new identity.
const background = [...usual('checkout', 'payments'), ...usual('cart', 'orders')]
const known = usual('cart', 'payments')
const call = (more: Partial<Call> = {}, minute = 0): Call => ({
  caller: 'cart',
  destination: 'payments',
  at: learnedDay(10, minute),
  method: 'POST',
  route: '/v1/orders/{id}',
  ...more,
})
const accepted = [call()]
const denied = (count: number): readonly Call[] =>
  Array.from({ length: count }, (_, index) => call({ status: 403, policy: 'ns[shop]-policy[payments]-rule[0]' }, index))

/** What the day brings that the first day did not. */
function judged(before: readonly Call[], calls: readonly Call[], settings: unknown): readonly string[] {
  const earlier = told(foldCalls(before, settings), 'info')
  return told(foldCalls([...before, ...calls], settings), 'info').filter((line) => !earlier.includes(line))
}

describe('the table: declared, learned, reply', () => {
  it.each([
    ['allow', 'known', 'accepted', cartAllowed, known, accepted, []],
    ['allow', 'new', 'accepted', cartAllowed, [], accepted, ['new-edge info cart → payments (first-use)']],
    ['none', 'new', 'accepted', nothingDeclared, [], accepted, ['new-edge high cart → payments (accepted)']],
    ['none', 'new', 'denied once', nothingDeclared, [], denied(1), ['new-edge low cart → payments (denied)']],
    ['none', 'new', 'denied twice', nothingDeclared, [], denied(2), ['new-edge low cart → payments (denied)']],
    [
      'none',
      'new',
      'denied three times',
      nothingDeclared,
      [],
      denied(3),
      ['new-edge medium cart → payments (3-denied, denied)'],
    ],
    ['deny', 'new', 'denied once', cartDenied, [], denied(1), ['new-edge low cart → payments (denied)']],
    [
      'deny',
      'new',
      'denied three times',
      cartDenied,
      [],
      denied(3),
      ['new-edge medium cart → payments (3-denied, denied)'],
    ],
    ['no entry', 'new', 'denied once', cartNotNamed, [], denied(1), ['new-edge low cart → payments (denied)']],
    [
      'none',
      'known',
      'accepted',
      nothingDeclared,
      known,
      accepted,
      ['undeclared-edge info cart → payments (undeclared)'],
    ],
    ['deny', 'new', 'accepted', cartDenied, [], accepted, ['new-edge critical cart → payments (enforcement-gap)']],
    [
      'no entry',
      'new',
      'accepted',
      cartNotNamed,
      [],
      accepted,
      ['new-edge critical cart → payments (enforcement-gap)'],
    ],
    [
      'none',
      'known',
      'denied',
      nothingDeclared,
      known,
      denied(1),
      ['known-edge medium cart → payments (now-denied)', 'undeclared-edge info cart → payments (undeclared)'],
    ],
    ['allow', 'known', 'denied', cartAllowed, known, denied(2), ['grant-denied info cart → payments (grant-denied)']],
    ['allow', 'new', 'denied', cartAllowed, [], denied(1), ['grant-denied info cart → payments (grant-denied)']],
    [
      'none',
      'known',
      'accepted, shadow deny',
      nothingDeclared,
      known,
      [call({ shadowPolicy: 'payments-strict' })],
      ['undeclared-edge info cart → payments (undeclared)', 'would-be-blocked info cart → payments (would-be-blocked)'],
    ],
    [
      'allow',
      'known',
      'accepted, shadow deny',
      cartAllowed,
      known,
      [call({ shadowPolicy: 'payments-strict' })],
      ['would-be-blocked info cart → payments (would-be-blocked)'],
    ],
  ])('%s, %s, %s', (_declared, _learned, _reply, settings, edge, calls, expected) => {
    const lines = judged([...background, ...edge], calls, settings)
    expect(lines.filter((line) => line.includes('cart → payments') && !line.startsWith('new-route'))).toEqual(expected)
  })

  it('raises an enforcement gap on a known edge, hour by hour', () => {
    // Known since before it was denied: learned under a settings file that did not yet deny it.
    const baseline = { version: 'b1', edges: [] as unknown[] }
    baseline.edges.push({
      caller: identity('cart'),
      destination: identity('payments'),
      since: '2025-03-01T00:00:00.000Z',
      until: '2025-03-13T00:00:00.000Z',
      hours: 3,
      days: 2,
      instances: 2,
      routes: [],
    })
    const settings = { ...cartDenied, baseline }
    const records = foldCalls([...background, ...accepted, ...denied(2)], settings)
    expect(told(records)).toEqual(['known-edge critical cart → payments (enforcement-gap, now-denied)'])
    const [verdict] = lastVerdicts(records).filter(({ severity }) => severity === 'critical')
    expect(verdict).toMatchObject({
      title: 'payments accepted cart, which is declared denied: POST /v1/orders/{id}',
      labels: { accepted: '1', denied: '2' },
      baseline: 'b1',
    })
  })

  it('lets the accepted call decide where replies are mixed, and counts the denied ones', () => {
    const calls = [...denied(4), call({}, 20)]
    const [verdict] = lastVerdicts(foldCalls([...background, ...calls])).filter(({ severity }) => severity === 'high')
    expect(verdict).toMatchObject({
      title: 'cart called payments for the first time: POST /v1/orders/{id} accepted',
      severity: 'high',
      count: 5,
      labels: { accepted: '1', denied: '4' },
    })
  })

  it.each([404, 301, 500, 0])('takes %i for accepted: the caller got through', (status) => {
    expect(told(foldCalls([...background, call({ status })]))).toEqual(['new-edge high cart → payments (accepted)'])
  })

  it.each([401, 403])('takes %i for denied, whoever said it', (status) => {
    expect(told(foldCalls([...background, call({ status })]))).toEqual(['new-edge low cart → payments (denied)'])
  })

  it('counts denials of grants by policy', () => {
    const records = foldCalls([...background, ...denied(2), call({ status: 403, policy: 'other' }, 9)], cartAllowed)
    const verdict = lastVerdicts(records).find(({ rule }) => rule === 'grant-denied')
    expect(verdict?.explanation.why).toEqual(
      expect.arrayContaining(['Policy ns[shop]-policy[payments]-rule[0]: 2 calls.', 'Policy other: 1 call.']),
    )
  })
})
