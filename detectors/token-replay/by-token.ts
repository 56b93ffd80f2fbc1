// The stage that keeps each access token: where it was used from, and what single events prove about it.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventStage } from '../engine/detector.ts'
import { examineToken } from './examining/token.ts'
import { judgeToken } from './judging-token.ts'
import { observePresented } from './observing-presented.ts'
import { observeToken } from './observing-token.ts'
import { isUnproved, vantageOf } from './origin.ts'
import { tokenPacking } from './packed-token.ts'
import type { TokenReplaySettings } from './settings.ts'
import { isAccessToken, tokenKeyOf } from './token-key.ts'
import { openToken, type TokenState } from './token-state.ts'
import { bindingRungOf, isRevocation } from './violations.ts'

export const byToken: EventStage<TokenState, TokenReplaySettings> = {
  id: 'by-token',
  keyspace: 'token',
  reads: 'events',
  kinds: ['access', 'authn', 'authz', 'action', 'span'],
  from: ['by-presenter'],
  open: openToken,
  keyOf(event, settings) {
    // Cheap columns first: on most events of a mesh no token is named.
    if (event.tokenIssuer === '' && event.tokenId === '' && event.token === '') return ''
    return isAccessToken(event) && isTelling(event, settings) ? tokenKeyOf(event) : ''
  },
  observe: observeToken,
  observeSignal: observePresented,
  judge: judgeToken,
  examine: examineToken,
  spentAfter: ({ until }) => until * 1_000,
  packing: tokenPacking,
}

/** False for calls inside the mesh and most of what is no access record: it tells nothing about where the token is used. */
function isTelling(event: SecurityEvent, settings: TokenReplaySettings): boolean {
  if (isUnproved(event)) return false
  const vantage = vantageOf(event, settings)
  if (vantage === 'gateway' || vantage === 'behind') return true
  return isRevocation(event) || bindingRungOf(event, vantage, settings) !== ''
}
