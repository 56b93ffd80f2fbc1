// What the recording asks the engine: every shape of result, and inputs as applications and as Envoy write them.

import { accessToken, dpopProof } from './throw-away-tokens.ts'

export interface Question {
  /** Also its `x-request-id`, by which a test finds the answer again. */
  readonly name: string
  readonly path: string
  readonly body: unknown
}

const agent = { id: 'u-314', roles: ['agent'] }
const refund = (amount: number, more: object = {}): object => ({
  subject: agent,
  action: 'refund.create',
  resource: { type: 'order', id: '91' },
  amount_minor: amount,
  ...more,
})
const asked = (name: string, path: string, input: unknown): Question => ({ name, path, body: { input } })

const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const gateway = 'spiffe://cluster.local/ns/istio-system/sa/gateway'
const parent = '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01'

/** `CheckRequest` as the Envoy plug-in hands it to a policy. */
function envoyInput(method: string, headers: Readonly<Record<string, string>>, caller: string): object {
  return {
    attributes: {
      source: { address: { socketAddress: { address: '10.20.3.7', portValue: 51834 } }, principal: caller },
      destination: { address: { socketAddress: { address: '10.20.7.21', portValue: 8080 } }, principal: payments },
      request: {
        time: '2026-11-28T00:00:00.300Z',
        http: {
          id: '17453',
          method,
          path: '/v1/refunds/rf_91?dry=0',
          host: 'payments:8080',
          scheme: 'http',
          protocol: 'HTTP/2',
          headers: { ':authority': 'payments:8080', ':method': method, 'user-agent': 'node-fetch/3.3', ...headers },
        },
      },
      metadataContext: {},
      routeMetadataContext: {},
    },
    parsed_path: ['v1', 'refunds', 'rf_91'],
    parsed_query: { dry: ['0'] },
    parsed_body: null,
    truncated_body: false,
    version: { encoding: 'protojson', ext_authz: 'v3' },
  }
}

export function questions(nowMs: number): readonly Question[] {
  const token = accessToken(nowMs)
  const { proof, thumbprint } = dpopProof(nowMs, 'POST', 'http://payments:8080/v1/refunds/rf_91')
  const bound = accessToken(nowMs, { jti: 'bound-1', cnf: { jkt: thumbprint } })
  const forwarded = `By=${gateway};Hash=ab;URI=${cart},By=${payments};Hash=cd;URI=${gateway}`
  return [
    asked('allow', '/v1/data/shop/authz/allow', refund(4200)),
    asked('deny', '/v1/data/shop/authz/allow', refund(9900)),
    asked('undefined-rule', '/v1/data/shop/authz/escalate', refund(4200)),
    asked('undefined-path', '/v1/data/shop/nowhere', refund(4200)),
    asked('package', '/v1/data/shop/authz', refund(4200)),
    asked('object', '/v1/data/shop/authz/decision', refund(4200)),
    asked('word', '/v1/data/shop/authz/word', refund(4200)),
    asked('deny-set', '/v1/data/shop/authz/deny', refund(9900)),
    asked('error', '/v1/data/shop/authz/clash', refund(4200, { clash: true })),
    asked('erased', '/v1/data/shop/authz/allow', refund(4200, { password: 'not-kept-1234' })),
    asked('masked', '/v1/data/shop/authz/allow', refund(4200, { subject: { ...agent, email: 'mia@shop.example' } })),
    asked('erased-input', '/v1/data/shop/authz/allow', refund(4200, { confidential: true })),
    asked('erased-result', '/v1/data/shop/authz/allow', refund(4200, { hide_result: true })),
    asked('no-input', '/v1/data/shop/authz/allow', undefined),
    asked('path-list', '/v1/data/shop/authz/allow', { method: 'GET', path: ['v1', 'orders', '91'], user: 'u-314' }),
    asked('token', '/v1/data/shop/authz/allow', refund(4200, { token })),
    { name: 'query', path: '/v1/query', body: { query: 'x = data.shop.authz.word', input: refund(4200) } },
    { name: 'older-api', path: '/v0/data/shop/authz/allow', body: refund(4200) },
    { name: 'default-decision', path: '/', body: refund(4200) },
    asked(
      'envoy-allow',
      '/v1/data/envoy/authz/allow',
      envoyInput('GET', { authorization: `Bearer ${token}`, 'x-request-id': 'r-allow', traceparent: parent }, cart),
    ),
    asked(
      'envoy-deny',
      '/v1/data/envoy/authz/verdict',
      envoyInput('POST', { authorization: `Bearer ${token}`, 'x-request-id': 'r-deny' }, cart),
    ),
    asked(
      'envoy-proof',
      '/v1/data/envoy/authz/verdict',
      envoyInput('POST', { authorization: `DPoP ${bound}`, dpop: proof, 'x-request-id': 'r-proof' }, cart),
    ),
    asked(
      'envoy-forwarded',
      '/v1/data/envoy/authz/verdict',
      envoyInput(
        'POST',
        { 'x-forwarded-client-cert': forwarded, 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'r-forwarded' },
        gateway,
      ),
    ),
  ]
}
