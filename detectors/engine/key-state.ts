// One key of a stage while it is awake: its state as an object, and what the engine knows about it.

import type { Json } from './detector.ts'

export interface KeyState {
  readonly key: string
  /** Of tenant, keyspace and key; says the group: see `keyHasher`. */
  readonly hash: number
  state: Json
  /** How many entries the state holds. */
  weight: number
  /** Entries this key lost to its bounds, and how often it was itself put out. */
  evictions: number
  /** Where the event stood that touched it last. */
  touchedOffset: number
  touchedIndex: number
}
