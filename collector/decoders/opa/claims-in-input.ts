// The claims of a token that the asking application had decoded before it asked.

import type { TokenClaims } from '../../../schemas/token-reference.ts'
import { objectIn } from '../envelopes/kubernetes.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'

const texts = ['iss', 'sub', 'azp', 'client_id', 'jti', 'sid', 'scope', 'typ'] as const
const instants = ['iat', 'exp'] as const

type Draft = { -readonly [name in keyof TokenClaims]: TokenClaims[name] }

/** Where applications put them, the surest first. */
function candidates(input: JsonObject): readonly (JsonValue | undefined)[] {
  const token = objectIn(input.token) ?? objectIn(input.jwt)
  return [
    token?.payload,
    token?.claims,
    input.claims,
    input.token_claims,
    input.token_payload,
    objectIn(input.user)?.claims,
    objectIn(input.subject)?.claims,
    token,
  ]
}

/** Claims of the first object that has an issuer, a token id or a subject with an expiry; nobody vouches for them. */
export function claimsIn(input: JsonObject): TokenClaims | undefined {
  for (const candidate of candidates(input)) {
    const object = objectIn(candidate)
    if (object === undefined) continue
    const isToken = typeof object.iss === 'string' || typeof object.jti === 'string' || typeof object.exp === 'number'
    if (isToken) return claimsOf(object)
  }
  return undefined
}

function claimsOf(object: JsonObject): TokenClaims {
  const claims: Draft = {}
  for (const name of texts) {
    const value = object[name]
    if (typeof value === 'string' && value !== '') claims[name] = value
  }
  for (const name of instants) {
    const value = object[name]
    if (typeof value === 'number') claims[name] = value
  }
  const confirmation = objectIn(object.cnf)
  const key = confirmation?.jkt
  const certificate = confirmation?.['x5t#S256']
  if (typeof key === 'string') claims.cnf = { jkt: key }
  else if (typeof certificate === 'string') claims.cnf = { 'x5t#S256': certificate }
  return claims
}
