// Asks, for tests, what a stage makes of one of some stories, and reads the answer.

import type { Examination, Gate, outcomeOf, Trial } from '../../detectors/engine/examination.ts'
import { recordedEvent } from '../../detectors/engine/recording.ts'
import { engineFor, type Fields } from '../../detectors/token-replay/stories.ts'
import { examinedBy } from './asked.ts'

export type Outcome = ReturnType<typeof outcomeOf>
export type Missed = readonly (readonly [name: string, value: Gate['value'], limit: Gate['limit']])[]

/** Of the last event in time, or the one at `index`, after all of them. Fails where asking changed a state. */
export function examined(
  stories: readonly Fields[],
  settings: unknown = {},
  stage = 'by-token',
  index = stories.length - 1,
): Examination {
  return examinedBy(engineFor(settings), stories.map(recordedEvent), stage, index)
}

/** What it failed on. */
export function missed({ gates }: Trial): Missed {
  return gates.filter(({ passed }) => !passed).map(({ name, value, limit }) => [name, value, limit])
}
