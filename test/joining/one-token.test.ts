// One token seen by mesh, policy engine, application and issuer is one token: by its reference, or by its issuer and id.

import { describe, expect, it } from 'vitest'
import { openScrubber } from '../../collector/scrub/scrubber.ts'
import { accessToken, dpopProof, issuer, recordingKey } from '../recordings/opa/throw-away-tokens.ts'
import { linesOf, openLineDecoder } from '../support/decode-lines.ts'

const now = Date.UTC(2026, 10, 2, 9, 14)
const stamp = '2026-11-02T09:14:22.318Z'
const { proof, thumbprint } = dpopProof(now, 'POST', 'http://payments:8080/v1/refunds')
const token = accessToken(now, { cnf: { jkt: thumbprint } })
const rawId = 'onrtac:5f6e2d0c-7a3b-4c4d-9e8f-001122334455'
const tokenId = '5f6e2d0c-7a3b-4c4d-9e8f-001122334455'
const session = 'c0ffee00-1111-4222-8333-444455556666'
const issuedAt = Math.floor(now / 1000)

const mesh = { start_time: stamp, response_code: 200, downstream_remote_address: '10.20.3.7:51834' }
const login = { time: stamp, event: 'login', user_id: 'u-314' }
const decision = (input: object): object => ({
  decision_id: 'd',
  labels: {},
  path: 'shop/allow',
  input,
  result: true,
  timestamp: stamp,
})
const question = (headers: object): object =>
  decision({ attributes: { request: { http: { method: 'POST', path: '/v1/refunds', headers } } } })
const span = (header: string): object => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'POST /v1/refunds',
  kind: 2,
  startTimeUnixNano: `${now}000000`,
  endTimeUnixNano: `${now + 7}000000`,
  attributes: [{ key: 'http.request.header.authorization', value: { stringValue: header } }],
})
const exported = (one: object): object => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: [one] }] }],
})
const own = { kind: 'access', at: stamp, caller: 'cart.shop' }
const header = `Bearer ${token}`

/** Scrubbed and decoded as the pipeline does it. */
function seenIn(record: object | string) {
  const scrubber = openScrubber(recordingKey, { fieldNames: [] })
  const text = scrubber.scrubText(typeof record === 'string' ? record : JSON.stringify(record))
  expect(text).not.toContain(token.slice(-20))
  const { events, quarantine } = openLineDecoder()(text)
  expect(quarantine).toEqual([])
  return events[0]
}

const reference = seenIn({ ...mesh, authorization: header })?.token ?? ''

describe('a token whose value was there', () => {
  it.each<readonly [string, object | string]>([
    ['a mesh line with the header', { ...mesh, authorization: header }],
    ['an Envoy question to OPA', question({ authorization: header })],
    ['an Envoy question to OPA, by DPoP', question({ authorization: `DPoP ${token}`, dpop: proof })],
    ['an input of an application to OPA', decision({ subject: 'u-314', token })],
    ['headers in an input to OPA', decision({ request: { headers: { authorization: header } } })],
    ['an application log', { ...login, access_token: token }],
    ['an application log, in its headers', { ...login, req: { headers: { authorization: header } } }],
    ['an audit line', `2026-11-02 09:14:22 | user_id=u-314 | action=LOGIN | token=${token}`],
    ['an event of our own', { ...own, token: header }],
    ['a span with the header', exported(span(header))],
    [
      'a console line of OPA in a shipper’s envelope',
      { log: `${JSON.stringify(decision({ token }))}\n`, stream: 'stderr' },
    ],
  ])('has one reference and one id in %s', (_, record) => {
    expect(seenIn(record)).toMatchObject({
      token: reference,
      tokenIssuer: issuer,
      tokenId,
      session,
      client: 'shop-web',
      tokenIssuedAt: issuedAt * 1000,
      tokenExpiresAt: (issuedAt + 300) * 1000,
      tokenBinding: `jkt:${thumbprint}`,
    })
  })

  it('is presented by the key that its proof shows', () => {
    const headers = { authorization: `DPoP ${token}`, dpop: proof }
    const presented = { presenterBinding: `jkt:${thumbprint}`, tokenScheme: 'dpop' }
    expect(seenIn(question(headers))).toMatchObject({ ...presented, proofId: 'proof-1' })
    expect(seenIn({ ...mesh, ...headers })).toMatchObject({ ...presented, proofId: 'proof-1' })
    expect(seenIn({ ...login, ...headers })).toMatchObject({ ...presented, proofId: 'proof-1' })
  })
})

describe('a token of which only ids were there', () => {
  it.each<readonly [string, object]>([
    [
      'claims that the mesh verified',
      { ...mesh, jwt_iss: issuer, jwt_jti: rawId, jwt_sid: session, jwt_iat: issuedAt },
    ],
    [
      'claims that the mesh verified and showed OPA',
      decision({
        attributes: {
          request: { http: { method: 'POST' } },
          metadataContext: {
            filterMetadata: {
              'envoy.filters.http.jwt_authn': { payload: { iss: issuer, jti: rawId, sid: session, iat: issuedAt } },
            },
          },
        },
      }),
    ],
    [
      'claims that an application showed OPA',
      decision({ claims: { iss: issuer, jti: rawId, sid: session, iat: issuedAt } }),
    ],
    ['an application log', { ...login, iss: issuer, jti: rawId, sid: session, iat: issuedAt }],
    ['an event of our own', { ...own, tokenIssuer: issuer, tokenId: rawId, session, tokenIssuedAt: issuedAt }],
  ])('has one issuer and id in %s', (_, record) => {
    expect(seenIn(record)).toMatchObject({
      tokenIssuer: issuer,
      tokenId,
      session,
      tokenIssuedAt: issuedAt * 1000,
      token: '',
    })
  })
})

it('is issued by Keycloak under the id by which it is used', () => {
  const details = { token_id: rawId, refresh_token_id: 'rt-1', updated_refresh_token_id: 'rt-2' }
  const event = { id: 'e', time: now, type: 'REFRESH_TOKEN', realmName: 'shop', clientId: 'web', sessionId: session }
  expect(seenIn({ ...event, details })).toMatchObject({ issuedToken: tokenId, session })
})

it('what a real OPA recorded has the ids that its issuer gave', () => {
  const [line = ''] = linesOf(import.meta.url, '../recordings/opa/upload.jsonl').filter((one) =>
    one.includes('"r-deny"'),
  )
  expect(seenIn(line)).toMatchObject({ tokenIssuer: issuer, tokenId, session })
})
