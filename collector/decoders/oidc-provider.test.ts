// Proves on recordings of the real oidc-provider, and on lines made by hand, what the bridge's lines say.

import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { recording, recordingsOf } from '../../test/support/recordings.ts'
import { oidcProvider } from './oidc-provider.ts'

function decoded(story: string): readonly SecurityEvent[] {
  const { events, quarantine } = openLineDecoder()(recording(`oidc-provider/${story}.jsonl`).join('\n'))
  expect(quarantine).toEqual([])
  return events
}

const told = (event: SecurityEvent): string =>
  [event.action, event.outcome, event.tokenVerdict].filter((word) => word !== '').join(' ')
const entered = ['login allowed', 'interaction.end allowed', 'code.issue allowed', 'code.exchange allowed']

const stories: readonly (readonly [string, readonly string[]])[] = [
  ['login-and-rotation', ['token.refresh allowed', 'token.refresh allowed']],
  [
    'token-reused',
    ['token.refresh allowed', 'grant.revoke allowed', 'token.refresh denied reused', 'token.refresh denied unknown'],
  ],
  ['two-tabs', ['token.refresh allowed', 'grant.revoke allowed', 'token.refresh denied reused']],
  ['other-client', ['token.refresh denied wrong-client', 'token.refresh allowed']],
  ['code-replayed', ['grant.revoke allowed', 'code.exchange denied reused', 'token.refresh denied unknown']],
  ['revocation', ['grant.revoke allowed', 'token.refresh denied unknown']],
  ['logout', ['logout allowed', 'token.refresh allowed']],
  [
    'jwt-and-clients',
    ['token.refresh allowed', 'client.login allowed', 'client.login denied', 'token.refresh denied unknown'],
  ],
]

describe('a story of oidc-provider', () => {
  it.each(stories)('%s is told event by event', (story, then) => {
    const events = decoded(story).map(told)
    // Two tabs at once end in any order, and so do their events.
    if (story === 'two-tabs') expect(events.sort()).toEqual([...entered, ...then].sort())
    else expect(events).toEqual([...entered, ...then])
  })

  it('that is recorded has a place in this table', () => {
    expect(recordingsOf('oidc-provider', '.jsonl')).toEqual(
      stories.map(([story]) => `oidc-provider/${story}.jsonl`).sort(),
    )
  })

  it.each(stories)('%s has its fields in their columns', (story) => {
    const lines = recording(`oidc-provider/${story}.jsonl`)
    for (const [at, event] of decoded(story).entries()) {
      const line = JSON.parse(lines[at] ?? '')
      const { presented = {}, issued = {} } = line
      expect(event).toMatchObject({
        kind: 'authn',
        format: 'oidc-provider',
        eventAt: Date.parse(line.at),
        subject: line.account_id ?? '',
        client: line.client_id ?? '',
        session: line.session_uid ?? '',
        tokenFamily: line.grant_id ?? '',
        tokenIssuer: line.issuer,
        scope: line.scope ?? '',
        clientIp: line.ip,
        userAgent: line.user_agent,
        requestId: line.request_id,
        outcomeReason: line.error_detail ?? line.error_description ?? '',
        tokenKind: presented.kind ?? '',
        tokenId: presented.refresh_token_id ?? presented.authorization_code_id ?? presented.token_id ?? '',
        tokenIssuedAt: (presented.issued_at ?? 0) * 1000,
        tokenExpiresAt: (presented.expires_at ?? 0) * 1000,
        issuedToken: issued.access_token_id ?? '',
        issuedRefreshToken: issued.refresh_token_id ?? '',
      })
    }
  })

  it('joins what another client presents to the family, by the token', () => {
    const events = decoded('other-client')
    const exchange = events.find(({ action }) => action === 'code.exchange')
    const refused = events.find(({ tokenVerdict }) => tokenVerdict === 'wrong-client')
    expect(refused).toMatchObject({ client: 'mobile', tokenId: exchange?.issuedRefreshToken, subject: '' })
  })

  it('names the session that a logout ends', () => {
    const events = decoded('logout')
    expect(events.find(({ action }) => action === 'logout')).toMatchObject({
      session: events[0]?.session,
      subject: 'grace',
    })
  })

  it('names an access token that is a JWT by its own id', () => {
    const exchange = decoded('jwt-and-clients').find(({ action }) => action === 'code.exchange')
    expect(exchange?.issuedToken).toMatch(/^[A-Za-z0-9_-]{20,}$/)
    expect(decoded('login-and-rotation').find(({ action }) => action === 'code.exchange')?.issuedToken).toMatch(
      /^sha256:/,
    )
  })
})

const line = {
  schema: 'eastwest.oidc-provider/v1',
  at: '2026-11-02T09:14:22.318Z',
  event: 'grant.success',
  client_id: 'web',
}
const only = (more: object) => onlyEvent(oidcProvider, JSON.stringify({ ...line, ...more }))

describe('a line', () => {
  it.each([
    ['grant.success', 'authorization_code', 'code.exchange', 'allowed'],
    ['grant.error', 'client_credentials', 'client.login', 'denied'],
    ['grant.success', 'urn:ietf:params:oauth:grant-type:token-exchange', 'token.exchange', 'allowed'],
    ['grant.success', 'constructor', 'token.issue', 'allowed'],
    ['revocation.error', '', 'token.revoke', 'denied'],
    ['introspection.error', '', 'token.introspect', 'denied'],
    ['userinfo.error', '', 'token.validate', 'denied'],
    ['end_session.success', '', 'logout', 'allowed'],
    ['registration_update.success', '', 'client.update', 'allowed'],
    ['server_error', '', 'server.error', 'failed'],
    ['toString', '', 'toString', 'allowed'],
  ])('of %s with grant %j is %s, %s', (event, grant_type, action, outcome) => {
    const error = event.endsWith('error') ? { error: 'invalid_grant' } : {}
    expect(only({ event, grant_type, ...error })).toMatchObject({ action, outcome })
  })

  it.each([
    ['refresh token already used', 'reused'],
    ['authorization code already consumed', 'reused'],
    ['client mismatch', 'wrong-client'],
    ['refresh token client mismatch', 'wrong-client'],
    ['refresh token is expired', 'expired'],
    ['grant not found', 'revoked'],
    ['refresh token not found', 'unknown'],
    ['failed jkt verification', 'binding-mismatch'],
    ['mutual TLS client certificate not provided', 'binding-mismatch'],
    ['something new', ''],
    [`${' '.repeat(100_000)}client mismatch`, ''],
  ])('refused for %j is %j', (error_detail, verdict) => {
    expect(only({ event: 'grant.error', error: 'invalid_grant', error_detail })).toMatchObject({
      tokenVerdict: verdict,
    })
  })

  it('names tokens that came as they were by the reference that stands in their place', () => {
    const reference = (digit: string): string => `ew.ref.v1.k1.${digit.repeat(32)}`
    const claims = Buffer.from('"jti":"at-1","sub":"u-1"').toString('base64url')
    expect(
      only({
        presented: { kind: 'refresh-token', refresh_token: reference('a') },
        issued: { access_token: `${reference('b')}.${claims}`, refresh_token: reference('c') },
      }),
    ).toMatchObject({
      token: `k1.${'a'.repeat(32)}`,
      tokenId: '',
      tokenFrom: 'field',
      issuedToken: 'at-1',
      issuedRefreshToken: `k1.${'c'.repeat(32)}`,
    })
  })

  it('has IPv4 addresses as they are everywhere else', () => {
    expect(only({ ip: '::ffff:203.0.113.9' }).clientIp).toBe('203.0.113.9')
    expect(only({ ip: '2001:DB8::1' }).clientIp).toBe('2001:db8::1')
  })

  it('carries binding, proof and trace', () => {
    expect(
      only({
        presented: { kind: 'access-token', access_token_id: 'x', binding: { jkt: 'thumb' } },
        proof: { jti: 'p-1' },
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      }),
    ).toMatchObject({
      tokenBinding: 'jkt:thumb',
      proofId: 'p-1',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
    })
  })

  it.each([
    ['schema', { schema: 'eastwest.oidc-provider/v2' }, 'invalid-field'],
    ['event', { event: '' }, 'missing-field'],
    ['time', { at: 'soon' }, 'invalid-time'],
    ['account', { account_id: 'a\u202eb' }, 'invalid-field'],
  ])('with an odd %s is refused', (_, more, reason) => {
    expect(decodeText(oidcProvider, JSON.stringify({ ...line, ...more })).refusal?.reason).toBe(reason)
  })

  it.each([
    ['presented', 'a text'],
    ['issued', [1]],
    ['proof', { jti: {} }],
    ['ip', '999.1.1.1'],
    ['traceparent', '00-x'],
    ['grant_type', 7],
    ['login', 'yes'],
  ])('with an odd %s is read without it', (key, value) => {
    expect(only({ [key]: value })).toMatchObject({
      outcome: 'allowed',
      clientIp: '',
      traceId: '',
      proofId: '',
      tokenId: '',
    })
  })
})
