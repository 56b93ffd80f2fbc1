// The hours that learning is counted in, and the instant as of which an event is judged.

export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** Number of the hour since the epoch. */
export function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}

/**
 * What was known before this instant is what an event of that hour is judged with: the start of its own hour, less the
 * lateness. Later learning never changes an earlier verdict.
 */
export function judgedAsOf(at: number, latenessMs: number): number {
  return hourOf(at) * hourMs - latenessMs
}

/** Start of the first hour whose events are judged as of `instant` or later. */
export function firstHourFrom(instant: number, latenessMs: number): number {
  return Math.ceil((instant + latenessMs) / hourMs) * hourMs
}
