// What stages tell later ones, written and read in one place.

import type { Severity, SlotVerdict } from '../../schemas/findings.ts'
import type { Json, Signal } from '../engine/detector.ts'

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

/** A workload presented the token inside the mesh. */
export interface PresentedFact {
  readonly kind: 'presented'
  readonly token: string
  /** As alerts name it. */
  readonly name: string
  readonly presenter: string
  readonly destination: string
  readonly subject: string
  readonly client: string
  readonly operation: string
  /** The token had been seen where requests enter. */
  readonly entered: boolean
}

/** The token was seen where requests enter, after somebody had presented it inside. */
export interface EnteredFact {
  readonly kind: 'entered'
  readonly token: string
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
export type MeshFact = PresentedFact | EnteredFact | EdgeFact

/** The one key of the stage that holds the graph of the mesh. */
const meshKey = 'mesh'

interface At {
  readonly id: string
  readonly at: number
}

export function networkSignal(networks: string, { id, at }: At, fact: NetworkFact, withdrawn = false): Signal {
  return { to: 'by-networks', key: networks, eventId: id, at, facts: factsOf(fact), withdrawn }
}

export function meshSignal({ id, at }: At, fact: MeshFact): Signal {
  return { to: 'mesh', key: meshKey, eventId: id, at, facts: factsOf(fact), withdrawn: false }
}

function factsOf(fact: NetworkFact | MeshFact): { readonly [name: string]: Json } {
  return fact as unknown as { [name: string]: Json } // plain objects of JSON values, which an interface cannot say
}

/** Only the two above write what its later stages read. */
export function networkFactOf(signal: Signal): NetworkFact {
  return signal.facts as unknown as NetworkFact // as said above
}

export function meshFactOf(signal: Signal): MeshFact {
  return signal.facts as unknown as MeshFact // as said above
}
