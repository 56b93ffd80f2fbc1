// Up to which rate the machines of a plan do, each part on its own, and what is seen when one of them is full.

import type { Figures } from './figures.ts'
import { type LogCluster, logCopies } from './log-cluster.ts'
import type { Role, RoleProcesses } from './processes.ts'
import { nodeVcpus, type StoreCluster } from './store-cluster.ts'
import type { Wish } from './wish.ts'

export interface Capacity {
  readonly name: string
  /** Where it is busy all the time. Unit: 1/s. */
  readonly eventsPerSecond: number
  readonly says: string
}

interface Parts {
  readonly roles: readonly RoleProcesses[]
  readonly log: LogCluster
  readonly store: StoreCluster
}

const seen: Readonly<Record<Role, string>> = {
  receive: 'senders wait longer for their 200 and then get 429',
  normalize: 'rows and alerts come later and later, until senders get 429',
  detect: 'alerts come later and later, while rows stay in time',
  deliver: 'webhooks come later and later, while alerts are stored in time',
}

/** Disks are not here: they are planned to be full to a share, and grow with the rate. The first to be full comes first. */
export function capacitiesOf(
  { bytesPerEvent }: Wish,
  figures: Figures,
  { roles, log, store }: Parts,
): readonly Capacity[] {
  const loggedBytes = (bytesPerEvent + figures.frameBytes) * logCopies
  const capacities: readonly Capacity[] = [
    ...roles.map(({ role, processes, microseconds }) => ({
      name: `\`${role}\``,
      eventsPerSecond: (processes * 1e6) / microseconds,
      says: seen[role],
    })),
    {
      name: 'Kafka’s brokers',
      eventsPerSecond: (log.brokers * figures.brokerBytes) / loggedBytes,
      says: 'appends take longer, and senders get 503 once they take longer than `log.kafka.giveUpMs`',
    },
    {
      name: 'ClickHouse',
      eventsPerSecond: (store.shards * nodeVcpus * 1e6) / figures.storeMicroseconds,
      says: 'queries are slow long before, then rows come late',
    },
  ]
  return [...capacities].sort((one, other) => one.eventsPerSecond - other.eventsPerSecond)
}
