// What a replay has taught about callers: how far destinations are learned, and the baseline that can be given to settings.

import { hash } from 'node:crypto'
import type { Engine } from '../../../detectors/engine/engine.ts'
import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import { learnedBaseline, learningSummary } from '../../../detectors/unexpected-caller/learning-summary.ts'
import { learnedDestinations, settingsOfLearning } from '../core/learned-destinations.ts'
import { latenessOfLearning } from '../settings/lateness.ts'
import type { Settings } from '../settings/settings.ts'

export interface Learned {
  /** `unexpected-caller: still learning for 3 destinations; 7 edges would be new`; none when nothing is learning. */
  readonly lines: readonly string[]
  /** Named after its content: the same files give the same document. */
  readonly baseline: Baseline
}

export function learnedFrom(engine: Pick<Engine, 'statesOf'>, settings: Settings): Learned {
  const ours = settingsOfLearning(settings)
  const states = [...learnedDestinations(engine)].map(({ state }) => state)
  const { line } = learningSummary(states, ours, latenessOfLearning(settings))
  const { edges } = learnedBaseline(states, 'learned', ours)
  const version = `learned-${hash('sha256', JSON.stringify(edges), 'hex').slice(0, 12)}`
  return { lines: line === '' ? [] : [line], baseline: { version, edges } }
}
