// What Keycloak's event types say in our words.

import type { TokenKind } from '../../../schemas/events/token-words.ts'

export interface EventMeaning {
  /** One of `authnActions`, or a name of the same form. */
  readonly action: string
  /** Kind of the token that is presented with it; `''`: none, or the event does not say which. */
  readonly presents: TokenKind
  /** True where `token_id` is the access token given, not the one presented. */
  readonly issues: boolean
}

const plain: Readonly<Record<string, string>> = {
  LOGIN: 'login',
  IDENTITY_PROVIDER_LOGIN: 'login',
  IDENTITY_PROVIDER_POST_LOGIN: 'login',
  IDENTITY_PROVIDER_RESPONSE: 'login',
  RESTART_AUTHENTICATION: 'login.restart',
  IDENTITY_PROVIDER_FIRST_LOGIN: 'registration',
  REGISTER: 'registration',
  LOGOUT: 'logout',
  USER_SESSION_DELETED: 'session.end',
  USER_DISABLED_BY_PERMANENT_LOCKOUT: 'lockout',
  USER_DISABLED_BY_TEMPORARY_LOCKOUT: 'lockout',
  IMPERSONATE: 'impersonation',
  GRANT_CONSENT: 'grant.consent',
  GRANT_CONSENT_UPDATE: 'grant.consent',
  UPDATE_CONSENT: 'grant.consent',
  UPDATE_PASSWORD: 'credential.change',
  RESET_PASSWORD: 'credential.change',
  UPDATE_TOTP: 'credential.change',
  REMOVE_TOTP: 'credential.change',
  UPDATE_CREDENTIAL: 'credential.change',
  REMOVE_CREDENTIAL: 'credential.change',
  SEND_RESET_PASSWORD: 'credential.reset-request',
  FEDERATED_IDENTITY_LINK: 'identity.link',
  IDENTITY_PROVIDER_LINK_ACCOUNT: 'identity.link',
  CLIENT_INITIATED_ACCOUNT_LINKING: 'identity.link',
  FEDERATED_IDENTITY_OVERRIDE_LINK: 'identity.link',
  REMOVE_FEDERATED_IDENTITY: 'identity.unlink',
  UPDATE_EMAIL: 'profile.change',
  UPDATE_PROFILE: 'profile.change',
  VERIFY_EMAIL: 'email.verify',
  VERIFY_PROFILE: 'profile.verify',
  SEND_VERIFY_EMAIL: 'email.verify-request',
  SEND_IDENTITY_PROVIDER_LINK: 'identity.link-request',
  DELETE_ACCOUNT: 'user.delete',
  EXECUTE_ACTIONS: 'required-action',
  EXECUTE_ACTION_TOKEN: 'required-action',
  CUSTOM_REQUIRED_ACTION: 'required-action',
  CLIENT_REGISTER: 'client.create',
  CLIENT_UPDATE: 'client.update',
  CLIENT_DELETE: 'client.delete',
  CLIENT_INFO: 'client.read',
  REGISTER_NODE: 'node.register',
  UNREGISTER_NODE: 'node.unregister',
  INVALID_SIGNATURE: 'token.validate',
  PUSHED_AUTHORIZATION_REQUEST: 'authorization.request',
  OAUTH2_DEVICE_AUTH: 'authorization.request',
  OAUTH2_DEVICE_VERIFY_USER_CODE: 'authorization.verify',
  IDENTITY_PROVIDER_RETRIEVE_TOKEN: 'token.read',
  INVITE_ORG: 'organization.invite',
}

const withTokens: Readonly<Record<string, EventMeaning>> = {
  LOGIN: { action: 'login', presents: '', issues: true },
  CODE_TO_TOKEN: { action: 'code.exchange', presents: 'authorization-code', issues: true },
  REFRESH_TOKEN: { action: 'token.refresh', presents: 'refresh-token', issues: true },
  CLIENT_LOGIN: { action: 'client.login', presents: '', issues: true },
  TOKEN_EXCHANGE: { action: 'token.exchange', presents: '', issues: true },
  PERMISSION_TOKEN: { action: 'token.issue', presents: '', issues: true },
  OAUTH2_DEVICE_CODE_TO_TOKEN: { action: 'code.exchange', presents: '', issues: true },
  AUTHREQID_TO_TOKEN: { action: 'token.issue', presents: '', issues: true },
  OAUTH2_EXTENSION_GRANT: { action: 'token.issue', presents: '', issues: true },
  JWT_BEARER: { action: 'token.exchange', presents: 'client-assertion', issues: true },
  INTROSPECT_TOKEN: { action: 'token.introspect', presents: 'access-token', issues: false },
  USER_INFO_REQUEST: { action: 'token.validate', presents: 'access-token', issues: false },
  VALIDATE_ACCESS_TOKEN: { action: 'token.validate', presents: 'access-token', issues: false },
}

const refreshTypes = new Set(['Refresh', 'Offline'])
const meanings: ReadonlyMap<string, EventMeaning> = new Map([
  ...Object.entries(plain).map(([type, action]) => [type, { action, presents: '', issues: false } as const] as const),
  ...Object.entries(withTokens),
])

/**
 * Of a type without `_ERROR`. Revoking a refresh token ends what its client has of the session; an access token is revoked
 * alone. A type that we do not know keeps its own name: `FIND_FRIEND` is `find-friend`.
 */
export function meaningOfEvent(type: string, details: ReadonlyMap<string, string>): EventMeaning {
  if (type === 'REVOKE_GRANT') {
    if (details.has('refresh_token_id')) return { action: 'grant.revoke', presents: 'refresh-token', issues: false }
    if (details.has('token_id')) return { action: 'token.revoke', presents: 'access-token', issues: false }
    return { action: 'grant.revoke', presents: '', issues: false }
  }
  if (type === 'INTROSPECT_TOKEN' && refreshTypes.has(details.get('token_type') ?? ''))
    return { action: 'token.introspect', presents: 'refresh-token', issues: false }
  return meanings.get(type) ?? { action: type.toLowerCase().replaceAll('_', '-'), presents: '', issues: false }
}
