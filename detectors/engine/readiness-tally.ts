// Counts, on a sample of the events of each source, what detectors need and do not get: so that silence is explained.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { OpenDetector, OpenNeed } from './entry.ts'

/** Which detector cannot fire, or not wholly, on what a source sends. */
export interface ReadinessRow {
  readonly detector: string
  /** `''` together with `source`: nothing that concerns the detector has arrived from anywhere. */
  readonly format: string
  readonly source: string
  /** Sampled events that concern the detector. */
  readonly seen: number
  /** Needs that no sampled event met. */
  readonly missing: readonly MissingNeed[]
}

export interface MissingNeed {
  readonly need: string
  readonly hint: string
  /** Without it the detector cannot fire at all on what the source sends. */
  readonly essential: boolean
}

/** It cannot fire, or not wholly, or nothing that concerns it has arrived. */
export function abstains({ missing, seen }: ReadinessRow): boolean {
  return missing.length > 0 || seen === 0
}

/** Every event of a source's kind is looked at up to this many, afterwards one in `sampleEvery`. */
const lookedAtFirst = 256
const sampleEvery = 64
const maxSources = 1_000

interface NeedCount {
  readonly need: OpenNeed
  met: number
}

interface DetectorCount {
  readonly detector: OpenDetector
  seen: number
  readonly needs: readonly NeedCount[]
}

/** Counts of one format, source and kind. */
export interface SourceCount {
  readonly format: string
  readonly source: string
  events: number
  readonly detectors: readonly DetectorCount[]
}

export class ReadinessTally {
  private readonly detectors: readonly OpenDetector[]
  private readonly byFormat = new Map<string, Map<string, Map<string, SourceCount>>>()
  private sources = 0

  constructor(detectors: readonly OpenDetector[]) {
    this.detectors = detectors
  }

  /** The counts for a row's format, source and kind; past the bound, sources are counted together as `(others)`. */
  countsOf(format: string, source: string, kind: string): SourceCount {
    const found = this.byFormat.get(format)?.get(source)?.get(kind)
    if (found !== undefined) return found
    return this.sources < maxSources || source === '(others)'
      ? this.open(format, source, kind)
      : this.countsOf(this.byFormat.has(format) ? format : '(others)', '(others)', kind)
  }

  /** Counts one event; true when it should be looked at with `sample`. */
  isDue(counts: SourceCount): boolean {
    counts.events += 1
    return counts.events <= lookedAtFirst || counts.events % sampleEvery === 0
  }

  sample(counts: SourceCount, event: SecurityEvent): void {
    for (const count of counts.detectors) {
      if (!count.detector.readiness.concerns(event)) continue
      count.seen += 1
      for (const each of count.needs) if (each.need.met(event)) each.met += 1
    }
  }

  rows(): readonly ReadinessRow[] {
    return this.detectors.flatMap((detector) => {
      const rows = this.rowsOf(detector)
      if (rows.length > 0 || detector.readiness.isQuiet) return rows
      return [{ detector: detector.id, format: '', source: '', seen: 0, missing: [] }]
    })
  }

  private rowsOf(detector: OpenDetector): readonly ReadinessRow[] {
    const rows: ReadinessRow[] = []
    for (const [format, bySource] of this.byFormat) {
      for (const [source, byKind] of bySource) {
        const counts = [...byKind.values()].flatMap((count) =>
          count.detectors.filter((each) => each.detector === detector && each.seen > 0),
        )
        const seen = counts.reduce((sum, count) => sum + count.seen, 0)
        if (seen === 0) continue
        const missing = detector.readiness.needs
          .filter((need) => counts.every(({ needs }) => needs.every((each) => each.need !== need || each.met === 0)))
          .map((need) => ({ need: need.name, hint: need.hint(format), essential: need.essential }))
        rows.push({ detector: detector.id, format, source, seen, missing })
      }
    }
    return rows
  }

  private open(format: string, source: string, kind: string): SourceCount {
    const bySource = this.byFormat.get(format) ?? new Map<string, Map<string, SourceCount>>()
    this.byFormat.set(format, bySource)
    const byKind = bySource.get(source) ?? new Map<string, SourceCount>()
    if (!bySource.has(source)) this.sources += 1
    bySource.set(source, byKind)
    const counts = {
      format,
      source,
      events: 0,
      detectors: this.detectors
        .filter(({ readiness }) => readiness.kinds.some((each) => each === kind))
        .map((detector) => ({
          detector,
          seen: 0,
          needs: detector.readiness.needs.map((need) => ({ need, met: 0 })),
        })),
    }
    byKind.set(kind, counts)
    return counts
  }
}
