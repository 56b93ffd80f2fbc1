// Which events each line of a story becomes, and when they happened: what a score tells evidence by.

import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../../schemas/quarantine.ts'
import type { SourceLines } from '../../exercises/story-folder.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openLiveDecoder } from '../records/live-decoder.ts'
import type { Settings } from '../settings/settings.ts'

export interface LineEvents {
  /** By `source:line`, counted from 1. */
  readonly eventIds: ReadonlyMap<string, readonly string[]>
  /** Epoch ms, by source, in order of its lines. */
  readonly times: ReadonlyMap<string, readonly number[]>
  /** Lines that became no event, as `source:line reason`. */
  readonly refused: readonly string[]
}

/** @param settings whose decoders and tenant the run has; `scrubber` has its key: ids hang on both */
export function eventsOfLines(sources: readonly SourceLines[], settings: Settings, scrubber: Scrubber): LineEvents {
  const decoder = openLiveDecoder(settings)
  const batch = new EventBatch(16)
  const coordinate = { topic: '', incarnation: '', partition: 0, offset: 0 }
  const eventIds = new Map<string, readonly string[]>()
  const times = new Map<string, readonly number[]>()
  const refused: string[] = []
  for (const { name, format, lines } of sources) {
    const headers = { format, source: name, receiver: 'exercise' }
    const happened: number[] = []
    for (const [at, line] of lines.entries()) {
      const quarantine: QuarantineRow[] = []
      batch.clear()
      const value = scrubber.scrub(Buffer.from(line, 'latin1'))
      // Far in the future: nothing is ahead of time while only names are asked for.
      decoder.decode({ coordinate, value, headers, appendedAt: Number.MAX_SAFE_INTEGER }, batch, quarantine)
      const rows = Array.from({ length: batch.length }, (_, row) => row)
      eventIds.set(
        `${name}:${at + 1}`,
        rows.map((row) => batch.columns.eventId.text(row)),
      )
      happened.push(...rows.map((row) => batch.columns.eventAt.value(row)))
      if (line.trim() !== '') refused.push(...quarantine.map(({ reason }) => `${name}:${at + 1} ${reason}`))
    }
    times.set(name, happened)
  }
  return { eventIds, times, refused }
}
