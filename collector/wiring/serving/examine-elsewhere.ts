// What a process says of events that holds no states of detectors: what they lack, and that others hold what came before.

import { hash } from 'node:crypto'
import { openEngine } from '../../../detectors/engine/engine.ts'
import type { StageExamination } from '../../../detectors/engine/examining.ts'
import { examineEvents } from '../examining/examine.ts'
import type { ExaminingOptions } from '../examining/open-examining.ts'
import { latenessOfEach } from '../settings/lateness.ts'
import { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'

/** Whoever asks looks at what is stored, as far as that tells. */
export function examineElsewhere(settings: Settings): ExaminingOptions['live'] {
  const detectors = openDetectors(settings)
  const latenessMs = latenessOfEach(detectors, settings.detectors)
  const empty = openEngine({ detectors, latenessMs, digest: (text) => hash('sha256', text, 'hex') })
  return async (events) =>
    examineEvents(empty, detectors, events).map((found) =>
      found.map((each) => ({ ...each, stages: each.stages.map(heldElsewhere) })),
    )
}

function heldElsewhere(stage: StageExamination): StageExamination {
  return stage.untaken === 'not-held' ? { ...stage, untaken: 'held-elsewhere' } : stage
}
