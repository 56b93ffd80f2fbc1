// Says what one event proves about its token by itself, or falls short of: its key, its time, and the end of the token.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { Gate, Trial } from '../../engine/examination.ts'
import { timeGate, wordGate } from '../../engine/gates.ts'
import { isRefused, type KeptEvent } from '../kept-event.ts'
import type { Vantage } from '../origin.ts'
import { secondMs, type TokenReplaySettings } from '../settings.ts'
import type { Stretch } from '../stretch.ts'
import { bindingRungOf, isRevocation } from '../violations.ts'
import { instantText, spanText } from './words.ts'

/** Only where the token names a key, or the issuer missed one. */
export function bindingTrials(event: SecurityEvent, vantage: Vantage, settings: TokenReplaySettings): readonly Trial[] {
  const bound = event.tokenBinding
  if (bindingRungOf(event, vantage, settings) === 'issuer-refused-key') {
    const text = 'the issuer refused the token for lack of the key it is bound to'
    const gates = [wordGate('issuer misses the key', true, 'binding-mismatch', 'binding-mismatch', text)]
    return [bindingTrial('issuer-refused-key', gates)]
  }
  if (bound === '') return []
  const isInside = event.kind === 'access' && vantage !== 'gateway'
  const isKey = bound.startsWith('jkt:')
  const asked = isInside ? [askedInside(isKey, settings)] : []
  const isNamed = event.presenterBinding.startsWith(isKey ? 'jkt:' : 'x5t:')
  if (isKey && !isNamed) return [bindingTrial('bound-as-bearer', [...asked, bearerGate(event)])]
  return [bindingTrial('other-key', [...asked, otherKeyGate(event, isNamed)])]
}

function bindingTrial(rung: string, gates: readonly Gate[]): Trial {
  return { rule: 'token-without-key', rung, severity: 'critical', gates, slot: 'token' }
}

/** Of a call that is not reported by an ingress itself. */
function askedInside(isKey: boolean, { boundTokens }: TokenReplaySettings): Gate {
  if (isKey) {
    const text =
      boundTokens === 'everywhere'
        ? 'the key is asked for at every hop (boundTokens: everywhere)'
        : 'gateways check the key and pass the token on without it (boundTokens: ingress)'
    return wordGate('key asked for at this hop', boundTokens === 'everywhere', boundTokens, 'everywhere', text)
  }
  const text = 'certificates are compared where requests enter: inside the mesh each hop has its own'
  return wordGate('key asked for at this hop', false, 'inside', 'ingress', text)
}

function otherKeyGate({ tokenBinding, presenterBinding }: SecurityEvent, isNamed: boolean): Gate {
  const passed = isNamed && presenterBinding !== tokenBinding
  const text = passed
    ? `presented with ${presenterBinding}, bound to ${tokenBinding}`
    : isNamed
      ? `presented with the key that it is bound to: ${tokenBinding}`
      : `the record does not name the certificate that it was presented with; bound to ${tokenBinding}`
  return wordGate('presented with another key', passed, presenterBinding, `not ${tokenBinding}`, text)
}

function bearerGate({ tokenBinding, tokenScheme }: SecurityEvent): Gate {
  const passed = tokenScheme === 'bearer'
  const how = tokenScheme === '' ? 'in a way that the record does not tell' : `as ${tokenScheme}`
  const text = passed
    ? `presented as bearer, bound to ${tokenBinding}`
    : `presented ${how}, and no key is named; bound to ${tokenBinding}`
  return wordGate('presented as bearer', passed, tokenScheme, 'bearer', text)
}

/** Only where the record tells the times of the token, and where requests enter. */
export function validityTrials(event: SecurityEvent, { clockSkewSeconds }: TokenReplaySettings): readonly Trial[] {
  const { eventAt: at, tokenExpiresAt: expiresAt, tokenIssuedAt: issuedAt } = event
  const skewMs = clockSkewSeconds * secondMs
  const trials: Trial[] = []
  if (expiresAt > 0) {
    const late = at - expiresAt
    const text = `used ${spanText(Math.abs(late))} ${late < 0 ? 'before' : 'after'} it expires; limit ${spanText(skewMs)} after`
    trials.push(validityTrial('expired', timeGate('time after expiry', late > skewMs, late, skewMs, text), event))
  }
  if (issuedAt > at) {
    const early = issuedAt - at
    const text = `used ${spanText(early)} before it was issued; limit ${spanText(skewMs)}`
    trials.push(
      validityTrial('issued-in-future', timeGate('time before issue', early > skewMs, early, skewMs, text), event),
    )
  }
  return trials
}

function validityTrial(rung: string, time: Gate, event: SecurityEvent): Trial {
  const refused = isRefused(event)
  const reply = refused ? 'refused' : 'accepted'
  const accepted = wordGate('accepted', !refused, reply, 'accepted', `the request was ${reply}`)
  return { rule: 'token-out-of-time', rung, severity: 'medium', gates: [time, accepted], slot: 'token' }
}

/** By the issuer’s own word on the token; the end of its session is the matter of another stage. */
export function revocationTrial(
  revocations: readonly KeptEvent[],
  stretches: readonly Stretch[],
  event: SecurityEvent,
  { endings }: TokenReplaySettings,
): Trial {
  const [revocation] = revocations
  const isItself = isRevocation(event)
  const lastAt = Math.max(-1, ...stretches.map(({ endAt }) => endAt))
  return {
    rule: 'used-after-end',
    rung: isItself ? 'revoked' : 'used-after-revocation',
    severity: 'high',
    gates:
      revocation === undefined
        ? [wordGate('revoked', false, 'none seen', 'a revocation', 'no revocation of the token was seen')]
        : [
            wordGate(
              'revoked',
              true,
              'a revocation',
              'a revocation',
              `the token was revoked at ${instantText(revocation.at)}`,
            ),
            usedAfterGate(isItself ? lastAt : event.eventAt, revocation.at, endings.graceSeconds * secondMs),
          ],
    slot: 'token',
  }
}

/** `usedAt` −1: no use is known. */
export function usedAfterGate(usedAt: number, endedAt: number, graceMs: number): Gate {
  const name = 'time used after the end'
  if (usedAt < 0) return wordGate(name, false, 'none', spanText(graceMs), 'no use is known where requests enter')
  const afterMs = usedAt - endedAt
  const text = `used ${spanText(Math.abs(afterMs))} ${afterMs < 0 ? 'before' : 'after'} the end; limit ${spanText(graceMs)} after`
  return timeGate(name, afterMs > graceMs, afterMs, graceMs, text)
}
