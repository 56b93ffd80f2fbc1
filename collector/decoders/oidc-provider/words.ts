// What the events, grants and refusals of an oidc-provider say in our words.

import type { TokenVerdict } from '../../../schemas/events/token-words.ts'

const byGrant: Readonly<Record<string, string>> = {
  authorization_code: 'code.exchange',
  refresh_token: 'token.refresh',
  client_credentials: 'client.login',
  'urn:ietf:params:oauth:grant-type:device_code': 'code.exchange',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token.exchange',
}

/** By the event's name without `.success` or `.error`. */
const byEvent: Readonly<Record<string, string>> = {
  'grant.revoked': 'grant.revoke',
  authorization: 'code.issue',
  device_authorization: 'authorization.request',
  pushed_authorization_request: 'authorization.request',
  end_session: 'logout',
  backchannel: 'logout.notify',
  introspection: 'token.introspect',
  revocation: 'token.revoke',
  userinfo: 'token.validate',
  registration_create: 'client.create',
  registration_update: 'client.update',
  registration_delete: 'client.delete',
  server_error: 'server.error',
}

/** `''` where the event says nothing by itself, as an interaction without a login. */
export function actionOf(event: string, grantType: string, isLogin: boolean): string {
  if (event === 'interaction.ended') return isLogin ? 'login' : 'interaction.end'
  const bare = event.replace(/\.(?:success|error)$/, '')
  if (bare === 'grant') return Object.hasOwn(byGrant, grantType) ? (byGrant[grantType] ?? '') : 'token.issue'
  return Object.hasOwn(byEvent, bare) ? (byEvent[bare] ?? '') : bare.replaceAll('_', '-')
}

/** By what `error_detail` begins with or ends in: oidc-provider's own texts, of its versions 6 to 9. */
const byDetail: readonly (readonly [RegExp, TokenVerdict])[] = [
  [/ already (?:used|consumed)$/, 'reused'],
  [/client mismatch$/, 'wrong-client'],
  [/ is expired$/, 'expired'],
  [/^grant not found$/, 'revoked'],
  [/(?:token|code) not found$/, 'unknown'],
  [/ session (?:not found|mismatch)|^associated .*session/, 'session-ended'],
  [/^failed (?:jkt|x5t#S256)|^mutual TLS client certificate not provided|^DPoP proof/, 'binding-mismatch'],
]

export function verdictOf(detail: string): TokenVerdict {
  return detail.length > 200 ? '' : (byDetail.find(([form]) => form.test(detail))?.[1] ?? '')
}
