// Moves the instants inside recorded lines, in whatever form they stand there, and nothing else of them.

import type { LoadedStory, SourceLines } from './story-folder.ts'

/** How far from the start of a story an instant may lie to be one of it: what is older, detectors have forgotten. */
export const spanMs = 45 * 86_400_000

const stamp = /(?<![0-9A-Za-z])(\d{4}-\d{2}-\d{2})([T ])(\d{2}:\d{2}:\d{2})(?![0-9])/g
/** Seconds, milliseconds, microseconds and nanoseconds since 1970, alone between what is no part of a word. */
const epoch = /(?<![\w.+-])(\d{10}|\d{13}|\d{16}|\d{19})(?![\w-])(?!\.\d*[A-Za-z_-])/g

/**
 * The line with every instant within the span moved by `shiftMs`; form, precision and zone stay.
 * @param shiftMs whole seconds, so that finer digits stay as they are and coarser stamps keep their distance
 */
export function shiftLine(line: string, startsAt: number, shiftMs: number): string {
  return moveInstants(line, shiftMs, (at) => Math.abs(at - startsAt) <= spanMs)
}

/** Moves the instants that `isMeant`, asked in order of stamps and then of numbers: epoch ms, cut to the second, zones left out. */
export function moveInstants(line: string, shiftMs: number, isMeant: (at: number) => boolean): string {
  if (shiftMs === 0) return line
  return line
    .replace(stamp, (whole, day: string, between: string, time: string) => {
      const at = Date.parse(`${day}T${time}Z`)
      if (!isMeant(at)) return whole
      const [movedDay = '', movedTime = ''] = new Date(at + shiftMs).toISOString().split(/[T.]/)
      return `${movedDay}${between}${movedTime}`
    })
    .replace(epoch, (digits: string) => {
      const seconds = Number(digits.slice(0, 10))
      return isMeant(seconds * 1000) ? `${seconds + shiftMs / 1000}${digits.slice(10)}` : digits
    })
}

export function shiftSources(sources: readonly SourceLines[], startsAt: number, shiftMs: number): SourceLines[] {
  return sources.map((source) => ({
    ...source,
    lines: source.lines.map((line) => shiftLine(line, startsAt, shiftMs)),
  }))
}

/** The whole story as if it began at `beginsAt`. */
export function shiftStory(loaded: LoadedStory, beginsAt: number): LoadedStory {
  const startsAt = Date.parse(loaded.story.startsAt)
  const shiftMs = beginsAt - startsAt
  if (shiftMs % 1000 !== 0) throw new RangeError(`a story is moved by whole seconds, not by ${shiftMs} ms`)
  const [attack, twin, baseline] = [loaded.attack, loaded.twin, loaded.baseline].map((part) =>
    shiftSources(part, startsAt, shiftMs),
  ) as [SourceLines[], SourceLines[], SourceLines[]] // three in, three out
  return {
    ...loaded,
    story: { ...loaded.story, startsAt: new Date(beginsAt).toISOString() },
    attack,
    twin,
    baseline,
  }
}
