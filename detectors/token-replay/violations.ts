// What one event proves about a token by itself: presented without its key, or out of its time.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { isRefused } from './kept-event.ts'
import type { Vantage } from './origin.ts'
import { secondMs, type TokenReplaySettings } from './settings.ts'

/** Conditions on possession; critical. */
export type BindingRung = 'other-key' | 'bound-as-bearer' | 'issuer-refused-key'
/** Conditions on time. */
export type ValidityRung = 'expired' | 'issued-in-future'

/**
 * `''`: none. A certificate is the client's own only where requests enter; the key of a DPoP proof goes with the token from hop
 * to hop. What a proof says of method and address is not looked at: proxies rewrite both.
 */
export function bindingRungOf(event: SecurityEvent, vantage: Vantage, settings: TokenReplaySettings): BindingRung | '' {
  if (event.tokenVerdict === 'binding-mismatch') return 'issuer-refused-key'
  const bound = event.tokenBinding
  if (bound === '') return ''
  const isInside = event.kind === 'access' && vantage !== 'gateway'
  if (bound.startsWith('jkt:')) {
    if (isInside && settings.boundTokens === 'ingress') return ''
    const presenter = event.presenterBinding
    if (presenter.startsWith('jkt:')) return presenter === bound ? '' : 'other-key'
    return event.tokenScheme === 'bearer' ? 'bound-as-bearer' : ''
  }
  const presenter = event.presenterBinding
  return !isInside && presenter.startsWith('x5t:') && presenter !== bound ? 'other-key' : ''
}

/** Of an accepted presentation where requests enter; inside the mesh, work may go on after the token's time. */
export function validityRungOf(
  event: SecurityEvent,
  vantage: Vantage,
  { clockSkewSeconds }: TokenReplaySettings,
): ValidityRung | '' {
  if (vantage !== 'gateway' && vantage !== 'behind') return ''
  const at = event.eventAt
  const expiresAt = event.tokenExpiresAt
  const skewMs = clockSkewSeconds * secondMs
  const isExpired = expiresAt > 0 && at > expiresAt + skewMs
  if (!isExpired && event.tokenIssuedAt <= at + skewMs) return ''
  if (isRefused(event)) return ''
  return isExpired ? 'expired' : 'issued-in-future'
}

/** The issuer ended the token itself. */
export function isRevocation(event: SecurityEvent): boolean {
  return (
    event.kind === 'authn' &&
    event.action === 'token.revoke' &&
    event.outcome !== 'denied' &&
    event.outcome !== 'failed'
  )
}
