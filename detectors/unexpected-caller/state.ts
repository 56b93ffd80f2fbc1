// What is kept of a destination: how far it is learned, and its edges. JSON-safe; maps beside it are in `recall.ts`.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import type { First } from '../calls/firsts.ts'
import { noSupport, type Support } from '../calls/support.ts'
import type { DecidedEdge } from './decisions.ts'
import type { GivenEdge } from './given.ts'
import type { Learning } from './learning.ts'
import type { Recall } from './recall.ts'
import type { Run } from './runs.ts'
import type { Settling } from './settling.ts'
import { nothingSettled } from './settling.ts'

/** A call that a verdict may count or show. */
export interface KeptCall {
  /** Epoch ms, event time. */
  readonly at: number
  readonly id: string
  /** Hash of the request id, by which attempts are one call; `''` where there is none. */
  readonly request: string
  readonly denied: boolean
  readonly method: string
  readonly route: string
  readonly port: number
  /** Policy that denied it, where the record says so. */
  readonly policy: string
  /** Policy in dry run that would have denied it; `''`: none would have. */
  readonly shadow: string
  readonly from: Provenance
}

/** A method and route template, with the accepted call that showed it first. */
export interface RouteState {
  readonly method: string
  readonly route: string
  at: number
  id: string
  from: Provenance
  readonly scopes: First[]
}

export interface EdgeState {
  readonly caller: string
  /** How often the edge had been forgotten before: part of its alerts' names. */
  readonly forgotten: number
  /** First call, whatever its reply. */
  firstAt: number
  firstId: string
  /** First accepted call; −1: none. */
  acceptedAt: number
  /** Owner of the caller, where a record of its own says so. */
  owner: string
  readonly runs: Run[]
  readonly accepted: Support
  readonly denied: Support
  readonly routes: RouteState[]
  /** Ordered, each event once. */
  readonly calls: KeptCall[]
  /** What was last told of each alert: `rule|slot` → digest of its verdict. */
  readonly said: { [alert: string]: number }
  /** By rule: calls stamped before it have had their alerts, which are final and let go. */
  readonly closed: { [rule: string]: number }
  /** Day for which later stages were last told that the edge is alive. */
  toldDay: number
}

/** The edges as one side reports them. */
export interface ViewState {
  learning: Learning
  edges: EdgeState[]
}

/** Where a state carries what is recalled beside it: JSON leaves symbols out, so that a snapshot never holds it. */
export const recalled = Symbol('recalled')

export interface DestinationState {
  [recalled]?: Recall
  readonly destination: string
  readonly settling: Settling
  /** Newest append time, within an hour. */
  lastAppendedAt: number
  /** What the destination reports itself. */
  own: ViewState | null
  /** What callers and gateways report; says nothing while the destination reports itself. */
  theirs: ViewState | null
  readonly decided: DecidedEdge[]
  /** In an exercise: the edges it takes for learned. The baseline of the settings then says nothing. Absent: it is live. */
  given?: readonly GivenEdge[]
}

export function openDestination(destination: string): DestinationState {
  return { destination, settling: nothingSettled(), lastAppendedAt: -1, own: null, theirs: null, decided: [] }
}

export function openEdge(caller: string, at: number, id: string, forgotten: number): EdgeState {
  return {
    caller,
    forgotten,
    firstAt: at,
    firstId: id,
    acceptedAt: -1,
    owner: '',
    runs: [],
    accepted: noSupport(),
    denied: noSupport(),
    routes: [],
    calls: [],
    said: {},
    closed: {},
    toldDay: -1,
  }
}
