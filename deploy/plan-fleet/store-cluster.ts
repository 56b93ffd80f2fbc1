// ClickHouse: shards by what is inserted and by what is kept, each with a replica in another zone.

import type { Figures } from './figures.ts'
import { nodeDiskBytes } from './log-cluster.ts'
import { coreShare } from './processes.ts'
import type { Wish } from './wish.ts'

export interface StoreCluster {
  readonly shards: number
  readonly replicas: number
  readonly vcpus: number
  readonly gibibytes: number
  readonly diskBytes: number
}

export const replicas = 2
export const nodeVcpus = 16
const nodeGibibytes = 64
/** Of a node's CPU, inserts and merges; the rest answers people. */
const insertShare = 0.4
/** Of a disk: merges write beside what they merge. */
const fullShare = 0.8
/** Nodes that agree on what replicas hold, small ones. */
const keepers = { nodes: 3, vcpus: 2, gibibytes: 4 }

export function planStore({ eventsPerSecond, retentionDays }: Wish, figures: Figures): StoreCluster {
  const cores = coreShare(eventsPerSecond, figures.storeMicroseconds) / insertShare
  const replicaBytes = (eventsPerSecond * 86_400 * retentionDays * figures.storedBytes) / fullShare
  const shards = Math.max(1, Math.ceil(cores / nodeVcpus), Math.ceil(replicaBytes / nodeDiskBytes))
  const nodes = shards * replicas
  return {
    shards,
    replicas,
    vcpus: nodes * nodeVcpus + keepers.nodes * keepers.vcpus,
    gibibytes: nodes * nodeGibibytes + keepers.nodes * keepers.gibibytes,
    diskBytes: replicaBytes * replicas,
  }
}
