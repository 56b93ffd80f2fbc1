// What each running detector makes of an event: its needs, and every stage over the states as they stand.

import type { Engine } from '../../../detectors/engine/engine.ts'
import type { OpenDetector } from '../../../detectors/engine/entry.ts'
import type { StageExamination } from '../../../detectors/engine/examining.ts'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'

/** Plain values: it crosses from the thread that judges to the one that answers. */
export interface ExaminedBy {
  readonly detector: string
  /** The event is one that the detector would judge if nothing were missing. */
  readonly concerns: boolean
  readonly missing: readonly { readonly need: string; readonly hint: string; readonly essential: boolean }[]
  readonly stages: readonly StageExamination[]
}

export function examineEvents(
  engine: Pick<Engine, 'examine'>,
  detectors: readonly OpenDetector[],
  events: readonly SecurityEvent[],
): readonly (readonly ExaminedBy[])[] {
  return events.map((event) => {
    const stages = engine.examine(event)
    return detectors.map(({ id, readiness }) => {
      const concerns = readiness.kinds.some((kind) => kind === event.kind) && readiness.concerns(event)
      const missing = concerns ? readiness.needs.filter((need) => !need.met(event)) : []
      return {
        detector: id,
        concerns,
        missing: missing.map(({ name, essential, hint }) => ({ need: name, hint: hint(event.format), essential })),
        stages: stages.filter(({ detector }) => detector === id),
      }
    })
  })
}
