// What the stage of a destination tells the stages of a caller, written and read in one place.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { Json, Signal } from '../engine/detector.ts'

/** The edge was alive at that event; its first call, or a later sign of life once a day. */
export interface ActivityFact {
  readonly kind: 'activity'
  readonly destination: string
  /** How often the edge had been forgotten. */
  readonly epoch: number
  /** First accepted call of the edge since; −1: none. */
  readonly edgeAcceptedAt: number
}

/** A call of an unknown caller was denied. */
export interface ProbeFact {
  readonly kind: 'probe'
  readonly destination: string
  /** How often the edge had been forgotten. */
  readonly epoch: number
  /** First accepted call of the edge since, after which denials are no probes; −1: none. */
  readonly edgeAcceptedAt: number
  readonly method: string
  readonly route: string
  readonly port: number
  readonly policy: string
  readonly from: string
}

/** The verdict on a new edge, for the caller's stage to tell: it alone knows whether the caller as a whole is new. */
export interface NewEdgeFact {
  readonly kind: 'new-edge'
  readonly destination: string
  /** How often the edge had been forgotten. */
  readonly epoch: number
  /** First accepted call of the edge since; −1: none. */
  readonly edgeAcceptedAt: number
  /** First accepted call that raises high, which a new identity as a whole would explain; −1: none. */
  readonly acceptedAt: number
  /** Its event; `''`: none. */
  readonly acceptedId: string
  /** A known caller of the same owner, or `''`. */
  readonly predecessor: string
  readonly verdict: SlotVerdict
}

export type Fact = ActivityFact | ProbeFact | NewEdgeFact

export function signalOf(
  caller: string,
  { id, at }: { readonly id: string; readonly at: number },
  fact: Fact,
  withdrawn = false,
): Signal {
  // Facts are plain objects of JSON values, which an interface cannot say.
  return { key: caller, eventId: id, at, facts: fact as unknown as { [name: string]: Json }, withdrawn }
}

export function factOf(signal: Signal): Fact {
  return signal.facts as unknown as Fact // only `signalOf` of this detector writes what its later stages read
}
