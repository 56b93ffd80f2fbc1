// What the sender is told at once: lines that no decoder knows, and stamps that lie ahead of time.

import type { Settings } from '../settings/settings.ts'
import { openScratchDecoder } from './scratch-decoder.ts'

export interface Sniffed {
  readonly warnings: readonly string[]
  /** Set when the source's clock or time zone is ahead; shown until it no longer is. */
  readonly skew: string | undefined
}

/** Looks at the first few lines only: it must not cost the receiver its speed. */
const lookedAtLines = 3
const lookedAtBytes = 16 * 1024
/** A source that was fine is looked at again after so many bodies, or while few bodies come. */
const everyBodies = 64
const looksPerSecond = 50
const maxSources = 1_000

/** Undefined: not looked at. */
export type Sniffer = (lines: Uint8Array, format: string, source: string, appendedAt: number) => Sniffed | undefined

export function openSniffer(settings: Settings['decoders']): Sniffer {
  const look = openScratchDecoder(settings)
  const fineBodies = new Map<string, number>()
  let second = 0
  let looks = 0
  return (lines, format, source, appendedAt) => {
    const now = Math.floor(appendedAt / 1000)
    if (now !== second) looks = 0
    second = now
    const fine = fineBodies.get(source) ?? 0
    if (fine > 0 && looks >= looksPerSecond) {
      fineBodies.set(source, fine - 1)
      return undefined
    }
    looks += 1
    const first = firstLines(lines)
    if (first.length === 0) return undefined
    const { batch, quarantine } = look(first, format, source, appendedAt)
    const aheadMs = Math.max(
      0,
      ...Array.from({ length: batch.length }, (_, row) =>
        batch.columns.skew.value(row) === 1 ? batch.columns.eventAt.value(row) - appendedAt : 0,
      ),
    )
    const skew =
      aheadMs === 0
        ? undefined
        : `source "${source}" is ${Math.round(aheadMs / 1000)} s ahead: set its time zone (decoders.timeZones), or its clock`
    const [refused] = quarantine
    const warnings = [
      ...(skew === undefined ? [] : [skew]),
      ...(refused === undefined
        ? []
        : [`not read, kept in quarantine (${refused.reason}): ${refused.detail}; see GET /api/quarantine`]),
    ]
    if (warnings.length === 0 && (fineBodies.has(source) || fineBodies.size < maxSources))
      fineBodies.set(source, everyBodies)
    return { warnings, skew }
  }
}

function firstLines(lines: Uint8Array): Uint8Array {
  let end = 0
  for (let count = 0; count < lookedAtLines; count++) {
    const next = lines.indexOf(0x0a, end)
    // A giant line is left to the decoders alone.
    if (next === -1 || next >= lookedAtBytes) break
    end = next + 1
  }
  return lines.subarray(0, end)
}
