// When something was active: runs without a longer pause, in order.

/** First and last active time, in any whole unit: hours since the epoch for an edge, ms for an identity. */
export type Run = [first: number, last: number]

const maxRuns = 8

/** Notes an active time; runs at most `pause` apart are one. True when that changed anything. */
export function noteActive(runs: Run[], at: number, pause: number): boolean {
  let index = runs.length - 1
  while (index >= 0 && (runs[index] as Run)[0] > at) index -= 1 // index is within the array
  const before = runs[index]
  const after = runs[index + 1]
  if (before !== undefined && at <= before[1]) return false
  const joinsBefore = before !== undefined && at - before[1] <= pause
  const joinsAfter = after !== undefined && after[0] - at <= pause
  if (joinsBefore && joinsAfter) {
    before[1] = after[1]
    runs.splice(index + 1, 1)
  } else if (joinsBefore) before[1] = at
  else if (joinsAfter) after[0] = at
  else {
    runs.splice(index + 1, 0, [at, at])
    if (runs.length > maxRuns) runs.shift()
  }
  return true
}

/** A run that follows a pause begins with this time. */
export function resumesAt(runs: readonly Run[], at: number): boolean {
  return runs.some((run, index) => index > 0 && run[0] === at)
}
