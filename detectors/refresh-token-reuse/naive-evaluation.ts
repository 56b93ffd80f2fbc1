// The settled table over a whole sorted set of one family's events, as plainly as it can be said: what the folds are tested against.

import type { ReuseClass } from './classify.ts'
import { compareContexts } from './context.ts'
import { isReported, type KeptEvent } from './kept-event.ts'
import { profileAt, type RefreshTokenReuseSettings } from './settings.ts'

/**
 * Id of each event that is a reuse → its class. For families of few events, with one client, whose clocks agree, whose
 * logs are whole, and in which no token is given by two uses: there windows and bounds do not show.
 */
export function evaluateNaively(
  events: readonly KeptEvent[],
  settings: RefreshTokenReuseSettings,
): ReadonlyMap<string, ReuseClass> {
  const classes = new Map<string, ReuseClass>()
  for (const event of events) {
    const found = classOf(event, events, settings)
    if (found !== undefined) classes.set(event.id, found)
  }
  return classes
}

function classOf(
  event: KeptEvent,
  events: readonly KeptEvent[],
  settings: RefreshTokenReuseSettings,
): ReuseClass | undefined {
  if (event.doing !== 'presents') return undefined
  const { graceMs, revokesOnReuse } = profileAt(event.profile, settings)
  const before = events.filter((other) => isBefore(other, event))
  const reported = isReported(event.verdict)
  const places = before.filter(({ doing }) => doing === 'presents' || doing === 'issues').map(({ context }) => context)
  const ends = before.filter(
    ({ doing, verdict, at }) => at < event.at && (doing === 'logs-out' || (revokesOnReuse && isReported(verdict))),
  )
  const end = ends.find((each) => isReported(each.verdict) || !isUndone(each, before))
  if (end !== undefined && !(reported && event.at - end.at <= settings.raceMs)) {
    const isHome = places.some((place) => compareContexts(place, event.context) === 'same')
    if (isHome && event.accepted && isReported(end.verdict) && event.at - end.at <= settings.raceMs) return undefined
    return isHome ? 'aftermath' : 'persistence'
  }
  if (event.verdict === 'session-ended') return 'aftermath'
  const rotation = events.find((other) => other.accepted && other.doing === 'presents' && other.node === event.node)
  if (rotation === event) return undefined
  if (rotation === undefined) return reported ? reportOf(event, before) : undefined
  if (rotation.at > event.at && event.accepted) return undefined
  const childUses = events.filter(({ doing, node }) => doing === 'presents' && node === rotation.child)
  if (childUses.some((use) => use.accepted && isBefore(use, event)) || event.verdict === 'stale') return 'theft-likely'
  if (compareContexts(rotation.context, event.context) === 'differs') return 'fork'
  const isQuick = Math.abs(event.at - rotation.at) <= Math.max(graceMs, settings.raceMs)
  const later = childUses.filter((use) => isBefore(event, use))
  if (!later.some(({ accepted }) => accepted) && !(isQuick && later.length > 0)) return 'lost-response'
  return isQuick ? 'tab-race' : 'client-bug'
}

/** A session goes on whose tokens are still accepted where it was before. */
function isUndone(end: KeptEvent, before: readonly KeptEvent[]): boolean {
  return before.some((use) => {
    const isUse = use.accepted && use.doing === 'presents' && isBefore(end, use)
    const known = before.filter((other) => isBefore(other, use) && other.doing !== 'logs-out')
    return isUse && known.some(({ context }) => compareContexts(context, use.context) === 'same')
  })
}

/** Of a token that nobody is known to have used; no more than information from the usual place. */
function reportOf({ verdict, context }: KeptEvent, before: readonly KeptEvent[]): ReuseClass | undefined {
  if (verdict === 'stale') return 'theft-likely'
  const isUsual = before.some((other) => other.accepted && compareContexts(other.context, context) === 'same')
  return isUsual ? undefined : 'reported'
}

function isBefore(a: KeptEvent, b: KeptEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id)
}
