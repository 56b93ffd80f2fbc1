// Decisions of people are read from where people decide, and from nowhere else.

import { describe, expect, it } from 'vitest'
import { decisionReceiver } from '../../schemas/decision.ts'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const fromPeople = { receiver: decisionReceiver, format: 'eastwest-decision', source: 'api' }
const said = { schema: 'eastwest.decision/v1', at: '2026-11-02T09:14:22.318Z', by: 'anna', note: 'release 4.2' }
const accept = { ...said, decision: 'edge.accept', caller: 'spiffe://c/sa/cart', destination: 'payments.shop' }
const close = { ...said, decision: 'alert.close', alert: 'ab'.repeat(16), as: 'benign' }
const apply = { ...said, decision: 'settings.apply', digest: 'd1', applied: ['exceptions'], waiting: ['store.port'] }
const give = {
  ...said,
  decision: 'baseline.give',
  caller: 'spiffe://c/sa/cart',
  destination: 'payments.shop',
  version: 'taught',
  routes: Array.from({ length: 50 }, (_, nth) => ({ method: 'GET', route: `/${'r'.repeat(500)}/${nth}` })),
}
const common = {
  kind: 'action',
  format: 'eastwest-decision',
  source: 'api',
  eventAt: Date.parse(said.at),
  actor: 'anna',
  actorFrom: 'field',
  outcome: 'allowed',
  outcomeReason: 'release 4.2',
}

describe('a decision', () => {
  it.each([
    [
      accept,
      {
        action: 'edge.accept',
        caller: 'spiffe://c/sa/cart',
        callerFrom: 'field',
        destination: 'payments.shop',
        destinationFrom: 'field',
        attributes: { note: 'release 4.2' },
      },
    ],
    [
      give,
      {
        action: 'baseline.give',
        resource: 'taught',
        caller: 'spiffe://c/sa/cart',
        destination: 'payments.shop',
        attributes: { routes: give.routes },
      },
    ],
    [close, { action: 'alert.close', resource: 'ab'.repeat(16), attributes: { note: 'release 4.2', as: 'benign' } }],
    [
      apply,
      {
        action: 'settings.apply',
        resource: 'd1',
        attributes: { note: 'release 4.2', applied: '["exceptions"]', waiting: '["store.port"]' },
      },
    ],
  ])('is an action of its author', (decision, expected) => {
    const { events, quarantine } = openLineDecoder()(JSON.stringify(decision), fromPeople)
    expect(quarantine).toEqual([])
    expect(events.map(saidBy)).toMatchObject([{ ...common, ...expected, attributes: expect.any(Object) }])
  })

  it('keeps a long note whole beside its short reason', () => {
    const note = `${'x'.repeat(400)}\nend`
    const { events } = openLineDecoder()(JSON.stringify({ ...close, note }), fromPeople)
    expect(saidBy(events[0])).toMatchObject({ outcomeReason: `${'x'.repeat(255)}…`, attributes: { note } })
  })

  it.each([
    ['like every log line', accept, {}],
    ['with its format named by the sender', accept, { format: 'eastwest-decision', receiver: 'http' }],
    ['from a file', close, { receiver: 'file' }],
    ['to teach an exercise', give, { receiver: 'http' }],
    ['from a source called like the real one', close, { source: decisionReceiver, receiver: 'http' }],
    ['with another version', { ...accept, schema: 'eastwest.decision/v2' }, {}],
    [
      'inside an envelope',
      {
        log: JSON.stringify(accept),
        stream: 'stdout',
        time: said.at,
        kubernetes: { pod_name: 'p', namespace_name: 'n', container_name: 'c' },
      },
      { receiver: 'http' },
    ],
  ])('that arrives %s decides nothing', (_, line, headers) => {
    const { events, quarantine } = openLineDecoder()(JSON.stringify(line), headers)
    expect(events).toEqual([])
    expect(quarantine.map(({ reason, format }) => [reason, format])).toEqual([['forged-decision', 'eastwest-decision']])
  })

  it('is told from logs of the same source that come before and after', () => {
    const decode = openLineDecoder()
    const line = JSON.stringify(accept)
    const counts = [{ source: 'api' }, fromPeople, { source: 'api' }].map(
      (headers) => decode(line, headers).events.length,
    )
    expect(counts).toEqual([0, 1, 0])
  })

  it.each([
    ['a word that is none', { ...close, as: 'harmless' }],
    ['no author', { ...close, by: '' }],
    ['a member that is none', { ...close, severity: 'low' }],
    ['an author that hides something', { ...accept, by: 'anna\u202e' }],
    ['a note without end', { ...accept, note: 'x'.repeat(1_001) }],
    ['more routes than one record holds', { ...give, routes: [...give.routes, ...give.routes] }],
    ['half a character', { ...accept, caller: 'cart\ud800' }],
  ])('with %s is refused', (_, decision) => {
    const { events, quarantine } = openLineDecoder()(JSON.stringify(decision), fromPeople)
    expect(events).toEqual([])
    expect(quarantine).toMatchObject([{ reason: 'invalid-field' }])
  })
})
