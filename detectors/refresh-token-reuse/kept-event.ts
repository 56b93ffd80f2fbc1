// What a family keeps of one event of an issuer: primitives, bounded.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { type TokenVerdict, tokenVerdicts } from '../../schemas/events/token-words.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { Dated } from '../engine/ordered-set.ts'
import { shortHash } from '../engine/short-hash.ts'
import { type Context, contextOf } from './context.ts'
import { profileAt, profileIndexOf, type RefreshTokenReuseSettings } from './settings.ts'

/**
 * `presents` a refresh token · `issues` the first one of a lineage · `revokes` the session or grant, by whoever may ·
 * `logs-out` the user does · `expires` the issuer ends the session, for whatever reason.
 */
export const everyDoing = ['presents', 'issues', 'revokes', 'logs-out', 'expires'] as const
export type Doing = (typeof everyDoing)[number]

export interface KeptEvent extends Dated {
  /** Epoch ms of append time. */
  readonly appendedAt: number
  readonly doing: Doing
  /** Hash of the token presented; `''`: the record names none. */
  readonly node: string
  /** Hash of the refresh token given. */
  readonly child: string
  readonly accepted: boolean
  readonly verdict: TokenVerdict
  readonly client: string
  readonly version: string
  readonly user: string
  /** Hash of the request id: one request that proxies retry is one presentation. */
  readonly request: string
  readonly context: Context
  /** Index of the issuer's profile in the settings. */
  readonly profile: number
}

const doings: ReadonlyMap<string, Doing> = new Map([
  ['token.refresh', 'presents'],
  ['login', 'issues'],
  ['code.exchange', 'issues'],
  ['token.issue', 'issues'],
  ['token.exchange', 'issues'],
  ['token.revoke', 'revokes'],
  ['session.revoke', 'revokes'],
  ['grant.revoke', 'revokes'],
  ['logout', 'logs-out'],
  ['session.end', 'expires'],
])

const maxNameLength = 80

/** Undefined: nothing that bears on refresh tokens. */
export function doingOf({ action }: SecurityEvent): Doing | undefined {
  return doings.get(action)
}

/** What the issuer says of a refused token, by its word or else by its reason. */
export function verdictOf(event: SecurityEvent, settings: RefreshTokenReuseSettings): TokenVerdict {
  const word = event.tokenVerdict
  if (word !== '') return tokenVerdicts.find((each) => each === word) ?? ''
  const reason = event.outcomeReason
  if (reason === '') return ''
  const { reasons } = profileAt(profileIndexOf(event.format, settings), settings)
  return reasons.find(({ begins }) => reason.startsWith(begins))?.verdict ?? ''
}

/** The issuer itself says that the token was used before. */
export function isReported(verdict: TokenVerdict): boolean {
  return verdict === 'reused' || verdict === 'stale'
}

export function keptEvent(event: SecurityEvent, doing: Doing, settings: RefreshTokenReuseSettings): KeptEvent {
  const named = event.tokenId === '' ? event.token : event.tokenId
  const node = shortHash(doing === 'presents' ? named : '')
  const child = shortHash(event.issuedRefreshToken)
  const verdict = verdictOf(event, settings)
  return {
    at: event.eventAt,
    id: event.eventId,
    appendedAt: event.appendedAt,
    doing,
    node,
    // A token that is given back unchanged was not rotated.
    child: child === node ? '' : child,
    accepted: verdict === '' && (event.outcome === 'allowed' || event.outcome === ''),
    verdict,
    client: boundedText(event.client, maxNameLength),
    version: boundedText(event.clientVersion, maxNameLength),
    user: boundedText(event.subject, maxNameLength),
    request: shortHash(event.requestId),
    context: contextOf(event),
    profile: profileIndexOf(event.format, settings),
  }
}
