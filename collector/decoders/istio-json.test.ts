// What Istio's JSON lines say once they are read, field by field.

import { describe, expect, it } from 'vitest'
import { linesOf, openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const samples = linesOf(import.meta.url, './samples/istio-json.jsonl')
const [identity = ''] = linesOf(import.meta.url, './samples/istio-json-identity.jsonl')
const bound = '6f070ad1eb1cdc0082dc3076639fe5112b1713ca3d96d734e4ef3d8dd37e760d'

describe('Istio JSON as it comes', () => {
  it('denied by no policy, seen by the callee', () => {
    expect(saidBy(openLineDecoder()(samples[0] ?? '').events[0])).toEqual({
      kind: 'access',
      format: 'istio-json',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 22, 318),
      requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10',
      outcome: 'denied',
      outcomeBasis: 'details',
      outcomeReason: 'rbac_access_denied_matched_policy[none]',
      policy: 'implicit-deny',
      caller: 'ip:10.20.3.7',
      callerFrom: 'ip',
      callerInstance: '10.20.3.7',
      destination: 'payments.shop',
      destinationFrom: 'asserted',
      reporter: 'destination',
      sourceIp: '10.20.3.7',
      clientIp: '10.20.3.7',
      userAgent: 'node-fetch/3.3',
      method: 'POST',
      host: 'payments.shop.svc.cluster.local:8080',
      path: '/v1/refunds',
      route: '/v1/refunds',
      port: 8080,
      protocol: 'HTTP/2',
      httpStatus: 403,
      durationMs: 3,
      bytesReceived: 182,
      bytesSent: 19,
      upstreamCluster: 'inbound|8080||',
    })
  })

  it('let through, seen by the caller', () => {
    expect(saidBy(openLineDecoder()(samples[1] ?? '').events[0])).toEqual({
      kind: 'access',
      format: 'istio-json',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 25, 101),
      requestId: '3f7c1c6e-0c7d-4c39-8a5e-4b6f0f0f9a21',
      outcome: 'allowed',
      outcomeBasis: 'http',
      outcomeReason: 'via_upstream',
      caller: 'ip:10.20.3.7',
      callerFrom: 'ip',
      callerInstance: '10.20.3.7',
      destination: 'orders.shop',
      destinationFrom: 'asserted',
      reporter: 'source',
      sourceIp: '10.20.3.7',
      userAgent: 'okhttp/4.12',
      method: 'GET',
      host: 'orders.shop:8080',
      path: '/v1/orders/91?access_token=REDACTED',
      route: '/v1/orders/{id}',
      port: 8080,
      protocol: 'HTTP/1.1',
      httpStatus: 200,
      durationMs: 11,
      bytesReceived: 0,
      bytesSent: 512,
      upstreamCluster: 'outbound|8080||orders.shop.svc.cluster.local',
      attributes: { upstream_host: '10.20.7.30:8080' },
    })
  })

  it('with the keys of our snippet: certificate, claims, binding, trace and dry run', () => {
    expect(saidBy(openLineDecoder()(identity).events[0])).toEqual({
      kind: 'access',
      format: 'istio-json',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 22, 318),
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9d8f6b5-x2x9z',
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10',
      attempt: 2,
      outcome: 'allowed',
      outcomeBasis: 'http',
      outcomeReason: 'via_upstream',
      subject: 'USR-99',
      subjectFrom: 'jwt',
      client: 'shop-web',
      clientFrom: 'jwt',
      session: 's-81',
      sessionFrom: 'jwt',
      tokenFrom: 'jwt',
      tokenKind: 'access-token',
      tokenIssuer: 'https://idp.shop.example/realms/shop',
      tokenId: '7d0c1b52',
      tokenIssuedAt: 1793610862000,
      tokenExpiresAt: 1793614462000,
      tokenBinding: `x5t:${bound}`,
      presenterBinding: `x5t:${bound}`,
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
      tlsFingerprint: 't13d1516h2_8daaf6152771_b186095e22b6',
      method: 'POST',
      host: 'payments.shop.svc.cluster.local:8080',
      path: '/v1/refunds/rf_91?dry=0',
      route: '/v1/refunds/{id}',
      port: 8080,
      protocol: 'HTTP/2',
      httpStatus: 201,
      durationMs: 3,
      bytesReceived: 182,
      bytesSent: 19,
      upstreamCluster: 'inbound|8080||',
      shadowOutcome: 'would-deny',
      shadowPolicy: 'shop/deny-refunds',
      attributes: {
        xfcc: `By=${payments};Hash=ab;URI=${cart}`,
        jwt_aud: ['shop', 'pay'],
        cost_centre: 'cc-7',
        x_forwarded_for: '203.0.113.9,10.20.1.4',
      },
    })
  })

  it('has no other meaning when numbers are texts and what is missing is "-", "" or "null"', () => {
    const entry: Record<string, unknown> = JSON.parse(samples[0] ?? '')
    const expected = saidBy(openLineDecoder()(samples[0] ?? '').events[0])
    for (const missing of ['-', '', 'null', null, undefined]) {
      const texts = Object.fromEntries(
        Object.entries(entry).map(([key, value]) => [
          key,
          value === null ? missing : typeof value === 'number' ? String(value) : value,
        ]),
      )
      expect(saidBy(openLineDecoder()(JSON.stringify(texts)).events[0])).toEqual(expected)
    }
  })

  it('has no other meaning in another order', () => {
    const turned = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(identity)).reverse()))
    const { attributes: _, ...expected } = saidBy(openLineDecoder()(identity).events[0])
    expect(saidBy(openLineDecoder()(turned).events[0])).toMatchObject(expected)
  })
})
