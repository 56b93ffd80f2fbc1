// What single events prove about tokens, proofs, codes and sessions: the edge cases in tables.

import { describe, expect, it } from 'vitest'
import { type Fields, owner, relayed, standing, storyStart, use } from './stories.ts'

describe('tokens without their key and out of their time', () => {
  const jkt = { tokenBinding: 'jkt:A', presenterBinding: 'jkt:A', tokenScheme: 'dpop' }
  const critical = ['token-without-key critical']
  it.each<[string, Fields[], string[]]>([
    ['with its key', [use(0, { ...owner, ...jkt })], []],
    ['with another key', [use(0, { ...owner, ...jkt, presenterBinding: 'jkt:B' })], critical],
    ['bound to a key, as bearer', [use(0, { ...owner, tokenBinding: 'jkt:A', tokenScheme: 'bearer' })], critical],
    [
      'bound to a certificate, as bearer, as it must be',
      [use(0, { ...owner, tokenBinding: 'x5t:a', presenterBinding: 'x5t:a', tokenScheme: 'bearer' })],
      [],
    ],
    ['with another certificate', [use(0, { ...owner, tokenBinding: 'x5t:a', presenterBinding: 'x5t:b' })], critical],
    [
      'passed on by a service, whose certificate is its own',
      [relayed(0, 'orders', 'payments', { tokenBinding: 'x5t:a', presenterBinding: 'x5t:b' })],
      [],
    ],
    [
      'in the record of a service',
      [{ ...use(0, { tokenBinding: 'x5t:a', presenterBinding: 'x5t:b' }), kind: 'authn', action: 'token.validate' }],
      critical,
    ],
    [
      'by the issuer’s word',
      [{ ...use(0), kind: 'authn', action: 'token.introspect', outcome: 'denied', tokenVerdict: 'binding-mismatch' }],
      critical,
    ],
    ['accepted after its time', [use(3_661, owner)], ['token-out-of-time medium']],
    ['within the skew of clocks', [use(3_660, owner)], []],
    ['refused after its time', [use(4_000, { ...owner, httpStatus: 401, outcome: 'denied' })], []],
    ['before it was issued', [use(0, { ...owner, tokenIssuedAt: storyStart + 60_001 })], ['token-out-of-time medium']],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })

  it('leaves bearers inside the mesh alone where gateways check the proof', () => {
    const stories = [relayed(0, 'istio-ingressgateway', 'orders', { tokenBinding: 'jkt:A', tokenScheme: 'bearer' })]
    expect(standing(stories)).toEqual(critical)
    expect(standing(stories, { boundTokens: 'ingress' })).toEqual([])
  })
})

describe('one-time artefacts', () => {
  const proof = { proofId: 'p', tokenBinding: 'jkt:A', presenterBinding: 'jkt:A', tokenScheme: 'dpop' }
  const replay = ['replayed-artefact high']
  const code = (at: number, fields: Fields = {}): Fields => ({
    kind: 'authn',
    action: 'code.exchange',
    eventAt: storyStart + at * 1_000,
    tokenKind: 'authorization-code',
    token: 'k1.c0de',
    outcome: 'allowed',
    nativeId: `n-${at}`,
    ...fields,
  })
  it.each<[string, Fields[], string[]]>([
    ['a proof in two requests', [use(0, { ...owner, ...proof }), use(5, { ...owner, ...proof })], replay],
    [
      'attempts of one request',
      [1, 2, 3].map((attempt) => use(attempt, { ...owner, ...proof, requestId: 'r', attempt })),
      [],
    ],
    [
      'the same id under another key',
      [
        use(0, { ...owner, ...proof }),
        use(5, { ...owner, ...proof, tokenBinding: 'jkt:B', presenterBinding: 'jkt:B' }),
      ],
      [],
    ],
    [
      'requests without any id cannot be told apart',
      [0, 5].map((at) => use(at, { ...owner, ...proof, requestId: '' })),
      [],
    ],
    ['a code exchanged twice', [code(0), code(9, { outcome: 'denied' })], replay],
    ['a code exchanged once', [code(0)], []],
    ['a code that the issuer saw before', [code(0, { outcome: 'denied', tokenVerdict: 'reused' })], replay],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })
})

describe('use after the end', () => {
  const end = (at: number, action: string, fields: Fields = {}): Fields => ({
    kind: 'authn',
    eventAt: storyStart + at * 1_000,
    action,
    outcome: 'allowed',
    session: 'S-1',
    subject: 'u-314',
    ...fields,
  })
  const after = ['used-after-end high']
  it.each<[string, Fields[], string[]]>([
    ['10.000 s after logout', [use(0, owner), end(60, 'logout'), use(70, owner)], []],
    ['10.001 s after logout', [use(0, owner), end(60, 'logout'), use(70.001, owner)], after],
    [
      'refused after logout',
      [use(0, owner), end(60, 'logout'), use(90, { ...owner, httpStatus: 401, outcome: 'denied' })],
      [],
    ],
    ['after the session was revoked', [end(60, 'session.revoke'), use(90, owner)], after],
    ['after a logout that failed', [end(60, 'logout', { outcome: 'failed' }), use(90, owner)], []],
    ['after the session ran out at the issuer', [end(60, 'session.end'), use(90, owner)], []],
    ['of another session', [end(60, 'logout', { session: 'S-2' }), use(90, owner)], []],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })
})
