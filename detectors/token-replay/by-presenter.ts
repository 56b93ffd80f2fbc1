// The stage of each workload that presents tokens inside the mesh: while none can have come to it from outside, each is told.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { EventStage, Observation, ObserveContext } from '../engine/detector.ts'
import { sayingNothing } from '../engine/saying-nothing.ts'
import { slotStart } from '../engine/slot.ts'
import { examinePresenter } from './examining/presenter.ts'
import { isUnproved, vantageOf } from './origin.ts'
import { hourMs, type TokenReplaySettings } from './settings.ts'
import { presentedSignal, reachFactOf } from './signals.ts'
import { lineOf } from './stretch.ts'
import { isAccessToken, keyStrengthOf, rememberedUntil, tokenKeyOf, tokenNameOf } from './token-key.ts'

/**
 * Nothing is kept of tokens: nearly every call inside a mesh presents one, and nearly every workload may have it. Nor is
 * anything held of those workloads: only that no way leads to one opens its state.
 */
export interface PresenterState {
  /** Starts of the hours in which no way led here from any ingress, epoch ms, in order, bounded. */
  readonly unreached: number[]
}

/** Calls that come later than this find no answer any more. */
export const rememberedHours = 24
/** After the start of an hour, ms. */
export const rememberedMs = (rememberedHours + 1) * hourMs

const unchanged = sayingNothing<PresenterState>()

export const byPresenter: EventStage<PresenterState, TokenReplaySettings> = {
  id: 'by-presenter',
  keyspace: 'caller',
  reads: 'events',
  kinds: ['access'],
  from: ['mesh'],
  eventsOpen: false,
  open: () => ({ unreached: [] }),
  keyOf(event, settings) {
    if (event.tokenIssuer === '' && event.tokenId === '' && event.token === '') return ''
    if (vantageOf(event, settings) !== 'inside' || !isAccessToken(event) || isUnproved(event)) return ''
    return boundedText(event.caller, 512)
  },
  observe(state, event, context) {
    const hourAt = slotStart(event.eventAt, hourMs)
    // Whether the state was forgotten by then may not matter.
    const isRemembered = context.appendedAt <= hourAt + rememberedMs
    return isRemembered && state.unreached.includes(hourAt) ? tell(state, event, context) : unchanged(state)
  },
  observeSignal(state, signal) {
    const { hourAt, isUnreached } = reachFactOf(signal)
    const { unreached } = state
    const there = unreached.indexOf(hourAt)
    if (!isUnreached && there >= 0) unreached.splice(there, 1)
    if (isUnreached && there < 0) {
      unreached.push(hourAt)
      unreached.sort((a, b) => a - b)
      if (unreached.length > rememberedHours) unreached.shift()
    }
    return unchanged(state)
  },
  examine: examinePresenter,
  spentAfter: ({ unreached }) => (unreached.at(-1) ?? Number.NEGATIVE_INFINITY) + rememberedMs,
}

function tell(
  state: PresenterState,
  event: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): Observation<PresenterState> {
  const key = tokenKeyOf(event)
  if (key === '') return unchanged(state)
  const { eventId: id, eventAt: at, caller, destination, subject, method, route } = event
  const presented = presentedSignal(
    key,
    { id, at },
    {
      kind: 'presented',
      token: tokenNameOf(event),
      strength: keyStrengthOf(event),
      issuer: lineOf(event.tokenIssuer, 200),
      untilSecond: rememberedUntil(event, appendedAt, settings),
      presenter: boundedText(caller, 512),
      destination,
      subject: lineOf(subject, 96),
      operation: lineOf(`${method} ${route}`.trim(), 160),
    },
  )
  return { state, signals: [presented] }
}
