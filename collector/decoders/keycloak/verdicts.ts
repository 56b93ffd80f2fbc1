// Why Keycloak refused a token, in our closed words.

import type { TokenVerdict } from '../../../schemas/events/token-words.ts'

/** By what the reason begins with; the first that fits. Keycloak's own texts, of its versions 12 to 26. */
const byReason: readonly (readonly [string, TokenVerdict])[] = [
  ['Maximum allowed refresh token reuse exceeded', 'reused'],
  ['Stale token', 'stale'],
  ["Invalid refresh token. Token client and authorized client don't match", 'wrong-client'],
  ["Invalid token. Token client and authorized client don't match", 'wrong-client'],
  ["Session doesn't have required client", 'session-ended'],
  ['Session not active', 'session-ended'],
  ['Offline session not active', 'session-ended'],
  ['Offline user session not found', 'session-ended'],
  ['User session not found', 'session-ended'],
  ['Session no longer available', 'session-ended'],
  ['Token is not active', 'expired'],
  ['Refresh token expired', 'expired'],
  ['Token expired', 'expired'],
  ['Refresh token was revoked', 'revoked'],
  ['Token has been revoked', 'revoked'],
  ['Token revoked', 'revoked'],
  ['Client certificate missing', 'binding-mismatch'],
  ['Certificate thumbprint', 'binding-mismatch'],
  ['Token is not bound', 'binding-mismatch'],
  ['DPoP proof', 'binding-mismatch'],
  ['JWT check failed for check org.keycloak.protocol.oidc.TokenManager$TokenRevocationCheck', 'revoked'],
  ['Invalid refresh token', 'unknown'],
  ['Invalid token', 'unknown'],
]

const byError: Readonly<Record<string, TokenVerdict>> = {
  expired_code: 'expired',
  invalid_code: 'unknown',
  session_expired: 'session-ended',
  user_session_not_found: 'session-ended',
  token_revoked: 'revoked',
  expired_token: 'expired',
  invalid_dpop_proof: 'binding-mismatch',
}

/**
 * `''` where neither says anything of the token. A code that Keycloak refuses is one that was used before where its
 * session is named, and nobody's where none is: it looks the session up before the code.
 */
export function verdictOf(reason: string, error: string, session: string): TokenVerdict {
  if (error === 'invalid_code' && session !== '') return 'reused'
  for (const [words, verdict] of byReason) if (reason.startsWith(words)) return verdict
  return Object.hasOwn(byError, error) ? (byError[error] ?? '') : ''
}
