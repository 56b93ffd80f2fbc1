// Asks, for tests, what a stage makes of one of some stories, and reads the answer.

import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { Gate, Trial } from '../engine/examination.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import { engineFor, type Fields } from './stories.ts'

export interface Asked {
  readonly trials: readonly Trial[]
  readonly notes: readonly string[]
  readonly forgotten: boolean
}

export type Outcome = 'held' | 'info' | 'failed'
export type Missed = readonly (readonly [name: string, value: Gate['value'], limit: Gate['limit']])[]

/** Of the last event in time, or the one at `index`, after all of them. Throws where asking changed a state. */
export function examined(
  stories: readonly Fields[],
  settings: unknown = {},
  stage = 'by-token',
  index = stories.length - 1,
): Asked {
  const engine = engineFor(settings)
  const batch = batchOf(placed(stories.map(recordedEvent)))
  engine.observe(batch, 0, batch.length, [])
  const cursor = openEventCursor()
  cursor.at(batch, index)
  const held = (): string => JSON.stringify(engine.stageNames.map((name) => [...engine.statesOf(name)]))
  const before = held()
  const found = engine.examine(plainEvent(cursor)).find((each) => each.stage === stage)
  if (held() !== before) throw new Error('asking changed what is held')
  const { trials = [], notes = [], forgotten = false } = found?.examination ?? {}
  return { trials, notes, forgotten }
}

export function rung({ trials }: Asked, name: string): Trial {
  const trial = trials.find((each) => each.rung === name)
  if (trial === undefined) throw new Error(`no rung "${name}" among ${trials.map((each) => each.rung).join(', ')}`)
  return trial
}

/** What it failed on. */
export function missed({ gates }: Trial): Missed {
  return gates.filter(({ passed }) => !passed).map(({ name, value, limit }) => [name, value, limit])
}
