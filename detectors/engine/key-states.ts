// The states of one stage for one tenant and realm, by key, in 256 groups that are each bounded.

import type { FoldPosition } from '../../schemas/findings.ts'
import type { Json } from './detector.ts'
import { keyGroupOf, keyGroups } from './stable-hash.ts'

export interface KeyState {
  readonly key: string
  readonly group: number
  state: Json
  /** How many entries the state holds. */
  weight: number
  /** Entries this key lost to its bounds, and how often it was itself put out. */
  evictions: number
  /** Where the event stood that touched it last. */
  touchedOffset: number
  touchedIndex: number
}

/** Put-out keys remembered in each group, so that one that returns says what it lost. */
const maxGhosts = 64

/** A full group is emptied down to this share at once, so that a flood of keys costs little for each. */
const keptShare = 15 / 16

export interface KeyStatesOptions {
  readonly tenant: string
  readonly keyspace: string
  readonly maxKeysPerGroup: number
  /** Sum of the weights of a group's keys. */
  readonly maxWeightPerGroup: number
}

/** What each of the 256 key groups of a stage may hold. Every key holds an entry at least, most no more than two. */
export function boundsOf({ maxKeys = 200_000, maxEntries = 2 * maxKeys }: { maxKeys?: number; maxEntries?: number }): {
  readonly maxKeysPerGroup: number
  readonly maxWeightPerGroup: number
} {
  return {
    maxKeysPerGroup: Math.max(1, Math.ceil(maxKeys / keyGroups)),
    maxWeightPerGroup: Math.max(1, Math.ceil(maxEntries / keyGroups)),
  }
}

export class KeyStates {
  /** Keys put out by the bounds, ever. */
  evicted = 0
  private readonly byKey = new Map<string, KeyState>()
  private readonly groups: (KeyState[] | undefined)[] = new Array<KeyState[] | undefined>(keyGroups).fill(undefined)
  private readonly weights = new Float64Array(keyGroups)
  private readonly ghosts = new Map<number, Map<string, number>>()
  private readonly options: KeyStatesOptions

  constructor(options: KeyStatesOptions) {
    this.options = options
  }

  get size(): number {
    return this.byKey.size
  }

  get(key: string): KeyState | undefined {
    return this.byKey.get(key)
  }

  groupOf(key: string): number {
    return keyGroupOf(this.options.tenant, this.options.keyspace, key)
  }

  /** Adds a key that is not there; a full group loses the keys that were idle longest. */
  add(key: string, group: number, state: Json, position: FoldPosition): KeyState {
    const ghosts = this.ghosts.get(group)
    const evictions = ghosts?.get(key) ?? 0
    ghosts?.delete(key)
    const added = {
      key,
      group,
      state,
      weight: 1,
      evictions,
      touchedOffset: position.offset,
      touchedIndex: position.index,
    }
    this.restore(added)
    this.bound(added)
    return added
  }

  weigh(entry: KeyState, weight: number): void {
    if (this.byKey.get(entry.key) !== entry) return
    this.weights[entry.group] = (this.weights[entry.group] ?? 0) + weight - entry.weight
    entry.weight = weight
    this.bound(entry)
  }

  /** Forgets the keys of a group that `spent` says of; true when there were any. */
  sweep(group: number, spent: (state: Json) => boolean): boolean {
    const before = this.groups[group]?.length ?? 0
    if (before === 0) return false
    this.keep(group, (entry) => !spent(entry.state))
    return this.keysOf(group).length < before
  }

  keysOf(group: number): readonly KeyState[] {
    return this.groups[group] ?? []
  }

  ghostsOf(group: number): ReadonlyMap<string, number> {
    return this.ghosts.get(group) ?? new Map()
  }

  /** Puts back what a snapshot held. */
  restore(entry: KeyState): void {
    const keys = this.groups[entry.group] ?? []
    this.groups[entry.group] = keys
    keys.push(entry)
    this.weights[entry.group] = (this.weights[entry.group] ?? 0) + entry.weight
    this.byKey.set(entry.key, entry)
  }

  restoreGhost(group: number, key: string, evictions: number): void {
    const ghosts = this.ghosts.get(group) ?? new Map<string, number>()
    this.ghosts.set(group, ghosts.set(key, evictions))
  }

  clearGroup(group: number): void {
    this.keep(group, () => false)
    this.ghosts.delete(group)
  }

  private keep(group: number, keeps: (entry: KeyState) => boolean): void {
    const kept: KeyState[] = []
    let weight = 0
    for (const entry of this.keysOf(group)) {
      if (keeps(entry)) {
        kept.push(entry)
        weight += entry.weight
      } else this.byKey.delete(entry.key)
    }
    this.groups[group] = kept.length === 0 ? undefined : kept
    this.weights[group] = weight
  }

  /** Puts out the keys that were idle longest, but never the one just touched. */
  private bound(touched: KeyState): void {
    const { group } = touched
    const { maxKeysPerGroup, maxWeightPerGroup } = this.options
    const keys = this.groups[group]
    if (keys === undefined) return
    let weight = this.weights[group] as number // group < 256
    if (keys.length <= maxKeysPerGroup && weight <= maxWeightPerGroup) return
    let count = keys.length
    const idle = keys
      .filter((entry) => entry !== touched)
      .sort(
        (a, b) => a.touchedOffset - b.touchedOffset || a.touchedIndex - b.touchedIndex || (a.key < b.key ? -1 : 1), // signals of one event may touch several
      )
    const out = new Set<KeyState>()
    for (const entry of idle) {
      if (count <= maxKeysPerGroup * keptShare && weight <= maxWeightPerGroup * keptShare) break
      out.add(entry)
      count -= 1
      weight -= entry.weight
      this.restoreGhost(group, entry.key, entry.evictions + 1)
    }
    this.evicted += out.size
    this.keep(group, (entry) => !out.has(entry))
    this.boundGhosts(group)
  }

  private boundGhosts(group: number): void {
    const ghosts = this.ghosts.get(group)
    if (ghosts === undefined) return
    for (const key of ghosts.keys()) {
      if (ghosts.size <= maxGhosts) break
      ghosts.delete(key)
    }
  }
}
