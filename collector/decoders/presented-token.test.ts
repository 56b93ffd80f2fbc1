// Proves how a token was presented, of what kind it is, and what its proof says, in every format that tells.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../schemas/token-reference.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { instantOfClaim, presentedIn, proofIn, tokenIdOf } from './presented-token.ts'

const hash = '0123456789abcdef0123456789abcdef'
const issuedAt = 1_793_610_000
const bare = formatReference({ keyId: 'k1', hash })
const reference = formatReference({ keyId: 'k1', hash, claims: { typ: 'JWT', jti: 'j-1', iat: issuedAt } })
const typed = formatReference({ keyId: 'k1', hash, claims: { typ: 'at+jwt', jti: 'j-1', iat: issuedAt } })
const proof = formatReference({ keyId: 'k1', hash, claims: { typ: 'dpop+jwt', jti: 'p-1', jkt: 'thumb' } })

describe('the scheme before a token', () => {
  it.each([
    [`Bearer ${bare}`, 'bearer'],
    [`bearer  ${bare}`, 'bearer'],
    [`DPoP ${bare}`, 'dpop'],
    [`authorization: "DPoP ${bare}"`, 'dpop'],
    [bare, ''],
    [`Basic ${bare}`, ''],
    [`forbearer ${bare}`, ''],
  ])('in %s is "%s"', (text, scheme) => {
    expect(presentedIn(text)?.scheme).toBe(scheme)
  })

  it('is none where no reference stands', () => {
    expect(presentedIn('Bearer abc')).toBeUndefined()
    expect(presentedIn('Bearer ew.ref.v1.')).toBeUndefined()
  })
})

it('a proof is one only where it says so', () => {
  expect(proofIn(proof)).toEqual({ id: 'p-1', binding: 'jkt:thumb' })
  for (const text of [typed, bare, 'x', '']) expect(proofIn(text)).toBeUndefined()
})

it.each([
  [issuedAt, issuedAt * 1000],
  [issuedAt + 0.5, issuedAt * 1000 + 500],
  [0, -1],
  [-1, -1],
  [1e11, -1],
  [undefined, -1],
])('the claim %s is the instant %s', (seconds, at) => {
  expect(instantOfClaim(seconds)).toBe(at)
})

it.each([
  ['onrtac:2b41ea65-2bdc-f779-8af9-12325ae116b2', '2b41ea65-2bdc-f779-8af9-12325ae116b2'],
  ['2b41ea65-2bdc-f779-8af9-12325ae116b2', '2b41ea65-2bdc-f779-8af9-12325ae116b2'],
  ['tenant:2b41ea65-2bdc-f779-8af9-12325ae116b', 'tenant:2b41ea65-2bdc-f779-8af9-12325ae116b'],
  ['1:2b41ea65', '1:2b41ea65'],
  ['', ''],
])('the id %s of a token is "%s"', (id, told) => {
  expect(tokenIdOf(id)).toBe(told)
})

const mesh = { start_time: '2026-11-02T09:14:22Z', response_code: 200 }
const login = { time: '2026-11-02T09:14:22Z', event: 'login', user_id: 'U' }
const own = { kind: 'authn', at: '2026-11-02T09:14:22Z', outcome: 'allowed' }

describe('a presented token', () => {
  it.each<readonly [string, object, object]>([
    [
      'a mesh line with the header',
      { ...mesh, authorization: `DPoP ${reference}`, dpop: proof },
      { tokenScheme: 'dpop', tokenKind: 'access-token', proofId: 'p-1', presenterBinding: 'jkt:thumb', tokenId: 'j-1' },
    ],
    [
      'a mesh line with an opaque one',
      { ...mesh, authorization: `Bearer ${bare}` },
      { tokenScheme: 'bearer', tokenKind: 'access-token' },
    ],
    [
      'a mesh line with a password',
      { ...mesh, authorization: `Basic ${bare}` },
      { token: `k1.${hash}`, tokenScheme: '', tokenKind: '' },
    ],
    [
      'a mesh line with claims',
      { ...mesh, jwt_jti: 'j-1', jwt_iat: issuedAt },
      { tokenScheme: '', tokenKind: 'access-token', tokenIssuedAt: issuedAt * 1000 },
    ],
    ['a mesh line without one', mesh, { tokenKind: '', tokenFrom: '', tokenIssuedAt: 0 }],
    [
      'an application, by the name of its field',
      { ...login, refresh_token: reference },
      { tokenKind: 'refresh-token', tokenIssuedAt: issuedAt * 1000 },
    ],
    [
      'an application, by the header',
      { ...login, authorization: `Bearer ${reference}` },
      { tokenKind: 'access-token', tokenScheme: 'bearer' },
    ],
    ['an application, by the type of the token', { ...login, token: typed }, { tokenKind: 'access-token' }],
    [
      'an application, by its own word',
      { ...login, token: bare, token_kind: 'magic link', grant_id: 'g-1' },
      { tokenKind: 'magic-link', tokenFamily: 'g-1' },
    ],
    ['an application that does not say', { ...login, token: reference }, { tokenKind: '', tokenScheme: '' }],
    [
      'an application with ids',
      { ...login, jti: 'j-1', iat: issuedAt },
      { tokenId: 'j-1', tokenIssuedAt: issuedAt * 1000 },
    ],
    [
      'an application with a proof',
      { ...login, dpop: proof, jti: 'j-1' },
      { proofId: 'p-1', presenterBinding: 'jkt:thumb' },
    ],
    [
      'our own event',
      { ...own, token: `DPoP ${typed}` },
      { tokenScheme: 'dpop', tokenKind: 'access-token', tokenIssuedAt: issuedAt * 1000 },
    ],
    [
      'our own event that says more',
      { ...own, token: typed, tokenKind: 'id-token', tokenScheme: 'bearer' },
      { tokenKind: 'id-token', tokenScheme: 'bearer' },
    ],
  ])('is told by %s', (_, record, expected) => {
    expect(openLineDecoder()(JSON.stringify(record)).events).toMatchObject([expected])
  })

  it('has a certificate beside its proof, which is kept and does not name the presenter', () => {
    const [event] = openLineDecoder()(JSON.stringify({ ...mesh, dpop: proof, client_cert_sha256: 'ab' })).events
    expect(event).toMatchObject({ presenterBinding: 'jkt:thumb', attributes: '{"client_cert_sha256":"ab"}' })
  })
})
