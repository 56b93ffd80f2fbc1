// Until when access tokens of a session may still be good, whatever becomes of the session.

import type { RefreshTokenReuseSettings } from './settings.ts'
import type { ReuseFact } from './signals.ts'

/** Epoch ms, −1: no token is known to have been given. */
export function exposedUntil({ acceptedAt }: ReuseFact, { kill }: RefreshTokenReuseSettings): number {
  return acceptedAt < 0 ? -1 : acceptedAt + kill.accessTokenLifetimeMs
}
