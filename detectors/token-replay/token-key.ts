// Which token an event presents: the key it is kept under, and how sure that key is.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { boundedText } from '../engine/bounded-text.ts'
import { longHash } from '../engine/short-hash.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { minuteMs, secondMs, type TokenReplaySettings } from './settings.ts'
import { gapsOf } from './stretch.ts'

/** `id` the issuer's own · `claims` of several tokens the same at worst · `reference` our keyed hash of the token. */
export type KeyStrength = 'id' | 'claims' | 'reference'

// Issuers are few, and the same text each time.
const issuers = new Map<string, number>()
const maxIssuers = 4_096

/**
 * 11 letters, or `''` where the event names no token. A hash, since a million keys are held at once: what it stands for is said
 * by every event of the token.
 */
export function tokenKeyOf(event: SecurityEvent): string {
  const id = event.tokenId
  if (id !== '') return longHash(id, seedOf(event.tokenIssuer))
  const issuer = event.tokenIssuer
  if (issuer !== '') {
    const { subject, client, tokenIssuedAt, tokenExpiresAt } = event
    if (subject !== '' && client !== '' && tokenIssuedAt > 0 && tokenExpiresAt > 0)
      return longHash(`${subject}\n${client}\n${tokenIssuedAt}\n${tokenExpiresAt}`, seedOf(issuer) ^ 0x5bd1e995)
  }
  const reference = event.token
  return reference === '' ? '' : longHash(reference, 0x2545f491)
}

/** Also an id token: whoever sends it as a bearer uses it as one. A kind that is not said is taken for it. */
export function isAccessToken(event: SecurityEvent): boolean {
  const kind = event.tokenKind
  return kind === '' || kind === 'access-token' || kind === 'id-token'
}

export function keyStrengthOf(event: SecurityEvent): KeyStrength {
  if (event.tokenId !== '') return 'id'
  const { tokenIssuer, subject, client, tokenIssuedAt, tokenExpiresAt } = event
  return tokenIssuer !== '' && subject !== '' && client !== '' && tokenIssuedAt > 0 && tokenExpiresAt > 0
    ? 'claims'
    : 'reference'
}

/** The token as alerts name it: unique among tokens, and what a search finds. Bounded. */
export function tokenNameOf(event: SecurityEvent): string {
  const { tokenId, tokenIssuer, subject, client, tokenIssuedAt, token } = event
  switch (keyStrengthOf(event)) {
    case 'id':
      return boundedText(tokenIssuer === '' ? tokenId : `${tokenIssuer} ${tokenId}`, 240)
    case 'claims':
      return boundedText(`${tokenIssuer} ${subject} ${client} ${new Date(tokenIssuedAt).toISOString()}`, 240)
    case 'reference':
      return boundedText(token, 240)
  }
}

/** Append time, in whole seconds since the epoch, through which a token is remembered: until it has expired, counted from the append. */
export function rememberedUntil(event: SecurityEvent, appendedAt: number, settings: TokenReplaySettings): number {
  const expiresAt = event.tokenExpiresAt
  const leftMs = expiresAt > 0 ? Math.max(0, expiresAt - event.eventAt) : settings.unknownLifetimeMinutes * minuteMs
  return Math.ceil((appendedAt + leftMs + gapsOf(settings).mostMs) / secondMs)
}

function seedOf(issuer: string): number {
  const known = issuers.get(issuer)
  if (known !== undefined) return known
  if (issuers.size >= maxIssuers) issuers.clear()
  const seed = hash32(issuer)
  issuers.set(issuer, seed)
  return seed
}
