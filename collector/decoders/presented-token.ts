// How a token was presented and what kind it is, as far as the reference that stands in its place tells.

import type { TokenKind, TokenScheme } from '../../schemas/events/token-words.ts'
import { referenceAt, referencePrefix, type TokenClaims, type TokenReference } from '../../schemas/token-reference.ts'
import { keyBinding } from './token-binding.ts'

export interface PresentedToken {
  readonly reference: TokenReference
  readonly scheme: TokenScheme
}

const longestScheme = 32
const schemeBefore = /(?:^|[\s"',:=])(bearer|dpop)[ \t]+$/i

/** The first reference of a text, and the scheme of an authorization header before it. */
export function presentedIn(text: string): PresentedToken | undefined {
  const at = text.indexOf(referencePrefix)
  const reference = at < 0 ? undefined : referenceAt(text, at)?.reference
  if (reference === undefined) return undefined
  const scheme = schemeBefore.exec(text.slice(Math.max(0, at - longestScheme), at))?.[1]?.toLowerCase()
  return { reference, scheme: scheme === 'bearer' || scheme === 'dpop' ? scheme : '' }
}

/** How a token is named in the column: by the key that hashed it and the hash. */
export function tokenName(reference: TokenReference): string {
  return `${reference.keyId}.${reference.hash}`
}

/** What Keycloak puts before the UUID of a token since version 26: six letters that say how it was given, and a colon. */
const keycloakWord = /^[a-z]{6}:(?=[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)/
/** Length of such an id. */
export const wordedIdChars = 43

/** The id of a token as every decoder writes it: `onrtac:6f…` (online, by a code) is `6f…`, all others are as they are. */
export function tokenIdOf(id: string): string {
  return id.length === wordedIdChars ? id.replace(keycloakWord, '') : id
}

const kindByType: Readonly<Record<string, TokenKind>> = {
  'at+jwt': 'access-token', // RFC 9068
  'application/at+jwt': 'access-token',
  'dpop+jwt': 'dpop-proof', // RFC 9449
  'id+jwt': 'id-token',
  'rt+jwt': 'refresh-token',
}

/** By the type in a JWT's header; `''` where that says nothing, as `JWT` does. */
export function kindOfClaims(claims: TokenClaims | undefined): TokenKind {
  return kindByType[claims?.typ?.toLowerCase() ?? ''] ?? ''
}

/** What a proof of possession beside a token says (RFC 9449 §4.2). */
export interface PresentedProof {
  readonly id: string
  /** Of the key that signed it. */
  readonly binding: string
}

/** The proof whose reference stands in a text; undefined where none does. */
export function proofIn(text: string): PresentedProof | undefined {
  const { claims } = presentedIn(text)?.reference ?? {}
  if (claims === undefined || kindOfClaims(claims) !== 'dpop-proof') return undefined
  return { id: claims.jti ?? '', binding: keyBinding(claims.jkt ?? '') }
}

/** Epoch ms of a claim in epoch seconds; −1 where it is none of ours (year 2286 and later). */
export function instantOfClaim(seconds: number | undefined): number {
  return seconds !== undefined && seconds > 0 && seconds < 1e10 ? Math.floor(seconds * 1000) : -1
}
