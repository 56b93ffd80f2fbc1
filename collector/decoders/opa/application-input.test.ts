// Proves what an input of an application's own shape says of whom and what a decision is about.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../../schemas/token-reference.ts'
import { decided } from '../../../test/support/decision.ts'

const hash = '0123456789abcdef0123456789abcdef'
const issuedAt = 1_793_610_000
const reference = formatReference({
  keyId: 'k1',
  hash,
  claims: { typ: 'at+jwt', sub: 'USR-99', jti: '7d0c1b52', iat: issuedAt },
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
    expect(decided({ input })).toMatchObject(expected)
  })

  it('has ids from the headers of the question where it has none itself', () => {
    const headers = {
      'X-Request-Id': ['r-2'],
      traceparent: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    }
    expect(decided({ trace_id: undefined, span_id: undefined, request_context: { http: { headers } } })).toMatchObject({
      requestId: 'r-2',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
    })
  })
})
