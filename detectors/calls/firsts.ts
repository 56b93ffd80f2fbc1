// The first few distinct things (hours, days, replicas, scopes), each with the event that showed it first.

export interface First {
  readonly key: string | number
  /** Epoch ms, event time. */
  readonly at: number
  readonly id: string
}

/** Order of events, ties by what they showed: one event may show several things. */
function compareFirsts(a: First, b: First): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

/** True where an event of that instant that shows `key` would change nothing, whatever its id. */
export function isShown(firsts: readonly First[], key: string | number, at: number, max: number): boolean {
  for (const first of firsts) if (first.key === key) return first.at < at
  const last = firsts.at(-1)
  return firsts.length >= max && last !== undefined && last.at < at
}

/**
 * Notes that an event showed `key`. Whatever the order of arrival, `firsts` ends as the `max` things that were shown
 * earliest, in order. True when that changed anything.
 */
export function noteFirst(firsts: First[], first: First, max: number): boolean {
  const index = firsts.findIndex(({ key }) => key === first.key)
  const there = firsts[index]
  if (there !== undefined) {
    if (compareFirsts(there, first) <= 0) return false
    firsts.splice(index, 1)
  } else if (firsts.length >= max) {
    const last = firsts.at(-1)
    if (last === undefined || compareFirsts(last, first) <= 0) return false
    firsts.pop()
  }
  let place = firsts.length
  while (place > 0 && compareFirsts(firsts[place - 1] as First, first) > 0) place -= 1 // place - 1 is within the array
  firsts.splice(place, 0, first)
  return true
}
