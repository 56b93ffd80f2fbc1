// Proves what user and admin events of Keycloak in JSON say, whoever sends them.

import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { decoders } from './catalog.ts'
import { keycloakAdminEvent } from './keycloak-admin-event.ts'
import { keycloakEvent } from './keycloak-event.ts'

const accessToken = '7d0f2c51-6f6f-4a51-8e53-2a4d3c1f9a10'
const at = Date.UTC(2026, 10, 2, 9, 14, 22, 318)
const refreshed = {
  id: '2f0e6c1a-9f0e-4c33-8e44-9d2f1f6f0001',
  time: at,
  type: 'REFRESH_TOKEN',
  realmId: '0b5c2f1e',
  realmName: 'shop',
  clientId: 'web',
  userId: 'u-314',
  sessionId: 'S1',
  ipAddress: '203.0.113.9',
  details: {
    grant_type: 'refresh_token',
    refresh_token_type: 'Refresh',
    refresh_token_id: 'rt-1',
    updated_refresh_token_id: 'rt-2',
    token_id: `onrtac:${accessToken}`,
    scope: 'openid profile',
    client_auth_method: 'client-secret',
  },
}
const said = {
  kind: 'authn',
  eventAt: at,
  action: 'token.refresh',
  outcome: 'allowed',
  outcomeBasis: 'field',
  subject: 'u-314',
  subjectFrom: 'field',
  client: 'web',
  clientFrom: 'field',
  session: 'S1',
  sessionFrom: 'field',
  clientIp: '203.0.113.9',
  tokenKind: 'refresh-token',
  tokenId: 'rt-1',
  tokenFrom: 'field',
  issuedRefreshToken: 'rt-2',
  issuedToken: accessToken,
  scope: 'openid profile',
  tokenVerdict: '',
}
const only = (record: object) => onlyEvent(keycloakEvent, JSON.stringify(record))

describe('a refresh', () => {
  it('of a listener that sends the event as it is', () => {
    expect(only(refreshed)).toMatchObject({ ...said, tokenIssuer: 'shop', nativeId: refreshed.id })
  })

  it('of the admin API’s list, without id and name of the realm', () => {
    const { id: _, realmName: __, ...listed } = refreshed
    expect(only(listed)).toMatchObject({ ...said, tokenIssuer: '0b5c2f1e', nativeId: '' })
  })

  it('of a webhook extension, with a prefix and the parties apart', () => {
    const { time, realmId, details } = refreshed
    const record = {
      uid: 'e-1',
      time,
      realmId,
      type: 'access.REFRESH_TOKEN',
      authDetails: {
        realmId: 'shop',
        clientId: 'web',
        userId: 'u-314',
        ipAddress: '203.0.113.9',
        sessionId: 'S1',
        username: 'ada',
      },
      details,
    }
    expect(only(record)).toMatchObject({ ...said, tokenIssuer: 'shop', nativeId: 'e-1' })
  })

  it('that was refused names its subject by the token, for Keycloak knows no user then', () => {
    const { updated_refresh_token_id: _, token_id: __, ...details } = refreshed.details
    const refused = { ...refreshed, type: 'REFRESH_TOKEN_ERROR', error: 'invalid_token' }
    for (const userId of [null, 'null', undefined])
      expect(
        only({ ...refused, userId, details: { ...details, reason: 'Stale token', refresh_token_sub: 'u-314' } }),
      ).toMatchObject({
        outcome: 'denied',
        outcomeReason: 'Stale token',
        tokenVerdict: 'stale',
        subject: 'u-314',
        issuedRefreshToken: '',
        attributesJson: { error: 'invalid_token' },
      })
  })
})

describe('every type of event', () => {
  it.each([
    ['LOGIN', 'login', ''],
    ['LOGOUT', 'logout', ''],
    ['CODE_TO_TOKEN', 'code.exchange', 'authorization-code'],
    ['CLIENT_LOGIN', 'client.login', ''],
    ['TOKEN_EXCHANGE', 'token.exchange', ''],
    ['INTROSPECT_TOKEN', 'token.introspect', 'access-token'],
    ['USER_INFO_REQUEST', 'token.validate', 'access-token'],
    ['REVOKE_GRANT', 'grant.revoke', ''],
    ['REGISTER', 'registration', ''],
    ['UPDATE_CREDENTIAL', 'credential.change', ''],
    ['REMOVE_TOTP', 'credential.change', ''],
    ['IMPERSONATE', 'impersonation', ''],
    ['USER_DISABLED_BY_PERMANENT_LOCKOUT', 'lockout', ''],
    ['IDENTITY_PROVIDER_LOGIN', 'login', ''],
    ['PUSHED_AUTHORIZATION_REQUEST', 'authorization.request', ''],
    ['FIND_FRIEND', 'find-friend', ''],
  ])('%s is %s', (type, action, tokenKind) => {
    const { details: _, ...bare } = refreshed
    expect(only({ ...bare, type })).toMatchObject({ action, tokenKind, outcome: 'allowed' })
    expect(only({ ...bare, type: `${type}_ERROR`, error: 'not_allowed' })).toMatchObject({
      action,
      outcome: 'denied',
      outcomeReason: 'not_allowed',
    })
  })

  it('that gives tokens names them, and one that is shown a token does not', () => {
    const details = { token_id: `onltro:${accessToken}`, refresh_token_id: 'rt-1' }
    expect(only({ ...refreshed, type: 'LOGIN', details })).toMatchObject({
      issuedToken: accessToken,
      issuedRefreshToken: 'rt-1',
      tokenId: '',
    })
    expect(
      only({ ...refreshed, type: 'INTROSPECT_TOKEN', details: { token_id: `onltro:${accessToken}` } }),
    ).toMatchObject({
      issuedToken: '',
      tokenId: accessToken,
      tokenFrom: 'field',
    })
  })
})

describe('an odd record', () => {
  it.each([
    ['no realm', { ...refreshed, realmId: undefined, realmName: undefined }],
    ['no party', { ...refreshed, clientId: undefined, ipAddress: undefined }],
    ['a type that is none of Keycloak’s', { ...refreshed, type: 'access.log' }],
    ['a type that is no text', { ...refreshed, type: 7 }],
    ['an operation', { ...refreshed, operationType: 'CREATE' }],
  ])('with %s is not recognised', (_, record) => {
    expect(decodeText(keycloakEvent, JSON.stringify(record))).toMatchObject({
      recognised: false,
      refusal: { reason: 'invalid-field' },
    })
  })

  it.each([
    ['time', { ...refreshed, time: 'soon' }, 'invalid-time'],
    ['time', { ...refreshed, time: -5 }, 'invalid-time'],
    ['client', { ...refreshed, clientId: 'web\u202e' }, 'invalid-field'],
    ['session', { ...refreshed, sessionId: 'S'.repeat(2000) }, 'invalid-field'],
  ])('with an impossible %s is refused', (_, record, reason) => {
    expect(decodeText(keycloakEvent, JSON.stringify(record)).refusal?.reason).toBe(reason)
  })

  it('keeps what has no column, bounded', () => {
    const details = { username: 'ada', odd: { a: [1] }, long: 'x'.repeat(5000), nothing: null }
    expect(only({ ...refreshed, type: 'LOGIN', details, extra: 1 }).attributesJson).toEqual({
      type: 'LOGIN',
      realmId: '0b5c2f1e',
      realm: 'shop',
      username: 'ada',
      long: `${'x'.repeat(1023)}…`,
      odd: { a: [1] },
      extra: 1,
    })
  })
})

describe('an admin event', () => {
  const base = {
    time: at,
    realmId: 'shop-id',
    operationType: 'UPDATE',
    authDetails: { realmId: 'master-id', clientId: 'admin-cli', userId: 'adm', ipAddress: '192.0.2.4' },
  }
  it.each([
    ['DELETE', 'USER_SESSION', 'sessions/S1', 'authn', 'session.revoke', { session: 'S1', subject: '' }],
    ['ACTION', 'USER', 'users/u-1/logout', 'authn', 'session.revoke', { subject: 'u-1' }],
    ['ACTION', 'REALM', 'logout-all', 'authn', 'session.revoke', { subject: '' }],
    ['DELETE', 'USER', 'users/u-1/consents/web', 'authn', 'grant.revoke', { subject: 'u-1' }],
    ['ACTION', 'USER', 'users/u-1/reset-password', 'authn', 'credential.change', { subject: 'u-1' }],
    ['ACTION', 'USER', 'users/u-1/impersonation', 'authn', 'impersonation', { subject: 'u-1' }],
    ['CREATE', 'CLIENT_ROLE_MAPPING', 'users/u-1/role-mappings/clients/c', 'action', 'role.change', { subject: 'u-1' }],
    ['CREATE', 'GROUP_MEMBERSHIP', 'users/u-1/groups/g', 'action', 'group.change', { subject: 'u-1' }],
    ['ACTION', 'CLIENT', 'clients/c/client-secret', 'action', 'secret.rotate', {}],
    ['UPDATE', 'CLIENT', 'clients/c', 'action', 'client.update', {}],
    ['CREATE', 'USER', 'users/u-1', 'action', 'user.create', { subject: 'u-1' }],
    ['UPDATE', 'REALM', '', 'action', 'realm.update', {}],
    ['UPDATE', 'IDENTITY_PROVIDER', 'identity-provider/instances/x', 'action', 'identity-provider.update', {}],
  ])('%s %s %j is %s %s', (operationType, resourceType, resourcePath, kind, action, more) => {
    expect(
      onlyEvent(keycloakAdminEvent, JSON.stringify({ ...base, operationType, resourceType, resourcePath })),
    ).toMatchObject({
      kind,
      action,
      outcome: 'allowed',
      actor: 'adm',
      client: 'admin-cli',
      clientIp: '192.0.2.4',
      tokenIssuer: 'shop-id',
      resource: resourcePath,
      ...more,
    })
  })

  it('that failed is denied, and what was written is left out', () => {
    const record = {
      ...base,
      resourceType: 'USER',
      resourcePath: 'users/u-1',
      error: 'not_allowed',
      representation: '{"email":"a@shop.example"}',
    }
    const event = onlyEvent(keycloakAdminEvent, JSON.stringify(record))
    expect(event).toMatchObject({ outcome: 'denied', outcomeReason: 'not_allowed' })
    expect(event.attributes).not.toContain('shop.example')
  })

  it('of a webhook extension is not taken for a user event', () => {
    const record = { ...base, type: 'admin.USER-UPDATE', resourceType: 'USER', resourcePath: 'users/u-1' }
    const taken = decoders.filter((decoder) => decodeText(decoder, JSON.stringify(record)).recognised)
    expect(taken[0]?.id).toBe('keycloak-admin-event')
  })

  it('with a path made to be slow is read all the same', () => {
    const record = { ...base, resourceType: 'USER', resourcePath: 'users/'.repeat(50_000) }
    expect(onlyEvent(keycloakAdminEvent, JSON.stringify(record))).toMatchObject({ action: 'user.update', subject: '' })
  })
})
