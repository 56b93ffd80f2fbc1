// Decides which sessions are to be killed: at once or after a wait, never twice, and not too many of one client.

import type { Dated } from '../engine/ordered-set.ts'
import { dayMs, type RefreshTokenReuseSettings } from './settings.ts'

/**
 * `none` nothing to kill, or no session known · `proposed` decided after the wait unless a cohort opens · `decided` ·
 * `held` a cohort opened · `stopped` by the breaker · `by-issuer` the session was revoked already: recorded, not done twice.
 */
export type Kill = 'none' | 'proposed' | 'decided' | 'held' | 'stopped' | 'by-issuer'

export interface Candidate extends Dated {
  readonly family: string
  /** Calls for a kill. */
  readonly kills: boolean
  /** Theft by another client: does not wait, and is no defect. */
  readonly certain: boolean
  readonly killedAt: number
  /** Epoch ms of append time of the use that raised it. */
  readonly appendedAt: number
  /** Epoch ms of event time at which a cohort around it opened, or −1. */
  readonly cohortAt: number
}

const minuteMs = 60_000

/**
 * One for each candidate, in their order (event time, then id). The breaker counts kills in event time, so that the same
 * ones are stopped whenever it is asked; once it has stopped one, it stops those that follow on that day.
 * @param sessionsOf sessions of the client on a day, 0: unknown
 */
export function decideKills(
  candidates: readonly Candidate[],
  sessionsOf: (day: number) => number,
  watermarkAt: number,
  { kill }: Pick<RefreshTokenReuseSettings, 'kill'>,
): readonly Kill[] {
  const decisions = candidates.map((candidate) => waited(candidate, kill.holdMs))
  const order = candidates
    .map(({ at, certain }, index) => ({ index, at: certain ? at : at + kill.holdMs }))
    .sort((a, b) => a.at - b.at || a.index - b.index)
  const families = new Set<string>()
  const done: number[] = []
  let stoppedDay = -1
  for (const { index, at } of order) {
    const candidate = candidates[index] as Candidate // of the list that `order` is made of
    if (decisions[index] !== 'decided') continue
    const day = Math.floor(at / dayMs)
    if (!families.has(candidate.family)) {
      const today = done.filter((each) => Math.floor(each / dayMs) === day).length
      const lately = done.filter((each) => each > at - minuteMs).length
      const share = kill.maxShare * sessionsOf(day - 1)
      const isTooMany = lately >= kill.maxPerMinute || (share > 0 && today >= kill.shareFrom && today + 1 > share)
      if (isTooMany) stoppedDay = day
      if (day === stoppedDay) {
        decisions[index] = 'stopped'
        continue
      }
      families.add(candidate.family)
      done.push(at)
    }
    if (!candidate.certain && watermarkAt <= candidate.appendedAt + kill.holdMs) decisions[index] = 'proposed'
  }
  return decisions
}

/** Before the breaker. A cohort that opens later than the wait comes too late. */
function waited({ kills, certain, killedAt, at, cohortAt }: Candidate, holdMs: number): Kill {
  if (!kills) return 'none'
  if (killedAt >= 0) return 'by-issuer'
  return !certain && cohortAt >= 0 && cohortAt <= at + holdMs ? 'held' : 'decided'
}
