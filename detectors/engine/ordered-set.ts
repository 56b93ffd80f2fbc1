// A bounded collection of kept entries in (event time, event id) order, each event once.

export interface Dated {
  /** Epoch ms, event time. */
  readonly at: number
  readonly id: string
}

/** Order of events everywhere: time, then id. */
export function compareDated(a: Dated, b: Dated): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** Index of the first entry at or after `(at, id)`. */
export function lowerBound(entries: readonly Dated[], at: number, id: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle] as Dated // low <= middle < high
    if (entry.at < at || (entry.at === at && entry.id < id)) low = middle + 1
    else high = middle
  }
  return low
}

/** Puts an entry in its place and tells its index, or −1 when that event is there already. */
export function insertDated<Entry extends Dated>(entries: Entry[], entry: Entry): number {
  const last = entries.at(-1)
  if (last === undefined || compareDated(last, entry) < 0) return entries.push(entry) - 1
  const index = lowerBound(entries, entry.at, entry.id)
  const there = entries[index]
  if (there !== undefined && there.at === entry.at && there.id === entry.id) return -1
  entries.splice(index, 0, entry)
  return index
}
