// Notes one event on its token; a use from where the token is always used from changes nothing but the time of its last use.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { sayingNothing } from '../engine/saying-nothing.ts'
import { keepEvent, keptEvent } from './kept-event.ts'
import { theftsOf } from './observing-presented.ts'
import { type Vantage, vantageOf } from './origin.ts'
import { isBehind, isOfPlace, placeText, readPlace } from './place.ts'
import type { TokenReplaySettings } from './settings.ts'
import {
  type Gaps,
  gapsOf,
  isPackedBehind,
  lineOf,
  noteUse,
  packedPlaceAt,
  packedStart,
  packStretch,
  type Stretch,
} from './stretch.ts'
import { keyStrengthOf, rememberedUntil, tokenNameOf } from './token-key.ts'
import { detailOf, hasEntered, simplify, type TokenDetail, type TokenState, weightOf } from './token-state.ts'
import { bindingRungOf, isRevocation, validityRungOf } from './violations.ts'

type Context = ObserveContext<TokenReplaySettings>

const unchanged = sayingNothing<TokenState>()

export function observeToken(state: TokenState, event: SecurityEvent, context: Context): Observation<TokenState> {
  const { settings } = context
  const vantage = vantageOf(event, settings)
  const until = rememberedUntil(event, context.appendedAt, settings)
  if (until > state.until) state.until = until
  const isProof = noteProofs(state, event, vantage, context)
  if (vantage === 'inside' || vantage === 'elsewhere') return { state, due: isProof, weight: weightOf(state) }
  const hadEntered = hasEntered(state)
  const changed = noteTokenUse(state, event, vantage === 'behind', context)
  if (!changed && !isProof) return unchanged(state)
  const { detail } = state
  const due = isProof || (changed && detail !== undefined)
  if (hadEntered || detail === undefined || detail.presentations.length === 0)
    return { state, due, weight: weightOf(state) }
  return { state, due, weight: weightOf(state), signals: theftsOf(detail) }
}

/** True when the event proves something by itself that was not noted before. */
function noteProofs(state: TokenState, event: SecurityEvent, vantage: Vantage, { settings }: Context): boolean {
  const binding = bindingRungOf(event, vantage, settings)
  const validity = validityRungOf(event, vantage, settings)
  const revoked = isRevocation(event)
  if (binding === '' && validity === '' && !revoked) return false
  const detail = openDetail(state, event)
  const max = settings.limits.events
  let noted = false
  if (binding !== '') noted = keepEvent(detail.bindings, keptEvent(event, binding), max) !== undefined || noted
  if (validity !== '') noted = keepEvent(detail.validity, keptEvent(event, validity), max) !== undefined || noted
  if (revoked) noted = keepEvent(detail.revocations, keptEvent(event, 'revoked'), max) !== undefined || noted
  return noted
}

function openDetail(state: TokenState, event: SecurityEvent): TokenDetail {
  return detailOf(state, tokenNameOf(event), keyStrengthOf(event), lineOf(event.tokenIssuer, 200))
}

/** True when more than the last use's time changed. */
function noteTokenUse(state: TokenState, event: SecurityEvent, behind: boolean, context: Context): boolean {
  const { settings } = context
  const gaps = gapsOf(settings)
  readPlace(event, behind, settings)
  const at = event.eventAt
  const isLong = event.durationMs >= gaps.leastMs
  if (state.detail === undefined && !isLong && state.only !== '' && isOfPlace(state.only, packedPlaceAt(state.only))) {
    const from = packedStart(state.only)
    if (at > from && at <= from + state.endMs + gaps.pauseMs) {
      if (at > from + state.endMs) state.endMs = at - from
      return false
    }
  }
  if (state.detail === undefined && state.only !== '' && isPackedBehind(state.only) !== behind) {
    // What the ingress itself says replaces what others say of it.
    if (behind) return false
    state.only = ''
    state.endMs = 0
  }
  const use = useOf(event, at, placeText(), isLong)
  if (state.detail === undefined && !isLong && state.only === '') {
    state.only = packStretch(use)
    return true
  }
  return noteInDetail(state, event, use, gaps, context)
}

function noteInDetail(
  state: TokenState,
  event: SecurityEvent,
  use: Stretch,
  gaps: Gaps,
  { settings, appendedAt, watermarkAt }: Context,
): boolean {
  const detail = openDetail(state, event)
  const { stretches } = detail
  // As above.
  const hasOwn = stretches.some((each) => !isBehind(each.place))
  if (isBehind(use.place) ? hasOwn : !hasOwn) {
    if (isBehind(use.place)) return false
    stretches.length = 0
  }
  const count = stretches.length
  const changed = noteUse(stretches, use, gaps)
  if (stretches.length > settings.limits.stretches) {
    stretches.pop()
    detail.lost += 1
  }
  if (stretches.length !== count) detail.changedAppendedAt = Math.max(detail.changedAppendedAt, appendedAt)
  simplify(state, watermarkAt, gaps.mostMs)
  return changed
}

function useOf(event: SecurityEvent, at: number, place: string, isLong: boolean): Stretch {
  return {
    at,
    id: event.eventId,
    endAt: at,
    place,
    subject: lineOf(event.subject, 96),
    client: lineOf(event.client, 96),
    longAt: isLong ? at : -1,
    longTo: isLong ? at + event.durationMs : -1,
  }
}
