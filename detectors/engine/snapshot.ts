// States of one key group of one stage as text and back: what recovery writes to the log and reads again.

import type { FoldPosition } from '../../schemas/findings.ts'
import type { Json } from './detector.ts'
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
  /** Tenant, realm, key, weight, evictions, offset and index of the last touch, state, and when it asked to be judged. */
  readonly states: readonly (readonly [string, string, string, number, number, number, number, Json, number | null])[]
  /** Tenant, realm, key, evictions of keys that were put out. */
  readonly ghosts: readonly (readonly [string, string, string, number])[]
}

export function writeGroup(
  realms: Realms,
  wakes: Wakes | undefined,
  stage: number,
  group: number,
): { body: string; keys: number } {
  const states: Body['states'][number][] = []
  const ghosts: Body['ghosts'][number][] = []
  for (const { tenant, realm, stages } of realms.all()) {
    for (const entry of stages[stage]?.keysOf(group) ?? [])
      states.push([
        tenant,
        realm,
        entry.key,
        entry.weight,
        entry.evictions,
        entry.touchedOffset,
        entry.touchedIndex,
        entry.state,
        wakes?.askedAt(entry) ?? null,
      ])
    for (const [key, evictions] of stages[stage]?.ghostsOf(group) ?? []) ghosts.push([tenant, realm, key, evictions])
  }
  return { body: JSON.stringify({ states, ghosts } satisfies Body), keys: states.length }
}

/** Replaces what the group holds. `body` has been checked against its digest. */
export function readGroup(realms: Realms, wakes: Wakes | undefined, stage: number, group: number, body: string): void {
  const { states, ghosts } = JSON.parse(body) as Body // its digest says that `writeGroup` wrote it
  for (const { stages } of realms.all()) stages[stage]?.clearGroup(group)
  for (const [tenant, realm, key, weight, evictions, touchedOffset, touchedIndex, state, wakeAt] of states) {
    const held = realms.of(tenant, realm, { offset: touchedOffset, index: touchedIndex })
    const entry = { key, group, state, weight, evictions, touchedOffset, touchedIndex }
    held.stages[stage]?.restore(entry)
    if (wakeAt !== null) wakes?.ask(held, entry, wakeAt)
  }
  for (const [tenant, realm, key, evictions] of ghosts)
    realms.of(tenant, realm, { offset: -1, index: -1 }).stages[stage]?.restoreGhost(group, key, evictions)
}
