// What the baseline of a story teaches, as `learn --from` would: judged by the same engine, stored nowhere.

import { hash } from 'node:crypto'
import { openEngine } from '../../../detectors/engine/engine.ts'
import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../../schemas/quarantine.ts'
import type { SourceLines } from '../../exercises/story-folder.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openLiveDecoder } from '../records/live-decoder.ts'
import { learnedFrom } from '../replay/learned.ts'
import { latenessOfEach } from '../settings/lateness.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import { timedLines } from './timed-lines.ts'

/** @param sources lines of what is usual, their instants moved as those of the story */
export function learnBaseline(sources: readonly SourceLines[], settings: Settings, scrubber: Scrubber): Baseline {
  const running = openDetectors(settings)
  const engine = openEngine({
    detectors: running,
    digest: (text) => hash('sha256', text, 'hex'),
    latenessMs: latenessOfEach(running, settings.detectors),
  })
  const decoder = openLiveDecoder(settings)
  const batch = new EventBatch(16)
  const quarantine: QuarantineRow[] = []
  for (const [offset, { value, at, headers }] of timedLines(sources, settings, scrubber).entries()) {
    batch.clear()
    const coordinate = { topic: 'ingest', incarnation: 'baseline', partition: 0, offset }
    decoder.decode({ coordinate, value, headers, appendedAt: at }, batch, quarantine)
    engine.observe(batch, 0, batch.length, [])
  }
  return learnedFrom(engine, settings).baseline
}
