// What stages tell later ones, written and read in one place.

import type { Severity, SlotVerdict } from '../../schemas/findings.ts'
import type { Json, Signal } from '../engine/detector.ts'
import type { KeyStrength } from './token-key.ts'

/** A verdict on a token's places, for the stage of the two networks to tell: it alone knows whether they are one pool. */
export interface SharedFact {
  readonly kind: 'shared'
  readonly token: string
  readonly verdict: SlotVerdict
  /** Its severity where they are. */
  readonly pooled: Severity
}

/** A token alternates between the two networks, and nothing else differs. */
export interface AlternatesFact {
  readonly kind: 'alternates'
  readonly token: string
}

/** A workload without a way from any ingress presented the token inside the mesh. */
export interface Presented {
  readonly presenter: string
  readonly destination: string
  readonly subject: string
  readonly operation: string
}

/** … for the stage that keeps the token, and knows whether it entered. */
export interface PresentedFact extends Presented {
  readonly kind: 'presented'
  /** As alerts name it. */
  readonly token: string
  readonly strength: KeyStrength
  readonly issuer: string
  /** Append time after which the token says nothing any more, in whole seconds since the epoch. */
  readonly untilSecond: number
}

/** … and the token did enter: for the stage of the presenter. */
export interface TheftFact extends Presented {
  readonly kind: 'theft'
  readonly token: string
}

/** A workload called in this hour: the graph is asked whether it can be reached from an ingress. */
export interface CallsFact {
  readonly kind: 'calls'
  readonly caller: string
}

/** What the graph answers, as of the start of the hour less the lateness. */
export interface ReachFact {
  readonly kind: 'reach'
  /** Epoch ms at which the hour starts. */
  readonly hourAt: number
  /** No way leads there from any ingress, and everybody on the way back is known for long enough. */
  readonly isUnreached: boolean
}

/** Who calls whom: everything that is known of one edge, replacing what was told before. */
export interface EdgeFact {
  readonly kind: 'edge'
  /** `''`: an ingress. */
  readonly caller: string
  readonly destination: string
  readonly firstAt: number
  readonly firstAppendedAt: number
  /** Instant from which it is a path; −1: it is none yet. */
  readonly knownAt: number
}

export type NetworkFact = SharedFact | AlternatesFact
export type MeshFact = CallsFact | EdgeFact
type Fact = NetworkFact | MeshFact | ReachFact | PresentedFact | TheftFact

/** The one key of the stage that holds the graph of the mesh. */
const meshKey = 'mesh'

interface At {
  readonly id: string
  readonly at: number
}

export function networkSignal(networks: string, at: At, fact: NetworkFact, withdrawn = false): Signal {
  return signalOf('by-networks', networks, at, fact, withdrawn)
}

export function meshSignal(at: At, fact: MeshFact): Signal {
  return signalOf('mesh', meshKey, at, fact)
}

export function reachSignal(presenter: string, at: At, fact: ReachFact): Signal {
  const signal = signalOf('by-presenter', presenter, at, fact)
  return fact.isUnreached ? signal : { ...signal, opens: false }
}

export function presentedSignal(tokenKey: string, at: At, fact: PresentedFact): Signal {
  return signalOf('by-token', tokenKey, at, fact)
}

export function theftSignal(at: At, fact: TheftFact): Signal {
  return signalOf('thefts', fact.presenter, at, fact)
}

function signalOf(to: string, key: string, { id, at }: At, fact: Fact, withdrawn = false): Signal {
  // Plain objects of JSON values, which an interface cannot say.
  return { to, key, eventId: id, at, facts: fact as unknown as { [name: string]: Json }, withdrawn }
}

// Only the functions above write what later stages read.

export function networkFactOf(signal: Signal): NetworkFact {
  return signal.facts as unknown as NetworkFact // as said above
}

export function meshFactOf(signal: Signal): MeshFact {
  return signal.facts as unknown as MeshFact // as said above
}

export function reachFactOf(signal: Signal): ReachFact {
  return signal.facts as unknown as ReachFact // as said above
}

export function presentedFactOf(signal: Signal): PresentedFact {
  return signal.facts as unknown as PresentedFact // as said above
}

export function theftFactOf(signal: Signal): TheftFact {
  return signal.facts as unknown as TheftFact // as said above
}
