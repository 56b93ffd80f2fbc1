// From events per second to a fleet: processes, partitions, brokers, shards, what it costs, and what breaks first.

import { type Capacity, capacitiesOf } from './capacities.ts'
import { type Ceiling, ceilingsOf } from './ceilings.ts'
import { type MonthlyCost, monthlyCost } from './cost.ts'
import type { Figures, Prices } from './figures.ts'
import { type LogCluster, planLog } from './log-cluster.ts'
import { planRoles, type RoleProcesses } from './processes.ts'
import { planStore, type StoreCluster } from './store-cluster.ts'
import type { Wish } from './wish.ts'

export interface FleetPlan {
  readonly wish: Wish
  readonly roles: readonly RoleProcesses[]
  readonly log: LogCluster
  readonly store: StoreCluster
  readonly cost: MonthlyCost
  /** The first to be full comes first. */
  readonly capacities: readonly Capacity[]
  /** The nearest first. */
  readonly ceilings: readonly Ceiling[]
  /** One process with every role and the embedded store would do, where one machine may fail. */
  readonly fitsOneMachine: boolean
}

export function planFleet(wish: Wish, figures: Figures, prices: Prices): FleetPlan {
  const roles = planRoles(wish, figures)
  const log = planLog(wish, figures, roles)
  const store = planStore(wish, figures)
  const parts = { roles, log, store }
  return {
    wish,
    ...parts,
    cost: monthlyCost(wish, figures, prices, parts),
    capacities: capacitiesOf(wish, figures, parts),
    ceilings: ceilingsOf(wish, figures, parts),
    fitsOneMachine: wish.eventsPerSecond <= figures.oneMachineEvents * wish.busyShare,
  }
}
