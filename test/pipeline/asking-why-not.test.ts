// Why an event, a request or a trace raised nothing: asked of a running collector, whose own states answer.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WhyNotReply } from '../../schemas/api/asking.ts'
import { runCommand } from '../support/command.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector

const at = (second: number): string => new Date(Date.parse('2026-11-02T09:00:00Z') + second * 1_000).toISOString()
const refund = (second: number, subject: string, more: object = {}): object => ({
  kind: 'action',
  at: at(second),
  action: 'refund',
  subject,
  payment: `P-${subject}-${second}`,
  operationId: `rf-${subject}-${second}`,
  amount: '10.00',
  currency: 'EUR',
  outcome: 'allowed',
  requestId: `request-${subject}-${second}`,
  ...more,
})
const story = [
  refund(0, 'USR-1'),
  refund(4, 'USR-1', { traceId: 'abcdabcdabcdabcdabcdabcdabcdabcd' }),
  ...['USR-9', 'USR-5'].flatMap((subject) => [0, 2, 4].map((second) => refund(second, subject))),
  {
    kind: 'access',
    at: at(4),
    caller: 'spiffe://td/ns/shop/sa/cart',
    callerFrom: 'mtls',
    destination: 'payments.shop',
    destinationFrom: 'mtls',
    httpStatus: 200,
    outcome: 'allowed',
    traceId: 'abcdabcdabcdabcdabcdabcdabcdabcd',
  },
]

const excepted = {
  detector: 'refund-burst',
  entity: 'USR-5',
  author: 'ana@shop',
  reason: 'refunds of the recall, OPS-77',
  expires: '2027-01-01T00:00:00Z',
}

async function whyNot(query: string): Promise<WhyNotReply> {
  const { json } = await collector.get(`/api/why-not?${query}`)
  return json as WhyNotReply // the API's own schema
}

async function post(events: readonly object[]): Promise<void> {
  await collector.post(events.map((event) => JSON.stringify(event)).join('\n'), {
    path: '/v1/events?format=eastwest-event',
    headers: { 'content-type': 'application/x-ndjson' },
  })
}

async function stored(query: string): Promise<void> {
  await until(
    async () => {
      const { text } = await collector.get(`/api/events?${query}`)
      return text.includes('eventId')
    },
    `${query} is stored`,
    60_000,
  )
}

beforeAll(async () => {
  collector = await runCollector({ settings: { exceptions: [excepted] } })
  await post(story)
  await stored('trace=abcdabcdabcdabcdabcdabcdabcdabcd')
  await until(
    async () => (await collector.get('/api/alerts?entity=USR-9')).text.includes('refund-burst'),
    'USR-9 is told',
    60_000,
  )
}, 120_000)
afterAll(() => collector.remove())

describe('a request that raised nothing', () => {
  it('missed a rung by one refund, and that is said with its figures', async () => {
    const { events, unseen } = await whyNot('request=request-USR-1-4')
    expect(unseen).toEqual([])
    expect(events).toHaveLength(1)
    const [refunds, callers] = events[0]?.detectors ?? []
    expect(refunds).toMatchObject({
      detector: 'refund-burst',
      enabled: true,
      concerns: true,
      nearest: { stage: 'by-beneficiary', rule: 'refund-burst', rung: '3-in-6s' },
    })
    expect(refunds?.nearest?.text).toBe('2 distinct refunds in 6 s; limit 3')
    expect(refunds?.missing.map(({ need }) => need)).toContain('actor')
    const trial = refunds?.stages[0]?.trials.find(({ rung }) => rung === '3-in-6s')
    expect(trial).toMatchObject({ outcome: 'failed', alert: '', gates: [{ value: 2, limit: 3, passed: false }, {}] })
    expect(refunds?.stages[0]).toMatchObject({ taken: true, from: 'live', key: 'USR-1' })
    expect(callers).toMatchObject({ detector: 'unexpected-caller', concerns: false })
  })

  it('is said in words by the command', async () => {
    const { code, stdout, stderr } = await runCommand([
      'explain',
      '--why-not',
      '--request',
      'request-USR-1-4',
      '--url',
      collector.url,
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('no alert cites it')
    expect(stdout).toContain('nearest miss: refund-burst 3-in-6s: 2 distinct refunds in 6 s; limit 3')
  }, 60_000)
})

describe('a finding that people excepted', () => {
  it('is said to have held, with who excepts it until when and why', async () => {
    const { events, text } = await whyNot('request=request-USR-5-0')
    expect(events[0]?.alerts).toEqual([])
    const trials = events[0]?.detectors[0]?.stages[0]?.trials ?? []
    const said = 'excepted by ana@shop until 2027-01-01T00:00:00Z: refunds of the recall, OPS-77'
    expect(trials.find(({ rung }) => rung === '3-in-6s')).toMatchObject({ outcome: 'held', excepted: said })
    expect(text).toContain(`held, ${said}`)
  })
})

describe('an event that is part of an alert', () => {
  it('names the alert that cites it, and the one its rung is told by', async () => {
    const { events } = await whyNot('request=request-USR-9-0')
    const id = events[0]?.alerts[0]?.id ?? 'none'
    expect(events[0]?.alerts).toMatchObject([{ detector: 'refund-burst', status: 'open' }])
    const trials = events[0]?.detectors[0]?.stages[0]?.trials ?? []
    expect(trials.find(({ rung }) => rung === '3-in-6s')).toMatchObject({ outcome: 'held', alert: id })
  })
})

describe('a trace', () => {
  it('is answered event by event, in order: what is still learned is info', async () => {
    const { events } = await whyNot('trace=ABCDABCDABCDABCDABCDABCDABCDABCD')
    expect(events.map(({ event }) => event.kind).sort()).toEqual(['access', 'action'])
    const access = events.find(({ event }) => event.kind === 'access')
    const edges = access?.detectors.find(({ detector }) => detector === 'unexpected-caller')
    const newEdge = edges?.stages.flatMap(({ trials }) => trials).find(({ rule }) => rule === 'new-edge')
    // What is info raises no alert that could be named.
    expect(newEdge).toMatchObject({ outcome: 'info', severity: 'high', alert: '' })
    expect(edges?.nearest?.text).toContain('the destination is still learning')
  })
})

describe('a question', () => {
  it.each([
    ['about nothing', '', 400],
    ['about two things', 'event=a&trace=b', 400],
    ['about what is not stored', 'request=nowhere', 404],
    ['about no id', "event=';DROP", 404],
    ['to no detector', 'request=request-USR-1-4&detector=tarot', 400],
  ])('%s is refused', async (_, query, status) => {
    const { status: answered, json } = await collector.get(`/api/why-not?${query}`)
    expect(answered).toBe(status)
    expect(json).toMatchObject({ error: { hint: expect.any(String) } })
  })

  it('to one detector is answered by it alone', async () => {
    const { events } = await whyNot('request=request-USR-1-4&detector=unexpected-caller')
    expect(events[0]?.detectors.map(({ detector }) => detector)).toEqual(['unexpected-caller'])
  })
})

describe('what the collector has forgotten or never judged', () => {
  it('is judged anew from the store, and a disabled detector is said to be', async () => {
    const { data } = collector
    await collector.stop()
    // Other settings: the detector's states are not read back, and its log may be gone.
    collector = await runCollector({
      data,
      settings: { detectors: { disabled: ['unexpected-caller'], 'refund-burst': { minPayments: 1 } } },
    })
    await stored('request=request-USR-9-2')
    const { events } = await whyNot('request=request-USR-9-2')
    const [refunds, callers] = events[0]?.detectors ?? []
    expect(callers).toMatchObject({ detector: 'unexpected-caller', enabled: false })
    expect(refunds?.stages[0]?.trials.find(({ rung }) => rung === '3-in-6s')).toMatchObject({ outcome: 'held' })
    expect(['live', 'rebuilt']).toContain(refunds?.stages[0]?.from)
  }, 120_000)
})
