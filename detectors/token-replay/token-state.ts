// What is kept of one access token: next to nothing while it is used from one place, and details once there is more to tell.

import { hash32 } from '../engine/stable-hash.ts'
import type { KeptEvent } from './kept-event.ts'
import { packedStart, packStretch, type Stretch, unpackStretch } from './stretch.ts'
import type { KeyStrength } from './token-key.ts'

/** JSON-safe. A million of them are held at once: flat, and few fields. */
export interface TokenState {
  /** The only stretch, packed; `''`: none, or they are in `detail`. */
  only: string
  /** Its last use, ms after its first. */
  endMs: number
  /** Append time after which the token says nothing any more, in whole seconds since the epoch. */
  untilSecond: number
  /** Who presented it inside the mesh, and the second of the earliest time: see `notePresented`. */
  presenters: string
  detail: TokenDetail | null
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
  /** Stretches that found no room. */
  lost: number
  /** Append time of the last use that began or joined stretches. */
  changedAppendedAt: number
  /** What was last told of each rule, as digests. */
  readonly said: { [rule: string]: number }
  /** Networks whose stages hold that this token alternates between them. */
  alternating: string[]
}

export function openToken(): TokenState {
  return { only: '', endMs: 0, untilSecond: 0, presenters: '', detail: null }
}

/** Whether it was seen where requests enter. */
export function hasEntered({ only, detail }: TokenState): boolean {
  return only !== '' || (detail !== null && detail.stretches.length > 0)
}

/** The details, opened with what was kept so far. */
export function detailOf(state: TokenState, token: string, strength: KeyStrength, issuer: string): TokenDetail {
  if (state.detail !== null) return state.detail
  const detail: TokenDetail = {
    token,
    strength,
    issuer,
    stretches: state.only === '' ? [] : [unpackStretch(state.only, state.endMs)],
    bindings: [],
    validity: [],
    revocations: [],
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
  if (detail === null || watermarkAt <= detail.changedAppendedAt + reachMs) return
  const { stretches, bindings, validity, revocations, said, lost } = detail
  const last = stretches.at(-1)
  if (last === undefined || bindings.length + validity.length + revocations.length + lost > 0) return
  if (Object.keys(said).length > 0 || stretches.some(({ place, longTo }) => place !== last.place || longTo >= 0)) return
  state.only = packStretch(last)
  state.endMs = last.endAt - packedStart(state.only)
  state.detail = null
}

const codeChars = 4
const secondChars = 6
const presenterChars = codeChars + secondChars

// Identities are few, and the same text each time.
const codes = new Map<string, string>()
const maxCodes = 16_384

/**
 * Notes that a workload presented the token at an instant. False: it had before, in an earlier second, and nothing changes. True
 * for the earliest so far, and for others of the same second: whoever reads it takes the first.
 */
export function notePresented(state: TokenState, identity: string, at: number): boolean {
  const { presenters } = state
  const code = codeOf(identity)
  const second = Math.max(0, Math.floor(at / 1_000))
  let from = presenters.indexOf(code)
  while (from >= 0 && from % presenterChars !== 0) from = presenters.indexOf(code, from + 1)
  if (from >= 0 && second > secondAt(presenters, from + codeChars)) return false
  const text = code + second.toString(36).padStart(secondChars, '0')
  state.presenters =
    from < 0 ? presenters + text : presenters.slice(0, from) + text + presenters.slice(from + presenterChars)
  // Reading it makes the pieces one string: many are held.
  hash32(state.presenters)
  return true
}

/** 20 bits of an identity. */
function codeOf(identity: string): string {
  const known = codes.get(identity)
  if (known !== undefined) return known
  if (codes.size >= maxCodes) codes.clear()
  const code = (hash32(identity) & 0xfffff).toString(32).padStart(codeChars, '0')
  codes.set(identity, code)
  return code
}

function secondAt(text: string, from: number): number {
  let second = 0
  for (let at = from; at < from + secondChars; at++) {
    const digit = text.charCodeAt(at)
    second = second * 36 + (digit < 58 ? digit - 48 : digit - 87)
  }
  return second
}
