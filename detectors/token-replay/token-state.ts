// What is kept of one access token: next to nothing while it is used from one place, and details once there is more to tell.

import type { Dated } from '../engine/ordered-set.ts'
import type { KeptEvent } from './kept-event.ts'
import type { Presented } from './signals.ts'
import { packedStart, packStretch, type Stretch, unpackStretch } from './stretch.ts'
import type { KeyStrength } from './token-key.ts'

/** JSON-safe. A million of them are held at once: flat, and few fields. */
export interface TokenState {
  /** The only stretch, packed; `''`: none, or they are in `detail`. */
  only: string
  /** Its last use, ms after its first. */
  endMs: number
  /** Append time after which the token says nothing any more, in whole seconds since the epoch. */
  until: number
  /** Left out by most. */
  detail?: TokenDetail
}

export interface TokenDetail {
  /** As alerts name it. */
  readonly token: string
  readonly strength: KeyStrength
  readonly issuer: string
  /** In order. */
  readonly stretches: Stretch[]
  /** Presented without its key, and out of its time: in order, bounded. */
  readonly bindings: KeptEvent[]
  readonly validity: KeptEvent[]
  /** Revocations, in order, bounded. */
  readonly revocations: KeptEvent[]
  /** By workloads that no way leads to from outside, of each the earliest: in order, bounded. */
  readonly presentations: Presentation[]
  /** Stretches that found no room. */
  lost: number
  /** Append time of the last use that began or joined stretches. */
  changedAppendedAt: number
  /** What was last told of each rule, as digests. */
  readonly said: { [rule: string]: number }
  /** Networks whose stages hold that this token alternates between them. */
  alternating: string[]
}

export type Presentation = Dated & Presented

export function openToken(): TokenState {
  return { only: '', endMs: 0, until: 0 }
}

/** Whether it was seen where requests enter. */
export function hasEntered({ only, detail }: TokenState): boolean {
  return only !== '' || (detail !== undefined && detail.stretches.length > 0)
}

/** Wherever they are kept; in order. Not to be changed: of a packed one it is a copy. */
export function stretchesOf({ only, endMs, detail }: TokenState): readonly Readonly<Stretch>[] {
  if (detail !== undefined) return detail.stretches
  return only === '' ? [] : [unpackStretch(only, endMs)]
}

/** The details, opened with what was kept so far. */
export function detailOf(state: TokenState, token: string, strength: KeyStrength, issuer: string): TokenDetail {
  if (state.detail !== undefined) return state.detail
  const detail: TokenDetail = {
    token,
    strength,
    issuer,
    stretches: state.only === '' ? [] : [unpackStretch(state.only, state.endMs)],
    bindings: [],
    validity: [],
    revocations: [],
    presentations: [],
    lost: 0,
    changedAppendedAt: -1,
    said: {},
    alternating: [],
  }
  state.detail = detail
  state.only = ''
  state.endMs = 0
  return detail
}

/** Goes back to one packed stretch where nothing else was ever told and all earlier ones are out of every reach. */
export function simplify(state: TokenState, watermarkAt: number, reachMs: number): void {
  const { detail } = state
  if (detail === undefined || watermarkAt <= detail.changedAppendedAt + reachMs) return
  const { stretches, bindings, validity, revocations, presentations, said, lost } = detail
  const last = stretches.at(-1)
  if (last === undefined || bindings.length + validity.length + revocations.length + presentations.length + lost > 0)
    return
  if (Object.keys(said).length > 0 || stretches.some(({ place, longTo }) => place !== last.place || longTo >= 0)) return
  state.only = packStretch(last)
  state.endMs = last.endAt - packedStart(state.only)
  delete state.detail
}

/** How many entries it holds. */
export function weightOf({ detail }: TokenState): number {
  if (detail === undefined) return 1
  const { stretches, bindings, validity, revocations, presentations } = detail
  return 1 + stretches.length + bindings.length + validity.length + revocations.length + presentations.length
}
