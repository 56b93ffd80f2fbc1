// Keeps the states of every tenant and realm apart: nothing of one is ever looked up, put out or judged with another's.

import type { FoldPosition } from '../../schemas/findings.ts'
import { KeyStates, type KeyStatesOptions } from './key-states.ts'

export interface RealmStates {
  readonly tenant: string
  readonly realm: string
  /** By stage. */
  readonly stages: readonly KeyStates[]
  touchedOffset: number
  touchedIndex: number
}

export interface RealmsOptions {
  /** By stage. */
  readonly stages: readonly Pick<KeyStatesOptions, 'keyspace' | 'packing'>[]
  readonly maxKeysPerGroup: number
  readonly maxWeightPerGroup: number
  /** Of all tenants together; past it, the realm that was idle longest is forgotten, exercises before live ones. */
  readonly maxRealms: number
}

export class Realms {
  /** By stage: keys that were lost with realms put out. */
  private readonly evicted: number[]
  private readonly byTenant = new Map<string, Map<string, RealmStates>>()
  private count = 0
  private readonly options: RealmsOptions

  constructor(options: RealmsOptions) {
    this.options = options
    this.evicted = options.stages.map(() => 0)
  }

  /** Keys of a stage that were lost with realms put out, those they had put out themselves included. */
  evictedWith(stage: number): number {
    return this.evicted[stage] ?? 0
  }

  of(tenant: string, realm: string, position: FoldPosition): RealmStates {
    const found = this.byTenant.get(tenant)?.get(realm) ?? this.open(tenant, realm)
    if (position.offset >= found.touchedOffset) {
      found.touchedOffset = position.offset
      found.touchedIndex = position.index
    }
    return found
  }

  /** Without opening or touching it. */
  held(tenant: string, realm: string): RealmStates | undefined {
    return this.byTenant.get(tenant)?.get(realm)
  }

  /** False once the realm was forgotten. */
  holds(states: RealmStates): boolean {
    return this.held(states.tenant, states.realm) === states
  }

  *all(): Iterable<RealmStates> {
    for (const realms of this.byTenant.values()) yield* realms.values()
  }

  private open(tenant: string, realm: string): RealmStates {
    if (this.count >= this.options.maxRealms) this.forgetIdlest()
    const { stages, maxKeysPerGroup, maxWeightPerGroup } = this.options
    const opened = {
      tenant,
      realm,
      stages: stages.map(
        ({ keyspace, packing }) => new KeyStates({ tenant, keyspace, packing, maxKeysPerGroup, maxWeightPerGroup }),
      ),
      touchedOffset: -1,
      touchedIndex: -1,
    }
    const realms = this.byTenant.get(tenant) ?? new Map<string, RealmStates>()
    this.byTenant.set(tenant, realms.set(realm, opened))
    this.count += 1
    return opened
  }

  private forgetIdlest(): void {
    const [idlest] = [...this.all()].sort(
      (a, b) =>
        Number(a.realm === 'live') - Number(b.realm === 'live') ||
        a.touchedOffset - b.touchedOffset ||
        a.touchedIndex - b.touchedIndex,
    )
    if (idlest === undefined) return
    this.byTenant.get(idlest.tenant)?.delete(idlest.realm)
    if (this.byTenant.get(idlest.tenant)?.size === 0) this.byTenant.delete(idlest.tenant)
    this.count -= 1
    for (const [stage, keys] of idlest.stages.entries())
      this.evicted[stage] = (this.evicted[stage] ?? 0) + keys.evicted + keys.size
  }
}
