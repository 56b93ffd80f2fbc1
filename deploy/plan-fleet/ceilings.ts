// What no further process or machine mends: how near a fleet is to each such limit, and what to do then.

import type { Figures } from './figures.ts'
import { keyGroups, type LogCluster, logCopies } from './log-cluster.ts'
import { coreShare, liveTokens, type RoleProcesses } from './processes.ts'
import type { StoreCluster } from './store-cluster.ts'
import type { Wish } from './wish.ts'

export interface Ceiling {
  readonly name: string
  /** Used of it: 1 is where it breaks. */
  readonly used: number
  /** What is seen then, and what helps. */
  readonly says: string
}

/** Most that `detectors.maxKeys` takes. */
const mostKeys = 50_000_000
/** `store.batchMs` at its default: a batch of each partition. */
const insertsPerPartition = 1

interface Parts {
  readonly roles: readonly RoleProcesses[]
  readonly log: LogCluster
  readonly store: StoreCluster
}

/** The nearest first. */
export function ceilingsOf(wish: Wish, figures: Figures, { roles, log, store }: Parts): readonly Ceiling[] {
  const detecting = roles.find(({ role }) => role === 'detect')?.processes ?? 0
  const ofOneKey = wish.eventsPerSecond * wish.heaviestKeyShare
  const ceilings: readonly Ceiling[] = [
    {
      name: 'one heavy key',
      used: coreShare(ofOneKey, figures.detectMicroseconds + figures.frameDecodeMicroseconds),
      says:
        'all events of a key are judged by one process, one after the other; its alerts come later and later. ' +
        'Count events by caller, subject and client in ClickHouse to find it, and give what stands behind it names of its ' +
        'own, such as each gateway’s instead of one for all.',
    },
    {
      name: 'key groups',
      used: detecting / keyGroups,
      says: 'there are 256 of them and no more processes of `detect` find work. Give each process a faster core.',
    },
    {
      name: 'tokens held',
      used: liveTokens(wish) / mostKeys,
      says:
        'the longest idle tokens are forgotten, which alerts say (`evictions`), and a replay of one of those is missed. ' +
        'Let tokens live shorter, or split tenants over two deployments.',
    },
    {
      name: 'inserts of a shard',
      used: (log.ingestPartitions * insertsPerPartition) / store.shards / figures.shardInserts,
      says:
        'small parts pile up faster than they are merged, and ClickHouse refuses inserts ("too many parts"). ' +
        'Raise `store.batchMs` to 5000, or add shards.',
    },
    {
      name: 'partitions of a broker',
      used: ((log.ingestPartitions + log.keyedPartitions) * logCopies) / log.brokers / figures.brokerPartitions,
      says: 'electing leaders after a failure takes minutes. Add brokers.',
    },
  ]
  return [...ceilings].sort((one, other) => other.used - one.used)
}
