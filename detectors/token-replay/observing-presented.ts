// Notes on a token that a workload without a way from outside presented it: theft, once the token was seen to enter.

import type { Observation, ObserveContext, Signal } from '../engine/detector.ts'
import { compareDated, insertDated } from '../engine/ordered-set.ts'
import type { TokenReplaySettings } from './settings.ts'
import { presentedFactOf, theftSignal } from './signals.ts'
import { detailOf, hasEntered, type Presentation, type TokenDetail, type TokenState, weightOf } from './token-state.ts'

export function observePresented(
  state: TokenState,
  signal: Signal,
  { settings }: ObserveContext<TokenReplaySettings>,
): Observation<TokenState> {
  const { kind, token, strength, issuer, untilSecond, ...fact } = presentedFactOf(signal)
  if (untilSecond > state.until) state.until = untilSecond
  const detail = detailOf(state, token, strength, issuer)
  const { presentations } = detail
  const presentation = { at: signal.at, id: signal.eventId, ...fact }
  const there = presentations.findIndex(({ presenter }) => presenter === fact.presenter)
  const before = presentations[there]
  if (before !== undefined && compareDated(before, presentation) <= 0) return { state, weight: weightOf(state) }
  if (before !== undefined) presentations.splice(there, 1)
  insertDated(presentations, presentation)
  const evicted = presentations.length > settings.limits.events ? 1 : 0
  if (evicted > 0) presentations.pop()
  const weight = weightOf(state)
  if (!hasEntered(state) || !presentations.includes(presentation)) return { state, evicted, weight }
  return { state, evicted, weight, signals: [theftOf(detail, presentation)] }
}

/** All of them: the token has entered. */
export function theftsOf(detail: TokenDetail): readonly Signal[] {
  return detail.presentations.map((presentation) => theftOf(detail, presentation))
}

function theftOf({ token }: TokenDetail, { at, id, ...fact }: Presentation): Signal {
  return theftSignal({ id, at }, { kind: 'theft', token, ...fact })
}
