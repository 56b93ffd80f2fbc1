// The stage that keeps when each session was ended and when it was last used: a use after the end is somebody with a copy.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { EventStage, ObserveContext } from '../engine/detector.ts'
import { sayingNothing } from '../engine/saying-nothing.ts'
import { verdictDigest } from '../engine/verdict-digest.ts'
import { examineSession } from './examining/session.ts'
import { type KeptEvent, keepEvent, keptEvent } from './kept-event.ts'
import { isUnproved, vantageOf } from './origin.ts'
import { endedSessionVerdict } from './session-verdict.ts'
import { hourMs, secondMs, type TokenReplaySettings } from './settings.ts'
import { isAccessToken } from './token-key.ts'

/** Sessions in use are many, and each is let go as soon as no logout can come that concerns its last use. */
export interface SessionState {
  /** Epoch ms of the last use where requests enter; −1: none. */
  lastUseAt: number
  /** Append time after which the state says nothing any more, whole seconds. */
  untilSecond: number
  ended: EndedSession | null
}

export interface EndedSession {
  readonly session: string
  /** Logouts and revocations, in order, bounded. */
  readonly endings: KeptEvent[]
  said: number
}

const unchanged = sayingNothing<SessionState>()

export const bySession: EventStage<SessionState, TokenReplaySettings> = {
  id: 'by-session',
  keyspace: 'session',
  reads: 'events',
  kinds: ['access', 'authn'],
  open: () => ({ lastUseAt: -1, untilSecond: 0, ended: null }),
  keyOf(event, settings) {
    return (event.kind === 'authn' ? isEnding(event) : isUse(event, settings)) ? event.session : ''
  },
  observe(state, event, context) {
    if (event.kind === 'authn') return noteEnding(state, event, context)
    const at = event.eventAt
    const until = Math.ceil(context.appendedAt / secondMs)
    if (until > state.untilSecond) state.untilSecond = until
    if (at <= state.lastUseAt) return unchanged(state)
    state.lastUseAt = at
    return state.ended === null ? unchanged(state) : { state, due: true }
  },
  judge(state, { settings }) {
    const { ended } = state
    const verdict = ended === null ? undefined : endedSessionVerdict(ended, state.lastUseAt, settings)
    if (ended === null || verdict === undefined) return { state }
    const digest = verdictDigest(verdict)
    if (digest === ended.said) return { state }
    ended.said = digest
    return { state, verdicts: [verdict] }
  },
  examine: examineSession,
  spentAfter: ({ untilSecond }) => untilSecond * secondMs,
}

/** `session.end` is left out: an issuer says it at expiry too, which access tokens may outlive. */
function isEnding({ action, outcome }: SecurityEvent): boolean {
  return (
    (action === 'logout' || action === 'session.revoke' || action === 'grant.revoke') &&
    outcome !== 'denied' &&
    outcome !== 'failed'
  )
}

function isUse(event: SecurityEvent, settings: TokenReplaySettings): boolean {
  if (!isAccessToken(event)) return false
  const vantage = vantageOf(event, settings)
  if (vantage !== 'gateway' && vantage !== 'behind') return false
  return !isUnproved(event) && event.httpStatus !== 401
}

function noteEnding(
  state: SessionState,
  event: SecurityEvent,
  { settings, appendedAt }: ObserveContext<TokenReplaySettings>,
): { state: SessionState; due: boolean; weight: number; evicted: number } {
  state.ended ??= { session: event.session, endings: [], said: 0 }
  const until = Math.ceil((appendedAt + settings.endings.rememberedHours * hourMs) / secondMs)
  if (until > state.untilSecond) state.untilSecond = until
  const evicted = keepEvent(state.ended.endings, keptEvent(event, event.action), settings.limits.events)
  return { state, due: evicted !== undefined, weight: 1 + state.ended.endings.length, evicted: evicted ?? 0 }
}
