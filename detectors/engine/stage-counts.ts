// What each stage holds and has lost, for metrics and readiness.

import type { Folding } from './folding.ts'
import type { Realms } from './realms.ts'
import type { RunningStage } from './running-stage.ts'

export interface StageCounts {
  readonly stage: string
  readonly keys: number
  readonly evictedKeys: number
  readonly evictedEntries: number
  readonly lateEvents: number
}

export function countStages(
  stages: readonly RunningStage[],
  realms: Realms,
  { evictedEntries, lateEvents }: Pick<Folding, 'evictedEntries' | 'lateEvents'>,
): readonly StageCounts[] {
  return stages.map(({ name }, stage) => {
    const held = [...realms.all()].map(({ stages: keyStates }) => keyStates[stage])
    return {
      stage: name,
      keys: held.reduce((sum, keys) => sum + (keys?.size ?? 0), 0),
      evictedKeys: held.reduce((sum, keys) => sum + (keys?.evicted ?? 0), realms.evictedWith(stage)),
      evictedEntries: evictedEntries[stage] ?? 0,
      lateEvents: lateEvents[stage] ?? 0,
    }
  })
}
