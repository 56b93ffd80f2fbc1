// Tells which shares an event has to come to: those that hold one of its keys.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor } from '../../schemas/events/event-cursor.ts'
import type { EngineOptions } from './engine-options.ts'
import { heldKey } from './folding.ts'
import { type RunningStage, runningStages } from './running-stage.ts'
import { shareOf } from './share.ts'
import { keyHasher } from './stable-hash.ts'

export class Routing {
  private readonly byKind = new Map<string, RunningStage[]>()
  private readonly hashers = new Map<string, (key: string) => number>()
  private readonly cursor = openEventCursor()
  private readonly shares: number

  constructor(options: Pick<EngineOptions, 'detectors' | 'digest'>, shares: number) {
    this.shares = shares
    for (const running of runningStages(options))
      for (const kind of running.stage.kinds) this.byKind.set(kind, [...(this.byKind.get(kind) ?? []), running])
  }

  /** Rows of `[from, to)` by share, in order, each once; shares that need none are left out. */
  route(batch: EventBatch, from: number, to: number): ReadonlyMap<number, readonly number[]> {
    const rows = new Map<number, number[]>()
    const { kind, tenant, skew } = batch.columns
    for (let row = from; row < to; row++) {
      const stages = this.byKind.get(kind.text(row))
      if (stages === undefined) continue
      this.cursor.at(batch, row)
      const isSkewed = skew.value(row) === 1
      for (const running of stages) {
        if (isSkewed && !running.stage.readsSkewed) continue
        const key = running.stage.keyOf(this.cursor)
        if (key === '') continue
        const share = this.shareOf(running, tenant.text(row), heldKey(key))
        const taken = rows.get(share)
        if (taken === undefined) rows.set(share, [row])
        else if (taken.at(-1) !== row) taken.push(row)
      }
    }
    return rows
  }

  private shareOf(running: RunningStage, tenant: string, key: string): number {
    const { keyspace } = running.stage
    const name = `${tenant}\u0000${keyspace}`
    let hasher = this.hashers.get(name)
    if (hasher === undefined) {
      hasher = keyHasher(tenant, keyspace)
      this.hashers.set(name, hasher)
    }
    return shareOf(running, tenant, hasher(key), this.shares)
  }
}
