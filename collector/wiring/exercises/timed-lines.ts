// The lines of a story as records for the log, in order of the time they happened at.

import type { SourceLines } from '../../exercises/story-folder.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openRecordTimes } from '../records/record-times.ts'
import type { Settings } from '../settings/settings.ts'

export const exerciseReceiver = 'exercise'

export interface TimedLine {
  /** Scrubbed. */
  readonly value: Uint8Array
  /** Epoch ms, event time. */
  readonly at: number
  readonly headers: { readonly format: string; readonly source: string; readonly receiver: string }
}

/** A line without a time of its own happened where it stands: right after the one before it. */
export function timedLines(
  sources: readonly SourceLines[],
  settings: Pick<Settings, 'decoders'>,
  scrubber: Scrubber,
): readonly TimedLine[] {
  const timed = sources.flatMap(({ name, format, lines }) => {
    const headers = { format, source: name, receiver: exerciseReceiver }
    const timeOf = openRecordTimes(settings.decoders, format, exerciseReceiver)
    let at = Number.NEGATIVE_INFINITY
    return lines.map((line) => {
      const value = scrubber.scrub(Buffer.from(line, 'latin1'))
      at = timeOf(value, name) ?? at
      return { value, at, headers }
    })
  })
  const first = timed.reduce((earliest, { at }) => (Number.isFinite(at) ? Math.min(earliest, at) : earliest), Infinity)
  return timed
    .map((line) => (Number.isFinite(line.at) ? line : { ...line, at: Number.isFinite(first) ? first : 0 }))
    .sort((a, b) => a.at - b.at) // stable: lines of one instant keep their order
}
