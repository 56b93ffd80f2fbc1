// Proves what a decision of OPA says: its verdict, whom it is about, and what a mask policy kept from us.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../schemas/token-reference.ts'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'
import { decodeText, defaultContext, onlyEvent } from '../../test/support/decode-text.ts'
import { opaDecision } from './opa-decision.ts'

const decision = {
  labels: { id: '1780d507', version: '1.9.0', service: 'payments', cluster: 'eu1' },
  decision_id: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
  trace_id: '5B8EFFF798038103D269B633813FC60C',
  span_id: 'eee19b7ec3c1b174',
  bundles: { authz: { revision: 'git:3f1c2aa' } },
  path: '/shop/authz/allow',
  input: {
    subject: { id: 'u-314', roles: ['agent'] },
    action: 'refund.create',
    resource: { type: 'order', id: '91' },
    amount_minor: 4200,
  },
  result: false,
  requested_by: '10.20.7.21:59943',
  timestamp: '2026-11-02T09:14:22.316939402Z',
  metrics: { timer_rego_query_eval_ns: 81_250, timer_server_handler_ns: 5_900_000 },
  req_id: 1882,
}
const text = (changes: object): string => JSON.stringify({ ...decision, ...changes })
const only = (changes: object) => onlyEvent(opaDecision, text(changes))
const refusalOf = (changes: object) => decodeText(opaDecision, text(changes)).refusal

describe('a decision', () => {
  it('says who asked for what, which policy of which bundle decided, and how', () => {
    expect(saidBy(openLineDecoder()(text({})).events[0])).toEqual({
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
    ['true', { result: true }, { outcome: 'allowed', outcomeReason: '' }],
    ['false', { result: false }, { outcome: 'denied', outcomeReason: '' }],
    ['"true"', { result: 'true' }, { outcome: 'allowed' }],
    ['"deny"', { result: 'deny' }, { outcome: 'denied' }],
    ['nothing, for the path is undefined', { result: undefined }, { outcome: 'denied', outcomeReason: 'undefined' }],
    ['null', { result: null }, { outcome: '', outcomeBasis: '' }],
    ['a number', { result: 1 }, { outcome: '' }],
    ['allow', { result: { allow: true } }, { outcome: 'allowed' }],
    [
      'allow and reasons',
      { result: { allow: false, reasons: ['role', 'limit'] } },
      { outcome: 'denied', outcomeReason: 'role; limit' },
    ],
    [
      'what Envoy is to answer',
      { result: { allowed: false, http_status: 403, headers: { 'x-deny-reason': 'role' }, body: 'no' } },
      { outcome: 'denied', httpStatus: 403, outcomeReason: 'no' },
    ],
    ['a status alone', { result: { http_status: 401 } }, { outcome: 'denied', outcomeBasis: 'http', httpStatus: 401 }],
    [
      'reasons against',
      { result: { deny: ['over the limit'] } },
      { outcome: 'denied', outcomeReason: 'over the limit' },
    ],
    ['no reasons against', { result: { deny: [] } }, { outcome: 'allowed' }],
    ['a word', { result: { decision: 'ALLOW' } }, { outcome: 'allowed' }],
    [
      'an object that says nothing we know',
      { result: { score: 3 } },
      { outcome: '', attributesJson: { result: { score: 3 } } },
    ],
    ['a mapped result', { result: { score: 3 }, mapped_result: true }, { outcome: 'allowed' }],
    [
      'an error',
      {
        result: undefined,
        error: { code: 'eval_conflict_error', message: 'complete rules must not produce multiple outputs' },
      },
      { outcome: 'failed', outcomeReason: 'eval_conflict_error: complete rules must not produce multiple outputs' },
    ],
  ])('with the result %s', (_, changes, expected) => {
    const { attributesJson, ...columns } = expected as { attributesJson?: object } // of the table above
    const event = only(changes)
    expect(event).toMatchObject(columns)
    if (attributesJson !== undefined) expect(event.attributesJson).toMatchObject(attributesJson)
  })

  it.each<readonly [string, object, object]>([
    ['a policy by its legacy revision', { bundles: undefined, revision: 'r1' }, { bundles: 'r1' }],
    ['an ad-hoc query', { path: undefined, query: 'data.shop.authz.allow' }, { query: 'data.shop.authz.allow' }],
    ['an input that is a text', { input: 'u-314' }, { input: 'u-314' }],
    ['an input that is a list', { input: [1] }, { input: [1] }],
  ])('keeps %s', (_, changes, kept) => {
    expect(only(changes).attributesJson).toMatchObject(kept)
  })

  it('without an input is one without a subject', () => {
    expect(only({ input: undefined })).toMatchObject({ subject: '', action: 'authorize', outcome: 'denied' })
  })

  it('is named by its pod, where the envelope knows it', () => {
    const envelope = { ...defaultContext.envelope, instance: 'payments-7c9d8f6b5-x2x9z' }
    expect(onlyEvent(opaDecision, text({}), { envelope }).instance).toBe('')
    expect(onlyEvent(opaDecision, text({ labels: { pod: 'p-1', id: 'x' } }), { envelope }).instance).toBe('p-1')
  })
})

describe('what a mask policy took out', () => {
  it('is told and never taken for a name', () => {
    const event = only({
      input: { ...decision.input, subject: { id: '**REDACTED**', roles: ['agent'] } },
      masked: ['/input/subject/id'],
      erased: ['/input/token'],
    })
    expect(event).toMatchObject({ subject: '', resource: 'order/91', outcome: 'denied' })
    expect(event.attributesJson).toMatchObject({ masked: ['/input/subject/id'], erased: ['/input/token'] })
  })

  it.each([
    ['all of the input, erased', { erased: ['/input'], input: undefined }],
    ['all of the input, masked', { masked: ['/input'], input: { subject: 'nobody' } }],
  ])('%s leaves a decision about somebody unknown', (_, changes) => {
    const event = only(changes)
    expect(event).toMatchObject({ subject: '', action: 'authorize', outcome: 'denied' })
    expect(JSON.stringify(event.attributesJson)).toContain('/input')
  })

  it.each([
    [{ erased: ['/result'], result: undefined }],
    [{ erased: ['/result/allowed'], result: { http_status: 200 } }],
    [{ masked: ['/result'], result: true }],
  ])('of the result leaves the verdict open: %j', (changes) => {
    expect(only(changes)).toMatchObject({ outcome: '', outcomeBasis: '', outcomeReason: 'masked' })
  })

  it('may be named by pointers that lead nowhere, escape or contradict each other', () => {
    const masked = [
      '/input/a~1b',
      '/input/list/1',
      '/input/nowhere/deep',
      '/input/list',
      '/input/',
      7,
      '/input/__proto__/x',
    ]
    const event = only({ input: { 'a/b': 'gone', list: ['kept?', 'gone'], user: 'U' }, masked })
    expect(event).toMatchObject({ subject: 'U' })
    expect(event.attributes).not.toContain('gone')
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})

const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const hash = '0123456789abcdef0123456789abcdef'
const issuedAt = 1_793_610_000
const reference = formatReference({
  keyId: 'k1',
  hash,
  claims: {
    typ: 'at+jwt',
    iss: 'https://idp.shop.example/realms/shop',
    sub: 'USR-99',
    azp: 'shop-web',
    jti: '7d0c1b52',
    sid: 's-81',
    scope: 'refunds:write',
    iat: issuedAt,
    exp: issuedAt + 300,
    cnf: { jkt: 'thumb' },
  },
})
const proof = formatReference({ keyId: 'k1', hash, claims: { typ: 'dpop+jwt', jti: 'p-1', jkt: 'thumb', htm: 'POST' } })

function question(headers: object, changes: object = {}): object {
  return {
    path: 'envoy/authz/allow',
    trace_id: undefined,
    span_id: undefined,
    input: {
      attributes: {
        source: { address: { socketAddress: { address: '10.20.3.7', portValue: 51834 } }, principal: cart },
        destination: { address: { socketAddress: { address: '10.20.7.21', portValue: 8080 } }, principal: payments },
        request: {
          http: {
            method: 'POST',
            path: '/v1/refunds/rf_91?dry=0',
            host: 'payments:8080',
            protocol: 'HTTP/2',
            headers: { 'x-request-id': 'r-1', 'user-agent': 'node-fetch/3.3', ...headers },
          },
        },
        ...changes,
      },
      parsed_path: ['v1', 'refunds', 'rf_91'],
    },
  }
}

describe('a question of Envoy', () => {
  it('is read as its access log would be', () => {
    const parent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01'
    const headers = {
      authorization: `DPoP ${reference}`,
      dpop: proof,
      traceparent: parent,
      'x-forwarded-for': '203.0.113.9',
    }
    expect(saidBy(openLineDecoder()(text(question(headers))).events[0])).toEqual({
      kind: 'authz',
      format: 'opa-decision',
      eventAt: Date.parse('2026-11-02T09:14:22.316Z'),
      workload: 'payments',
      instance: '1780d507',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      requestId: 'r-1',
      nativeId: decision.decision_id,
      outcome: 'denied',
      outcomeBasis: 'field',
      policy: 'envoy/authz/allow',
      subject: 'USR-99',
      subjectFrom: 'asserted',
      client: 'shop-web',
      clientFrom: 'asserted',
      session: 's-81',
      sessionFrom: 'asserted',
      token: `k1.${hash}`,
      tokenFrom: 'asserted',
      tokenKind: 'access-token',
      tokenScheme: 'dpop',
      tokenIssuer: 'https://idp.shop.example/realms/shop',
      tokenId: '7d0c1b52',
      tokenIssuedAt: issuedAt * 1000,
      tokenExpiresAt: (issuedAt + 300) * 1000,
      tokenBinding: 'jkt:thumb',
      presenterBinding: 'jkt:thumb',
      proofId: 'p-1',
      scope: 'refunds:write',
      caller: cart,
      callerFrom: 'mtls',
      callerInstance: '10.20.3.7',
      destination: payments,
      destinationFrom: 'mtls',
      reporter: 'destination',
      sourceIp: '10.20.3.7',
      clientIp: '203.0.113.9',
      userAgent: 'node-fetch/3.3',
      method: 'POST',
      host: 'payments:8080',
      path: '/v1/refunds/rf_91?dry=0',
      route: '/v1/refunds/{id}',
      port: 8080,
      protocol: 'HTTP/2',
      durationMs: 5,
      action: 'authorize',
      attributes: {
        'opa.bundles': { authz: 'git:3f1c2aa' },
        'opa.labels': decision.labels,
        'opa.requested_by': '10.20.7.21:59943',
        'opa.req_id': 1882,
      },
    })
  })

  it('has the claims that Envoy verified before those that the token says', () => {
    const filterMetadata = {
      'envoy.filters.http.jwt_authn': {
        payload: { iss: 'https://idp', sub: 'USR-1', jti: 'j-1', iat: issuedAt, cnf: { jkt: 'thumb' } },
      },
    }
    expect(only(question({}, { metadataContext: { filterMetadata } }))).toMatchObject({
      subject: 'USR-1',
      subjectFrom: 'jwt',
      tokenIssuer: 'https://idp',
      tokenId: 'j-1',
      tokenFrom: 'jwt',
      tokenKind: 'access-token',
      tokenIssuedAt: issuedAt * 1000,
      tokenBinding: 'jkt:thumb',
    })
  })

  it('names the caller behind a trusted hop, and believes no other', () => {
    const gateway = 'spiffe://cluster.local/ns/istio-system/sa/gateway'
    const forwarded = { 'x-forwarded-client-cert': `By=${gateway};Hash=ab;URI=${cart}` }
    const asked = text(question(forwarded, { source: { principal: gateway } }))
    const settings = { ...defaultContext.settings, trustedHops: [gateway] }
    expect(onlyEvent(opaDecision, asked, { settings })).toMatchObject({ caller: cart, callerFrom: 'xfcc' })
    expect(onlyEvent(opaDecision, asked)).toMatchObject({ caller: gateway, callerFrom: 'mtls' })
  })

  it.each([
    ['older plug-ins', { Address: { SocketAddress: { address: '10.20.3.7', PortSpecifier: { PortValue: 5 } } } }],
    ['IPv4', { socketAddress: { address: '10.20.3.7' } }],
  ])('of %s says the address', (_, address) => {
    expect(only(question({}, { source: { address } }))).toMatchObject({ caller: 'ip:10.20.3.7', callerFrom: 'ip' })
  })

  it('keeps headers of another kind out of the way', () => {
    const headers = { 'x-request-id': { a: 1 }, authorization: ['x'], dpop: 7, traceparent: null, __proto__: 'x' }
    expect(only(question(headers, { source: 'x', destination: [] }))).toMatchObject({
      requestId: '',
      token: '',
      proofId: '',
    })
  })
})

describe('an input of an application', () => {
  it.each<readonly [string, object, object]>([
    [
      'a user and a path in a list',
      { user: 'U', method: 'GET', path: ['v1', 'orders', '91'] },
      { subject: 'U', method: 'GET', path: '/v1/orders/91', route: '/v1/orders/{id}' },
    ],
    [
      'a principal',
      { principal: { id: 'U' }, action: { id: 'view' }, resource: 'order:91' },
      { subject: 'U', action: 'view', resource: 'order:91' },
    ],
    [
      'a verb',
      { user: 'U', verb: 'delete', resource: { kind: 'pods', name: 'p' } },
      { action: 'delete', resource: 'pods/p' },
    ],
    [
      'headers',
      { request: { method: 'POST', headers: { authorization: `Bearer ${reference}`, 'x-request-id': 'r-9' } } },
      { subject: 'USR-99', token: `k1.${hash}`, tokenScheme: 'bearer', tokenKind: 'access-token', requestId: 'r-9' },
    ],
    ['a token', { token: reference }, { token: `k1.${hash}`, tokenId: '7d0c1b52', tokenIssuedAt: issuedAt * 1000 }],
    [
      'claims',
      { claims: { iss: 'https://idp', jti: 'j-2', sub: 'U', iat: issuedAt } },
      { tokenIssuer: 'https://idp', tokenId: 'j-2', subject: 'U', subjectFrom: 'asserted', tokenFrom: 'asserted' },
    ],
    [
      'a decoded token',
      { token: { payload: { iss: 'https://idp', jti: 'j-3', sid: 's-3' } } },
      { tokenId: 'j-3', session: 's-3' },
    ],
  ])('with %s', (_, input, expected) => {
    expect(only({ input })).toMatchObject(expected)
  })

  it('has ids from the headers of the question where it has none itself', () => {
    const headers = {
      'X-Request-Id': ['r-2'],
      traceparent: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    }
    expect(only({ trace_id: undefined, span_id: undefined, request_context: { http: { headers } } })).toMatchObject({
      requestId: 'r-2',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
    })
  })
})

describe('a decision that is none', () => {
  it.each([
    [{ timestamp: 'yesterday' }, 'invalid-time'],
    [{ timestamp: 12 }, 'invalid-time'],
    [{ decision_id: 'a\u202eb' }, 'invalid-field'],
    [{ path: 'x'.repeat(2000) }, 'invalid-field'],
    [question({}, { source: { principal: `spiffe://a/${'x'.repeat(3000)}` } }), 'invalid-field'],
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
    expect(only(changes)).toMatchObject({ kind: 'authz', nativeId: decision.decision_id })
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
  const uploaded = saidBy(decode(text({})).events[0])
  expect(saidBy(decode(line).events[0])).toEqual(uploaded)
  const { instance: _, ...known } = uploaded
  expect(saidBy(openLineDecoder()(shipped).events[0])).toEqual({
    ...known,
    namespace: 'shop',
    instance: 'payments-7c9d8f6b5-x2x9z',
  })
})
