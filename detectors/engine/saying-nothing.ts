// What a stage gives back for an event that says nothing, as most do.

import type { Observation } from './detector.ts'

/** Gives one object back over and over: the engine reads it at once, and keeps nothing of it but the state. */
export function sayingNothing<State>(): (state: State) => Observation<State> {
  let quiet: { state: State } | undefined
  return (state) => {
    quiet ??= { state }
    quiet.state = state
    return quiet
  }
}
