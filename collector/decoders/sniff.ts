// Looks at the first lines of what was received, so that the sender is told at once what will become of it.

import type { Decoder, DecoderSettings } from './decoder.ts'
import { quoted } from './hidden-characters.ts'
import { skewMs } from './row-writer.ts'
import { openTrialDecoder } from './trial-decoder.ts'

const newline = 0x0a
const maxLines = 3
const maxBytes = 64 * 1024

export interface Sniffed {
  /** Format of the first line that was read; `''` where none was. */
  readonly format: string
  /** Whole sentences for the sender; none where all is well. */
  readonly warnings: readonly string[]
  /** How far ahead of its append the source is, in words; undefined where it is not. */
  readonly skew: string | undefined
}

export type Sniffer = (lines: Uint8Array, format: string, source: string, appendedAt: number) => Sniffed

/** Cheap enough for every body: it decodes three lines. */
export function openSniffer(decoders: readonly Decoder[], settings: DecoderSettings): Sniffer {
  const tryLines = openTrialDecoder(decoders, settings)
  return (lines, format, source, appendedAt) => {
    const { events, quarantine } = tryLines(firstLines(lines), format, source, appendedAt)
    const warnings: string[] = []
    const [refused] = quarantine
    if (refused !== undefined && refused.reason !== 'empty')
      warnings.push(
        refused.reason === 'unknown-format'
          ? `format not recognised: ${refused.detail}; "eastwest formats list" shows what is read, GET /api/quarantine what was put aside`
          : `put aside as ${refused.reason}: ${refused.detail}; GET /api/quarantine shows it`,
      )
    let latest = Number.NEGATIVE_INFINITY
    for (let row = 0; row < events.length; row++) latest = Math.max(latest, events.columns.eventAt.value(row))
    const aheadMs = latest - appendedAt
    const skew = aheadMs > skewMs ? `${Math.round(aheadMs / 1000).toLocaleString('en-US')} s ahead` : undefined
    if (skew !== undefined)
      warnings.push(
        `source ${quoted(source)} is ${skew}: set its time zone in \`decoders.timeZones\`; such events take part in no time window`,
      )
    return { format: events.length > 0 ? events.columns.format.text(0) : '', warnings, skew }
  }
}

function firstLines(lines: Uint8Array): Uint8Array {
  let end = 0
  for (let count = 0; count < maxLines && end < lines.length; count++) {
    const next = lines.indexOf(newline, end)
    end = next === -1 ? lines.length : next + 1
    if (end > maxBytes) break
  }
  return lines.subarray(0, end)
}
