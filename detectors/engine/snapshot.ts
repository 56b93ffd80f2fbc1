// States of one key group of one stage as text and back: what recovery writes to the log and reads again.

import type { FoldPosition } from '../../schemas/findings.ts'
import type { Json } from './detector.ts'
import type { OpenStage } from './entry.ts'
import type { KeyState } from './key-state.ts'
import type { Realms } from './realms.ts'
import type { Wakes } from './wakes.ts'

/** JSON-safe. Valid for every position between its own and the group's next change. */
export interface GroupSnapshot {
  /** `refund-burst/by-beneficiary`. */
  readonly stage: string
  readonly group: number
  /** Detector version, settings digest and layout; another one is not read back. */
  readonly stateVersion: string
  /** Everything up to and including this row has been folded. */
  readonly position: FoldPosition
  /** Epoch ms: newest append time seen; null before the first. */
  readonly appendedThrough: number | null
  readonly keys: number
  /** JSON text of the states. */
  readonly body: string
  /** Of `body`. */
  readonly digest: string
}

/**
 * What became of a snapshot: `restored`; `other-version`: made under another detector version or other settings, the
 * group is empty and is rebuilt by reading the log from as early as it goes; `damaged`: its digest does not fit;
 * `unknown-stage`: no running detector has that stage.
 */
export type RestoreResult = 'restored' | 'other-version' | 'damaged' | 'unknown-stage'

interface Body {
  /** Tenant, realm, key, weight, evictions, offset and index of the last touch, state as packed, and when it asked to be judged. */
  readonly states: readonly (readonly [string, string, string, number, number, number, number, Json, number | null])[]
  /** Tenant, realm, key, evictions of keys that were put out. */
  readonly ghosts: readonly (readonly [string, string, string, number])[]
}

/**
 * The keys in order of their hash, whatever the order in which they came, woke or went to rest. States at rest are put in
 * as the text they are.
 */
export function writeGroup(
  realms: Realms,
  wakes: Wakes | undefined,
  stage: number,
  { packing }: OpenStage,
  group: number,
): { body: string; keys: number } {
  const states: string[] = []
  const ghosts: Body['ghosts'][number][] = []
  for (const { tenant, realm, stages } of realms.all()) {
    const keys = stages[stage]
    if (keys === undefined) continue
    const of = `${JSON.stringify(tenant)},${JSON.stringify(realm)}`
    const rows: Row[] = []
    for (const entry of keys.awakeIn(group))
      rows.push(rowOf(of, entry, JSON.stringify(packing.pack(entry.state)), wakes?.askedAt(entry) ?? null))
    for (const entry of keys.restingIn(group)) rows.push(rowOf(of, entry, entry.json, null))
    rows.sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1))
    for (const { text } of rows) states.push(text)
    for (const [key, evictions] of keys.ghostsOf(group)) ghosts.push([tenant, realm, key, evictions])
  }
  return { body: `{"states":[${states.join()}],"ghosts":${JSON.stringify(ghosts)}}`, keys: states.length }
}

interface Row {
  readonly hash: number
  readonly key: string
  /** One of `Body.states`. */
  readonly text: string
}

function rowOf(of: string, held: Omit<KeyState, 'state'>, state: string, wakeAt: number | null): Row {
  const { key, hash, weight, evictions, touchedOffset, touchedIndex } = held
  const numbers = `${weight},${evictions},${touchedOffset},${touchedIndex}`
  return { hash, key, text: `[${of},${JSON.stringify(key)},${numbers},${state},${wakeAt}]` }
}

/** Replaces what the group holds. `body` has been checked against its digest. What asked for no wake is at rest at once. */
export function readGroup(
  realms: Realms,
  wakes: Wakes | undefined,
  stage: number,
  { packing, spentAfter }: OpenStage,
  { group, body }: Pick<GroupSnapshot, 'group' | 'body'>,
): void {
  const { states, ghosts } = JSON.parse(body) as Body // its digest says that `writeGroup` wrote it
  for (const { stages } of realms.all()) stages[stage]?.clearGroup(group)
  for (const [tenant, realm, key, weight, evictions, touchedOffset, touchedIndex, packed, wakeAt] of states) {
    const held = realms.of(tenant, realm, { offset: touchedOffset, index: touchedIndex })
    const keys = held.stages[stage]
    if (keys === undefined) continue
    const state = packing.unpack(packed)
    const entry = { key, hash: keys.hashOf(key), state, weight, evictions, touchedOffset, touchedIndex }
    if (wakeAt === null) keys.restoreAtRest({ ...entry, state: packed }, spentAfter(state))
    else {
      keys.restore(entry)
      wakes?.ask(held, entry, wakeAt)
    }
  }
  for (const { stages } of realms.all()) stages[stage]?.tidy(group)
  for (const [tenant, realm, key, evictions] of ghosts)
    realms.of(tenant, realm, { offset: -1, index: -1 }).stages[stage]?.restoreGhost(group, key, evictions)
}
