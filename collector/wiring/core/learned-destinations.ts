// What the detector of unexpected callers holds of each destination, for the tables and summaries made of it.

import type { Engine } from '../../../detectors/engine/engine.ts'
import {
  type UnexpectedCallerSettings,
  unexpectedCallerSettings,
} from '../../../detectors/unexpected-caller/settings.ts'
import type { DestinationState } from '../../../detectors/unexpected-caller/state.ts'
import type { Settings } from '../settings/settings.ts'

type HeldState = ReturnType<Engine['statesOf']> extends Iterable<infer Held> ? Held : never

export type LearnedDestination = Omit<HeldState, 'state'> & { readonly state: DestinationState }

export function learnedDestinations(engine: Pick<Engine, 'statesOf'>): Iterable<LearnedDestination> {
  // The engine hands out what this very stage made of its own state.
  return engine.statesOf('unexpected-caller/by-destination') as Iterable<unknown> as Iterable<LearnedDestination>
}

export function settingsOfLearning({ detectors }: Settings): UnexpectedCallerSettings {
  const sections: Readonly<Record<string, unknown>> = detectors
  return unexpectedCallerSettings.parse(sections['unexpected-caller'] ?? {})
}
