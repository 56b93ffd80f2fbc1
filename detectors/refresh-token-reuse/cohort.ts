// Tells a defect of a client from thefts of its users: so many of them at once are one release, and not so many thieves.

import type { Dated } from '../engine/ordered-set.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'

/** A reuse that may be a defect of the client. */
export interface Suspect extends Dated {
  readonly user: string
}

/**
 * For each suspect (in order) the event time at which the cohort around it was large enough, or −1: it stands alone. A
 * cohort is every closed window of `withinMs` that holds enough distinct users.
 */
export function cohortOpenings(
  suspects: readonly Suspect[],
  { cohort }: Pick<RefreshTokenReuseSettings, 'cohort'>,
): readonly number[] {
  const openings = suspects.map(() => -1)
  const users = new Map<string, number>()
  let from = 0
  /** Suspects before this index have their opening. */
  let opened = 0
  for (const [index, { at, user }] of suspects.entries()) {
    users.set(user, (users.get(user) ?? 0) + 1)
    for (let first = suspects[from]; first !== undefined && first.at < at - cohort.withinMs; first = suspects[from]) {
      const left = (users.get(first.user) ?? 0) - 1
      if (left > 0) users.set(first.user, left)
      else users.delete(first.user)
      from += 1
    }
    if (users.size < cohort.users) continue
    for (let each = Math.max(from, opened); each <= index; each++) openings[each] = at
    opened = index + 1
  }
  return openings
}
