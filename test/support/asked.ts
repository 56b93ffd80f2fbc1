// Asks an engine, for tests, what a stage makes of one of the events it is given, and reads the answer.

import { expect } from 'vitest'
import type { Engine } from '../../detectors/engine/engine.ts'
import type { Examination, Trial } from '../../detectors/engine/examination.ts'
import { batchOf, placed, type RecordedEvent } from '../../detectors/engine/recording.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'

/** Of the event at `index` in order of time, after all of them. Fails where asking changed a state. */
export function examinedBy(
  engine: Engine,
  events: readonly RecordedEvent[],
  stage: string,
  index = events.length - 1,
): Examination {
  const batch = batchOf(placed(events))
  engine.observe(batch, 0, batch.length, [])
  const cursor = openEventCursor()
  cursor.at(batch, index)
  const held = (): string => JSON.stringify(engine.stageNames.map((name) => [...engine.statesOf(name)]))
  const before = held()
  const found = engine.examine(plainEvent(cursor)).find((each) => each.stage === stage)
  expect(held()).toBe(before)
  return found?.examination ?? { trials: [], notes: [] }
}

export function rung({ trials }: Examination, name: string): Trial {
  const trial = trials.find((each) => each.rung === name)
  if (trial === undefined) throw new Error(`no rung "${name}" among ${trials.map((each) => each.rung).join(', ')}`)
  return trial
}
