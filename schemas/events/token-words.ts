// The closed words about tokens: their kinds, how they are presented, why issuers refuse them, where clients sit; and the names of what issuers do.

/** What kind of token an event presents. `''`: the record does not say. */
export const tokenKinds = [
  '',
  'access-token',
  'refresh-token',
  'id-token',
  'authorization-code',
  'client-assertion',
  'dpop-proof',
  'magic-link',
] as const
export type TokenKind = (typeof tokenKinds)[number]

export function isTokenKind(text: string): text is TokenKind {
  return (tokenKinds as readonly string[]).includes(text) // wider, to ask whether it holds any text
}

/** HTTP authentication scheme under which a token came (RFC 6750, RFC 9449). */
export const tokenSchemes = ['', 'bearer', 'dpop'] as const
export type TokenScheme = (typeof tokenSchemes)[number]

/**
 * Why an issuer refused a token, whatever words it has for it: `reused` a one-time token that was used before · `stale` one
 * older than the parent of the current one · `wrong-client` issued to another client · `session-ended` its session was
 * logged out, revoked or has expired · `revoked` · `expired` · `unknown` not one of the issuer's, or not readable ·
 * `binding-mismatch` presented without the key or certificate that it is bound to.
 */
export const tokenVerdicts = [
  '',
  'reused',
  'stale',
  'wrong-client',
  'session-ended',
  'revoked',
  'expired',
  'unknown',
  'binding-mismatch',
] as const
export type TokenVerdict = (typeof tokenVerdicts)[number]

/** What kind of network a client's address belongs to, where a record says so. */
export const clientNetworks = ['', 'hosting', 'vpn', 'relay', 'mobile', 'residential', 'business'] as const
export type ClientNetwork = (typeof clientNetworks)[number]

/**
 * `action` of an `authn` event, where the source has one of these in its own words. `session.end` is the issuer's doing, at
 * expiry or by an administrator; `logout` the user's; `session.revoke` and `grant.revoke` take everything of it away.
 */
export const authnActions = [
  'login',
  'logout',
  'session.end',
  'session.revoke',
  'grant.revoke',
  'token.issue',
  'token.refresh',
  'token.exchange',
  'token.revoke',
  'token.introspect',
  'token.validate',
  'code.exchange',
  'client.login',
  'registration',
  'credential.change',
  'impersonation',
  'lockout',
] as const
export type AuthnAction = (typeof authnActions)[number]
