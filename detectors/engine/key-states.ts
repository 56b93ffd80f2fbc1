// The states of one stage for one tenant and realm, by key, in 256 groups that are each bounded: awake or at rest.

import type { FoldPosition } from '../../schemas/findings.ts'
import type { Json, Packing } from './detector.ts'
import type { KeyState } from './key-state.ts'
import { RestingEntry } from './resting-entry.ts'
import { RestingKeys } from './resting-keys.ts'
import { groupOf, keyGroups, keyHasher } from './stable-hash.ts'

/** What is known of a key without its state. */
type Held = Pick<KeyState, 'key' | 'weight' | 'evictions' | 'touchedOffset' | 'touchedIndex'>

/** Put-out keys remembered in each group, so that one that returns says what it lost. */
const maxGhosts = 64

/** A full group is emptied down to this share at once, so that a flood of keys costs little for each. */
const keptShare = 15 / 16

export interface KeyStatesOptions {
  readonly tenant: string
  readonly keyspace: string
  readonly packing: Packing<Json>
  readonly maxKeysPerGroup: number
  /** Sum of the weights of a group's keys. */
  readonly maxWeightPerGroup: number
}

export interface Sweep {
  readonly watermarkAt: number
  spentAfter(state: Json): number
  /** Whether a key that is not spent is put to rest. */
  mayRest(entry: KeyState): boolean
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
  readonly hashOf: (key: string) => number
  private readonly byKey = new Map<string, KeyState>()
  private readonly groups: (KeyState[] | undefined)[] = new Array<KeyState[] | undefined>(keyGroups).fill(undefined)
  private readonly resting = new Map<number, RestingKeys>()
  private readonly weights = new Float64Array(keyGroups)
  private readonly ghosts = new Map<number, Map<string, number>>()
  private readonly options: KeyStatesOptions

  constructor(options: KeyStatesOptions) {
    this.options = options
    this.hashOf = keyHasher(options.tenant, options.keyspace)
  }

  get size(): number {
    let size = this.byKey.size
    for (const resting of this.resting.values()) size += resting.size
    return size
  }

  get isEmpty(): boolean {
    return this.byKey.size === 0 && this.resting.size === 0
  }

  /** A key that is awake. */
  awake(key: string): KeyState | undefined {
    return this.byKey.get(key)
  }

  /** Wakes a key that is at rest. */
  wake(key: string, hash: number): KeyState | undefined {
    const woken = this.resting.get(groupOf(hash))?.take(key, hash)
    if (woken === undefined) return undefined
    this.unpack(woken)
    this.hold(woken)
    return woken
  }

  /** To be read, not changed: of a key at rest it is a copy. */
  look(key: string): KeyState | undefined {
    const hash = this.hashOf(key)
    const awake = this.awake(key)
    if (awake !== undefined) return awake
    const copy = this.resting.get(groupOf(hash))?.look(key, hash)
    return copy === undefined ? undefined : this.unpack(copy)
  }

  /** Adds a key that is not there; a full group loses the keys that were idle longest. */
  add(key: string, hash: number, state: Json, position: FoldPosition): KeyState {
    const ghosts = this.ghosts.get(groupOf(hash))
    const evictions = ghosts?.get(key) ?? 0
    ghosts?.delete(key)
    const { offset: touchedOffset, index: touchedIndex } = position
    const added = { key, hash, state, weight: 1, evictions, touchedOffset, touchedIndex }
    this.restore(added)
    this.bound(added)
    return added
  }

  weigh(entry: KeyState, weight: number): void {
    if (this.byKey.get(entry.key) !== entry) return
    this.addWeight(groupOf(entry.hash), weight - entry.weight)
    entry.weight = weight
    this.bound(entry)
  }

  /** Forgets the keys of a group that are spent, and puts to rest what may; true when there were any to forget. */
  sweep(group: number, { watermarkAt, spentAfter, mayRest }: Sweep): boolean {
    const before = this.countIn(group)
    if (before === 0) return false
    const resting = this.resting.get(group)
    if (resting !== undefined) this.addWeight(group, -resting.forgetSpent(watermarkAt))
    this.keepAwake(group, (entry) => {
      const after = spentAfter(entry.state)
      if (watermarkAt > after) this.addWeight(group, -entry.weight)
      else if (mayRest(entry))
        this.restingOf(group).put({ ...entry, state: this.options.packing.pack(entry.state) }, after)
      else return true
      return false
    })
    this.tidy(group)
    return this.countIn(group) < before
  }

  /** How often a key that is not held was put out, as far as that is remembered. */
  lossesOf(key: string): number {
    return this.ghosts.get(groupOf(this.hashOf(key)))?.get(key) ?? 0
  }

  awakeIn(group: number): readonly KeyState[] {
    return this.groups[group] ?? []
  }

  /** Awake and at rest: to be read, not changed. */
  allIn(group: number): readonly KeyState[] {
    const resting = Array.from(this.restingIn(group), (entry) => this.unpack(entry.woken()))
    return [...this.awakeIn(group), ...resting]
  }

  /** Their states as packed. Good until the group changes. */
  restingIn(group: number): Iterable<RestingEntry> {
    return this.resting.get(group)?.entries() ?? []
  }

  ghostsOf(group: number): ReadonlyMap<string, number> {
    return this.ghosts.get(group) ?? new Map()
  }

  /** Puts back what a snapshot held. */
  restore(entry: KeyState): void {
    this.addWeight(groupOf(entry.hash), entry.weight)
    this.hold(entry)
  }

  /** Puts it back at rest, its state as packed; `tidy` is to be called after the last one. */
  restoreAtRest(entry: KeyState, spentAfter: number): void {
    const group = groupOf(entry.hash)
    this.addWeight(group, entry.weight)
    this.restingOf(group).put(entry, spentAfter)
  }

  tidy(group: number): void {
    const resting = this.resting.get(group)
    if (resting?.size === 0) this.resting.delete(group)
    else resting?.tidy()
  }

  restoreGhost(group: number, key: string, evictions: number): void {
    const ghosts = this.ghosts.get(group) ?? new Map<string, number>()
    this.ghosts.set(group, ghosts.set(key, evictions))
  }

  clearGroup(group: number): void {
    this.keepAwake(group, () => false)
    this.resting.delete(group)
    this.weights[group] = 0
    this.ghosts.delete(group)
  }

  private unpack(woken: KeyState): KeyState {
    woken.state = this.options.packing.unpack(woken.state)
    return woken
  }

  private countIn(group: number): number {
    return this.awakeIn(group).length + (this.resting.get(group)?.size ?? 0)
  }

  private restingOf(group: number): RestingKeys {
    const resting = this.resting.get(group) ?? new RestingKeys()
    this.resting.set(group, resting)
    return resting
  }

  private addWeight(group: number, weight: number): void {
    this.weights[group] = (this.weights[group] as number) + weight // group < 256
  }

  private hold(entry: KeyState): void {
    const group = groupOf(entry.hash)
    const keys = this.groups[group] ?? []
    this.groups[group] = keys
    keys.push(entry)
    this.byKey.set(entry.key, entry)
  }

  private keepAwake(group: number, keeps: (entry: KeyState) => boolean): void {
    const kept: KeyState[] = []
    for (const entry of this.awakeIn(group)) {
      if (keeps(entry)) kept.push(entry)
      else this.byKey.delete(entry.key)
    }
    this.groups[group] = kept.length === 0 ? undefined : kept
  }

  /** Puts out the keys that were idle longest, but never the one just touched. */
  private bound(touched: KeyState): void {
    const group = groupOf(touched.hash)
    const { maxKeysPerGroup, maxWeightPerGroup } = this.options
    let count = this.countIn(group)
    let weight = this.weights[group] as number // group < 256
    if (count <= maxKeysPerGroup && weight <= maxWeightPerGroup) return
    const idle: Held[] = this.awakeIn(group).filter((entry) => entry !== touched)
    for (const entry of this.restingIn(group)) idle.push(entry)
    idle.sort(
      (a, b) => a.touchedOffset - b.touchedOffset || a.touchedIndex - b.touchedIndex || (a.key < b.key ? -1 : 1), // signals of one event may touch several
    )
    const out = new Set<Held>()
    for (const entry of idle) {
      if (count <= maxKeysPerGroup * keptShare && weight <= maxWeightPerGroup * keptShare) break
      out.add(entry)
      count -= 1
      weight -= entry.weight
      this.restoreGhost(group, entry.key, entry.evictions + 1)
      if (entry instanceof RestingEntry) this.resting.get(group)?.remove(entry)
    }
    this.evicted += out.size
    this.weights[group] = weight
    this.keepAwake(group, (entry) => !out.has(entry))
    this.tidy(group)
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
