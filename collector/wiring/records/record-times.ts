// When each line of a replayed file happened, by its decoder.

import type { Settings } from '../settings/settings.ts'
import { openScratchDecoder } from './scratch-decoder.ts'

/** Epoch ms of a line's first event, or undefined where it has none. */
export type RecordTimes = (line: Uint8Array, source: string) => number | undefined

export function openRecordTimes(settings: Settings['decoders'], format: string, receiver: string): RecordTimes {
  const look = openScratchDecoder(settings, receiver)
  return (line, source) => {
    // Far in the future: nothing counts as ahead of time while only the time is asked for.
    const { batch } = look(line, format, source, Number.MAX_SAFE_INTEGER)
    return batch.length === 0 ? undefined : batch.columns.eventAt.value(0)
  }
}
