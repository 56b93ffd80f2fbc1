// Where several engines judge together, each has a share of the keys: whose a key is, and what is handed to whom.

import type { Signal } from './detector.ts'
import type { EngineOptions } from './engine-options.ts'
import type { Levels } from './levels.ts'
import { type RunningStage, runningStages } from './running-stage.ts'
import { groupOf, hash32 } from './stable-hash.ts'

/** JSON-safe: a signal on its way to the share that holds its key. */
export interface HandedSignal {
  /** Name of the stage that reads it. */
  readonly stage: string
  readonly tenant: string
  readonly realm: string
  readonly signal: Signal
  /** Epoch ms: append time of the event that caused it. */
  readonly appendedAt: number
}

export interface Share {
  /** Which of the shares this one is, from 0. */
  readonly own: number
  readonly of: number
  /** Up to when everything was folded. */
  readonly levels: Levels
  /** Takes signals, in order, to the share that holds their key, which may be this one. */
  readonly hand: (to: number, hops: number, handed: HandedSignal) => void
}

/**
 * The share that holds a key, by its group. A stage that is at home holds all keys of a tenant at one: what its signals make
 * of an event has to be known before the event.
 */
export function shareOf({ isAtHome, detector }: RunningStage, tenant: string, hash: number, of: number): number {
  return isAtHome ? hash32(`${tenant}\u0000${detector.id}`) % of : groupOf(hash) % of
}

/** Append time up to which everything has come to the stage. @param alone what it is where there is no share */
export function throughOf(share: Share | undefined, { hops }: RunningStage, alone: number): number {
  return share === undefined ? alone : share.levels.at(hops)
}

/** Most hand-overs on the way to any stage. */
export function mostHandOvers(options: Pick<EngineOptions, 'detectors' | 'digest'>): number {
  return runningStages(options).reduce((most, { hops }) => Math.max(most, hops), 0)
}
