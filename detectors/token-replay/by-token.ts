// The stage that keeps each access token: where it was used from, and what single events prove about it.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventStage } from '../engine/detector.ts'
import { judgeToken } from './judging-token.ts'
import { observeToken } from './observing-token.ts'
import { isUnproved, vantageOf } from './origin.ts'
import type { TokenReplaySettings } from './settings.ts'
import { tokenKeyOf } from './token-key.ts'
import { openToken, type TokenState } from './token-state.ts'
import { bindingRungOf, isRevocation } from './violations.ts'

export const byToken: EventStage<TokenState, TokenReplaySettings> = {
  id: 'by-token',
  keyspace: 'token',
  reads: 'events',
  kinds: ['access', 'authn', 'authz', 'action', 'span'],
  open: openToken,
  keyOf(event, settings) {
    // Cheap columns first: on most events of a mesh no token is named.
    if (event.tokenIssuer === '' && event.tokenId === '' && event.token === '') return ''
    return isAccessToken(event) && isTelling(event, settings) ? tokenKeyOf(event) : ''
  },
  observe: observeToken,
  judge: judgeToken,
  spent: ({ untilSecond }, watermarkAt) => watermarkAt > untilSecond * 1_000,
}

/** Also an id token: whoever sends it as a bearer uses it as one. A kind that is not said is taken for it. */
export function isAccessToken(event: SecurityEvent): boolean {
  const kind = event.tokenKind
  return kind === '' || kind === 'access-token' || kind === 'id-token'
}

/** False for most of what is no access record: it knows the token and tells nothing about its use. */
function isTelling(event: SecurityEvent, settings: TokenReplaySettings): boolean {
  if (isUnproved(event)) return false
  const vantage = vantageOf(event, settings)
  return vantage !== 'elsewhere' || isRevocation(event) || bindingRungOf(event, vantage, settings) !== ''
}
