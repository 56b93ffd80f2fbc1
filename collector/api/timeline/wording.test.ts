// Each kind of event is told in a few words, on one line.

import { describe, expect, it } from 'vitest'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { happenedIn, tokenIn, whoIn } from './wording.ts'

describe('what happened', () => {
  it.each<[PlainEvent, string]>([
    [
      { kind: 'access', method: 'POST', route: '/v1/refunds', destination: 'pay', httpStatus: 401 },
      'POST /v1/refunds to pay → 401',
    ],
    [{ kind: 'access', destination: 'pay' }, 'connection to pay'],
    [{ kind: 'access', method: 'GET', path: '/x', policy: 'deny-all' }, 'GET /x (deny-all)'],
    [{ kind: 'span', spanName: 'charge card', grpcStatus: 7 }, 'charge card → 7'],
    [{ kind: 'authz', action: 'refund', resource: 'order/1' }, 'refund on order/1'],
    [{ kind: 'authz' }, 'decision'],
    [
      {
        kind: 'authn',
        action: 'token.refresh',
        tokenKind: 'refresh-token',
        tokenVerdict: 'reused',
        outcomeReason: 'x',
      },
      'token.refresh of refresh-token (reused)',
    ],
    [{ kind: 'authn', action: 'token.refresh', issuedToken: 'a' }, 'token.refresh with new tokens'],
    [
      { kind: 'action', action: 'refund', amountMinor: 1250, currency: 'EUR', payment: 'P1' },
      'refund of 12.50 EUR for P1',
    ],
    [{ kind: 'action', action: 'refund', amountMinor: 1200, currency: 'JPY' }, 'refund of 1200 JPY'],
    [{}, 'event'],
    [{ kind: 'action', action: 'a\n2026 forged\u202e' }, 'a\ufffd2026 forged\ufffd'],
    [{ kind: 'action', action: 'x'.repeat(5_000) }, `${'x'.repeat(299)}…`],
  ])('%j is "%s"', (event, expected) => {
    expect(happenedIn(event)).toBe(expected)
  })
})

describe('who did it', () => {
  it.each<[PlainEvent, string]>([
    [{ subject: 'alice' }, 'alice'],
    [{ subject: 'alice', actor: 'bob', client: 'web' }, 'alice by bob via web'],
    [{ subject: 'alice', actor: 'alice' }, 'alice'],
    [{ caller: 'cart' }, 'cart'],
    [{ clientIp: '203.0.113.7', sourceIp: '10.0.0.1' }, '203.0.113.7'],
    [{}, ''],
  ])('of %j is "%s"', (event, expected) => {
    expect(whoIn(event)).toBe(expected)
  })
})

describe('a token', () => {
  const hash = '0123456789abcdef0123456789abcdef'
  it.each<[PlainEvent, string]>([
    [{ token: `k1.${hash}` }, 'k1.01234567…'],
    [{ token: `ew.ref.v1.k1.${hash}` }, 'k1.01234567…'],
    [{ tokenId: 'short' }, 'short'],
    [{ tokenId: 'f3c9a1b2-aaaa-bbbb' }, 'f3c9a1b2-aaa…'],
    [{}, ''],
  ])('of %j is shortened to "%s"', (event, expected) => {
    expect(tokenIn(event)).toBe(expected)
  })
})
