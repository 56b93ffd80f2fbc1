// What the stage of a family tells the stage of its client, written and read in one place.

import type { Json, Signal } from '../engine/detector.ts'
import type { Reuse } from './reuse.ts'

/** A reuse as it now stands. Everything that its alert says, but for what only the client's stage knows. */
export interface ReuseFact {
  readonly kind: 'reuse'
  readonly family: string
  readonly joined: boolean
  readonly user: string
  readonly client: string
  readonly version: string
  /** Epoch ms, −1: never. */
  readonly killedAt: number
  readonly acceptedAt: number
  /** An event had to go in a flood, so that numbers are least ones. */
  readonly lossy: boolean
  readonly clockJumped: boolean
  /** No uses: it does not stand any more. */
  readonly reuse: Reuse
}

/** The session had an event on that day. */
export interface AliveFact {
  readonly kind: 'alive'
  /** Days since the epoch. */
  readonly day: number
}

export type Fact = ReuseFact | AliveFact

export function signalOf(client: string, { id, at }: { readonly id: string; readonly at: number }, fact: Fact): Signal {
  const withdrawn = fact.kind === 'reuse' && fact.reuse.uses.length === 0
  // Facts are plain objects of JSON values, which an interface cannot say.
  return { key: client, eventId: id, at, facts: fact as unknown as { [name: string]: Json }, withdrawn }
}

export function factOf(signal: Signal): Fact {
  return signal.facts as unknown as Fact // only `signalOf` of this detector writes what its later stage reads
}

/** Key of the client's stage: its id, and its release where that is known. */
export function clientKey(client: string, version: string): string {
  return version === '' ? client || '(unknown)' : `${client} ${version}`
}
