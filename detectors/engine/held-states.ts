// Goes through what a stage holds, for those who show it: tables, summaries, baselines.

import type { Json } from './detector.ts'
import type { Realms } from './realms.ts'
import { keyGroups } from './stable-hash.ts'

export interface HeldState {
  readonly tenant: string
  readonly realm: string
  readonly key: string
  /** As the stage keeps it: to be read in the same turn, never changed. */
  readonly state: Json
  /** Where the event stood that touched the key last. */
  readonly touchedOffset: number
  readonly touchedIndex: number
}

/** May be read on over many turns, with rows observed in between: each group is taken as it stands when it is reached. */
export function* heldStates(realms: Realms, stage: number): Iterable<HeldState> {
  for (const { tenant, realm, stages } of realms.all())
    for (let group = 0; group < keyGroups; group++)
      for (const { key, state, touchedOffset, touchedIndex } of stages[stage]?.allIn(group) ?? [])
        yield { tenant, realm, key, state, touchedOffset, touchedIndex }
}
