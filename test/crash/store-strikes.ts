// Kills the store of a fleet: each life of the child at a step that is drawn for it, until it is left alone.

import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import type { Strikes } from './strikes.ts'

export interface StoreStrike {
  /** Under which it is counted. */
  readonly stage: string
  /** Of the child; empty: nothing strikes this life from within. */
  readonly environment: Readonly<Record<string, string>>
}

export interface StruckStore {
  readonly store: TestStore
  /** Kills it from outside. */
  kill(): void
  /** Resolves once it runs and nothing strikes it any more. */
  spare(): Promise<void>
}

const backMs = 60_000

/** @param plan is asked before each life, the first one too */
export async function openStruckStore(plan: () => StoreStrike, strikes: Strikes): Promise<StruckStore> {
  // The child is started with what is in it then.
  const environment: Record<string, string> = {}
  let stage = ''
  let isSpared = false
  const arm = (strike: StoreStrike): void => {
    for (const name of Object.keys(environment)) delete environment[name]
    Object.assign(environment, strike.environment)
    stage = strike.stage
  }
  arm(plan())
  const store = await openTestStore({
    environment,
    onExit: (detail) => {
      if (isSpared) return
      if (detail === 'signal SIGKILL') strikes.count(stage)
      else strikes.failures.push(`the store ended by itself: ${detail}`)
      arm(plan())
    },
  })
  const kill = (): void => {
    if (store.child.pid !== undefined) process.kill(store.child.pid, 'SIGKILL')
  }
  return {
    store,
    kill: () => {
      if (store.child.pid !== undefined) stage = 'store at any instant'
      kill()
    },
    spare: async () => {
      isSpared = true
      arm({ stage: '', environment: {} })
      const armed = store.child.pid
      kill()
      await until(() => store.child.pid !== undefined && store.child.pid !== armed, 'the store is back', backMs)
    },
  }
}
