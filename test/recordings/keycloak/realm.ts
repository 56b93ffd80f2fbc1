// The realm that the recordings are made in: clients and users, with rotation of refresh tokens and without reuse.

const everyEventType = [
  'LOGIN LOGOUT REGISTER CODE_TO_TOKEN CLIENT_LOGIN REFRESH_TOKEN INTROSPECT_TOKEN USER_INFO_REQUEST REVOKE_GRANT',
  'TOKEN_EXCHANGE IMPERSONATE UPDATE_PASSWORD UPDATE_PROFILE UPDATE_CREDENTIAL CLIENT_INFO INVALID_SIGNATURE',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT USER_DISABLED_BY_PERMANENT_LOCKOUT PERMISSION_TOKEN',
]
  .join(' ')
  .split(' ')
  .flatMap((type) => [type, `${type}_ERROR`])

export const password = 'correct horse'
export const apiSecret = 'recording-only-secret'

const users = ['ada', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy']

const user = (username: string, enabled = true): object => ({
  username,
  enabled,
  email: `${username}@shop.example`,
  emailVerified: true,
  firstName: username,
  lastName: 'Example',
  credentials: [{ type: 'password', value: password, temporary: false }],
})

const publicClient = (clientId: string): object => ({
  clientId,
  publicClient: true,
  directAccessGrantsEnabled: true,
  standardFlowEnabled: true,
  redirectUris: ['http://127.0.0.1/callback'],
})

/** A realm representation as the admin API takes it. `rotates` false: Keycloak's own default, refresh tokens are not revoked. */
export function realmOf(name: string, rotates: boolean, listeners: readonly string[]): object {
  return {
    realm: name,
    enabled: true,
    registrationAllowed: true,
    // Requests come over loopback, with addresses in `x-forwarded-for` that look foreign.
    sslRequired: 'none',
    revokeRefreshToken: rotates,
    refreshTokenMaxReuse: 0,
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: 14_400,
    ssoSessionMaxLifespan: 36_000,
    bruteForceProtected: true,
    permanentLockout: false,
    failureFactor: 3,
    waitIncrementSeconds: 600,
    quickLoginCheckMilliSeconds: 1,
    minimumQuickLoginWaitSeconds: 1,
    eventsEnabled: true,
    enabledEventTypes: everyEventType,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    eventsListeners: listeners,
    clients: [
      publicClient('web'),
      publicClient('mobile'),
      {
        ...publicClient('short'),
        attributes: { 'client.session.idle.timeout': '2', 'client.session.max.lifespan': '2' },
      },
      {
        clientId: 'api',
        secret: apiSecret,
        publicClient: false,
        serviceAccountsEnabled: true,
        directAccessGrantsEnabled: true,
        standardFlowEnabled: false,
        attributes: { 'standard.token.exchange.enabled': 'true' },
      },
    ],
    users: [...users.map((name) => user(name)), user('mallory', false)],
  }
}
