// To which family of refresh tokens an event belongs, and the key it is kept under.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { boundedText } from '../engine/bounded-text.ts'
import { longHash } from '../engine/short-hash.ts'
import { doingOf, isReported, verdictOf } from './kept-event.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'

const unjoined = 'no session '
const maxNameLength = 256

/** A hash of the name, since a million keys are held at once: what it stands for is said by every event of the family. */
export function familyKeyOf(event: SecurityEvent, settings: RefreshTokenReuseSettings): string {
  const name = familyNameOf(event, settings)
  return name === '' ? '' : longHash(name)
}

/**
 * The issuer's session, else the grant, else the token alone; what names none but is reported all the same goes by client.
 * `''`: nothing of refresh tokens. Bounded.
 */
export function familyNameOf(event: SecurityEvent, settings: RefreshTokenReuseSettings): string {
  return boundedText(wholeNameOf(event, settings), maxNameLength)
}

/** False: no session, grant or token is known, and reuses only share a client. */
export function isJoined(name: string): boolean {
  return !name.startsWith(unjoined)
}

function wholeNameOf(event: SecurityEvent, settings: RefreshTokenReuseSettings): string {
  const doing = doingOf(event)
  if (doing === undefined) return ''
  if (doing === 'issues' && (event.issuedRefreshToken === '' || event.outcome === 'denied')) return ''
  if (event.session !== '') return event.session
  if (event.tokenFamily !== '') return event.tokenFamily
  if (doing !== 'presents') return ''
  const verdict = verdictOf(event, settings)
  if (verdict === 'wrong-client') return unjoined + event.client
  if (event.tokenId !== '') return `token ${event.tokenIssuer} ${event.tokenId}`
  if (event.token !== '') return `token ${event.token}`
  return isReported(verdict) ? unjoined + event.client : ''
}
