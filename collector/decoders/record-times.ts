// When recorded lines happened: what a replay sorts them by.

import type { Decoder, DecoderSettings } from './decoder.ts'
import { openTrialDecoder } from './trial-decoder.ts'

/** Gives the event time of a scrubbed line, epoch ms; of a line that holds several events the latest; undefined where it has none. */
export function openRecordTimes(
  decoders: readonly Decoder[],
  settings: DecoderSettings,
  format: string,
): (line: Uint8Array, source: string) => number | undefined {
  const tryLines = openTrialDecoder(decoders, settings)
  return (line, source) => {
    const { events } = tryLines(line, format, source, 0)
    let latest: number | undefined
    for (let row = 0; row < events.length; row++) {
      const at = events.columns.eventAt.value(row)
      latest = latest === undefined || at > latest ? at : latest
    }
    return latest
  }
}
