// An engine with the smallest detector, rows for it, and what it holds: for tests of what surrounds the engine.

import { createHash } from 'node:crypto'
import { type Engine, openEngine } from '../../detectors/engine/engine.ts'
import { detectorEntry } from '../../detectors/engine/entry.ts'
import { batchOf, recordedEvent } from '../../detectors/engine/recording.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { countingDetector } from './counting-detector.ts'

export function openCountingEngine(settings: unknown = {}): Engine {
  return openEngine({
    detectors: [detectorEntry(countingDetector()).open(settings)],
    digest: (text) => createHash('sha256').update(text).digest('hex'),
  })
}

/** One record a row: its offset is its place. */
export function storyBatch(rows: readonly { readonly subject: string; readonly client: string }[]): EventBatch {
  return batchOf(
    rows.map((fields, offset) => ({
      event: recordedEvent({ kind: 'action', eventAt: offset, ...fields }),
      offset,
      appendedAt: 1_000 + offset,
    })),
  )
}

/** What every stage holds, as text in a fixed order. */
export function statesOf(engine: Engine): readonly string[] {
  return engine.stageNames.flatMap((stage) => [...engine.statesOf(stage)].map((state) => JSON.stringify(state)).sort())
}
