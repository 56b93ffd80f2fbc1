// Proves that a question of Envoy is read as the access log of the same request would be.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../../schemas/token-reference.ts'
import { decided, decision, decisionText } from '../../../test/support/decision.ts'
import { openLineDecoder, saidBy } from '../../../test/support/decode-lines.ts'
import { defaultContext, onlyEvent } from '../../../test/support/decode-text.ts'
import { opaDecision } from '../opa-decision.ts'

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
    expect(saidBy(openLineDecoder()(decisionText(question(headers))).events[0])).toEqual({
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
    expect(decided(question({}, { metadataContext: { filterMetadata } }))).toMatchObject({
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
    const asked = decisionText(question(forwarded, { source: { principal: gateway } }))
    const settings = { ...defaultContext.settings, trustedHops: [gateway] }
    expect(onlyEvent(opaDecision, asked, { settings })).toMatchObject({ caller: cart, callerFrom: 'xfcc' })
    expect(onlyEvent(opaDecision, asked)).toMatchObject({ caller: gateway, callerFrom: 'mtls' })
  })

  it.each([
    ['older plug-ins', { Address: { SocketAddress: { address: '10.20.3.7', PortSpecifier: { PortValue: 5 } } } }],
    ['IPv4', { socketAddress: { address: '10.20.3.7' } }],
  ])('of %s says the address', (_, address) => {
    expect(decided(question({}, { source: { address } }))).toMatchObject({ caller: 'ip:10.20.3.7', callerFrom: 'ip' })
  })

  it('keeps headers of another kind out of the way', () => {
    const headers = { 'x-request-id': { a: 1 }, authorization: ['x'], dpop: 7, traceparent: null, __proto__: 'x' }
    expect(decided(question(headers, { source: 'x', destination: [] }))).toMatchObject({
      requestId: '',
      token: '',
      proofId: '',
    })
  })
})
