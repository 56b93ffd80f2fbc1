// What a fleet costs a month: processors, memory, disks, and what crosses from zone to zone.

import type { Figures, Prices } from './figures.ts'
import { type LogCluster, logCopies } from './log-cluster.ts'
import type { RoleProcesses } from './processes.ts'
import { replicas, type StoreCluster } from './store-cluster.ts'
import type { Wish } from './wish.ts'

export interface MonthlyCost {
  readonly roles: number
  readonly log: number
  readonly store: number
  readonly traffic: number
  readonly total: number
}

export const hoursPerMonth = 730
/** With three zones, whoever is met stands in another one this often. */
const elsewhere = 2 / 3

interface Parts {
  readonly roles: readonly RoleProcesses[]
  readonly log: LogCluster
  readonly store: StoreCluster
}

export function monthlyCost(wish: Wish, figures: Figures, prices: Prices, parts: Parts): MonthlyCost {
  const machines = ({ vcpus, gibibytes }: { readonly vcpus: number; readonly gibibytes: number }): number =>
    (vcpus * prices.vcpuHour + gibibytes * prices.gibibyteHour) * hoursPerMonth
  const disk = (bytes: number): number => (bytes / 1e9) * prices.diskGigabyteMonth
  const roles = parts.roles.map(machines).reduce((sum, each) => sum + each, 0)
  const log = machines(parts.log) + disk(parts.log.diskBytes)
  const store = machines(parts.store) + disk(parts.store.diskBytes)
  const traffic = ((crossingBytes(wish, figures) * 3_600 * hoursPerMonth) / 1e9) * prices.zoneGigabyte
  return { roles, log, store, traffic, total: roles + log + store + traffic }
}

/** Bytes/s: to the log, to its copies and out of it again, records and frames; to the store and to its replica. */
function crossingBytes({ eventsPerSecond, bytesPerEvent }: Wish, { frameBytes, storedBytes }: Figures): number {
  const logged = (bytesPerEvent + frameBytes) * (elsewhere + (logCopies - 1) + elsewhere)
  // A block on its way is about twice what is kept of it.
  const stored = 2 * storedBytes * (elsewhere + (replicas - 1))
  return eventsPerSecond * (logged + stored)
}
