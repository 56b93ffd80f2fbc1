// Proves what a decision of OPA says, uploaded and printed, and which decisions are none; `opa/` has the tests of its parts.

import { describe, expect, it } from 'vitest'
import { decided, decision, decisionText } from '../../test/support/decision.ts'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'
import { decodeText, defaultContext, onlyEvent } from '../../test/support/decode-text.ts'
import { opaDecision } from './opa-decision.ts'

const refusalOf = (changes: object) => decodeText(opaDecision, decisionText(changes)).refusal

describe('a decision', () => {
  it('says who asked for what, which policy of which bundle decided, and how', () => {
    expect(saidBy(openLineDecoder()(decisionText({})).events[0])).toEqual({
      kind: 'authz',
      format: 'opa-decision',
      eventAt: Date.parse('2026-11-02T09:14:22.316Z'),
      workload: 'payments',
      instance: '1780d507',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      nativeId: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
      outcome: 'denied',
      outcomeBasis: 'field',
      policy: 'shop/authz/allow',
      subject: 'u-314',
      subjectFrom: 'field',
      action: 'refund',
      resource: 'order/91',
      durationMs: 5,
      attributes: {
        bundles: { authz: 'git:3f1c2aa' },
        labels: decision.labels,
        requested_by: '10.20.7.21:59943',
        req_id: 1882,
        'input.action': 'refund.create',
        'input.subject.roles': ['agent'],
        'input.resource.type': 'order',
        'input.amount_minor': 4200,
      },
    })
  })

  it.each<readonly [string, object, object]>([
    ['a policy by its legacy revision', { bundles: undefined, revision: 'r1' }, { bundles: 'r1' }],
    ['an ad-hoc query', { path: undefined, query: 'data.shop.authz.allow' }, { query: 'data.shop.authz.allow' }],
    ['an input that is a text', { input: 'u-314' }, { input: 'u-314' }],
    ['an input that is a list', { input: [1] }, { input: [1] }],
  ])('keeps %s', (_, changes, kept) => {
    expect(decided(changes).attributesJson).toMatchObject(kept)
  })

  it('without an input is one without a subject', () => {
    expect(decided({ input: undefined })).toMatchObject({ subject: '', action: 'authorize', outcome: 'denied' })
  })

  it('is named by its pod, where the envelope knows it', () => {
    const envelope = { ...defaultContext.envelope, instance: 'payments-7c9d8f6b5-x2x9z' }
    expect(onlyEvent(opaDecision, decisionText({}), { envelope }).instance).toBe('')
    expect(onlyEvent(opaDecision, decisionText({ labels: { pod: 'p-1', id: 'x' } }), { envelope }).instance).toBe('p-1')
  })
})

describe('a decision that is none', () => {
  it.each([
    [{ timestamp: 'yesterday' }, 'invalid-time'],
    [{ timestamp: 12 }, 'invalid-time'],
    [{ decision_id: 'a\u202eb' }, 'invalid-field'],
    [{ path: 'x'.repeat(2000) }, 'invalid-field'],
    [
      { input: { attributes: { request: { http: {} }, source: { principal: `spiffe://a/${'x'.repeat(3000)}` } } } },
      'invalid-field',
    ],
  ])('%j is refused', (changes, reason) => {
    expect(refusalOf(changes)?.reason).toBe(reason)
  })

  it.each([
    { labels: 7, bundles: [], metrics: 'x', input: null, error: 7, erased: {}, masked: 'x', path: 9, trace_id: {} },
    {
      labels: [],
      bundles: { a: null },
      result: [[]],
      request_context: [],
      input: { attributes: { request: { http: [] } } },
    },
    { input: { attributes: { request: { http: {} }, source: 1, metadataContext: { filterMetadata: [] } } } },
    { input: { subject: [], action: {}, resource: [], path: [1], token: { payload: [] }, headers: 'x' } },
  ])('of wrong types everywhere is read as far as it goes: %j', (changes) => {
    expect(decided(changes)).toMatchObject({ kind: 'authz', nativeId: decision.decision_id })
  })

  it('was too long to be kept, and says how long it was and what it was called', () => {
    const line = '{"eastwest.setAside":{"bytes":10485760,"limit":1048576,"id":"4ca636c1"}}'
    const { quarantine } = openLineDecoder()(line, { format: 'opa-decision' })
    expect(quarantine).toMatchObject([
      {
        reason: 'too-long',
        detail: 'the decision "4ca636c1" of 10485760 bytes, more than 1048576; none of it was kept',
      },
    ])
  })
})

it('printed on the console is the same decision, bare and in the envelope of a shipper', () => {
  const { timestamp, ...rest } = decision
  const line = JSON.stringify({
    ...rest,
    timestamp,
    level: 'info',
    msg: 'Decision Log',
    time: timestamp,
    type: 'openpolicyagent.org/decision_logs',
  })
  const shipped = JSON.stringify({
    log: `${line}\n`,
    stream: 'stderr',
    kubernetes: { pod_name: 'payments-7c9d8f6b5-x2x9z', namespace_name: 'shop', labels: { app: 'payments' } },
  })
  const decode = openLineDecoder()
  const uploaded = saidBy(decode(decisionText({})).events[0])
  expect(saidBy(decode(line).events[0])).toEqual(uploaded)
  const { instance: _, ...known } = uploaded
  expect(saidBy(openLineDecoder()(shipped).events[0])).toEqual({
    ...known,
    namespace: 'shop',
    instance: 'payments-7c9d8f6b5-x2x9z',
  })
})
