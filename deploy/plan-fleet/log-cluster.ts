// Kafka: partitions by who reads them, brokers by what they write and keep.

import type { Figures } from './figures.ts'
import type { RoleProcesses } from './processes.ts'
import type { Wish } from './wish.ts'

export interface LogCluster {
  readonly ingestPartitions: number
  readonly keyedPartitions: number
  readonly brokers: number
  readonly vcpus: number
  readonly gibibytes: number
  readonly diskBytes: number
}

/** Copies of each partition, as `log.kafka.replicationFactor` has it by default. */
export const logCopies = 3
/** Fixed: keys of every detector fall into these, in every deployment. */
export const keyGroups = 256
const fewestPartitions = 8
const brokerVcpus = 4
const brokerGibibytes = 16
/** Of a disk, so that brokers take over from one that failed. */
const fullShare = 0.7
/** A node with more takes too long to be made anew. */
export const nodeDiskBytes = 16e12

export function planLog(wish: Wish, figures: Figures, roles: readonly RoleProcesses[]): LogCluster {
  const { eventsPerSecond, bytesPerEvent, logHours, busyShare } = wish
  const readers = (role: string): number => roles.find((each) => each.role === role)?.processes ?? 0
  const ingested = eventsPerSecond * bytesPerEvent
  // Two for each reader, so that what a failed one leaves is shared by several.
  const ingestPartitions = powerOfTwo(
    Math.max(fewestPartitions, 2 * readers('normalize'), ingested / figures.partitionBytes),
  )
  const keyedPartitions = Math.min(keyGroups, powerOfTwo(Math.max(fewestPartitions, 2 * readers('detect'))))
  const written = (ingested + eventsPerSecond * figures.frameBytes) * logCopies
  const diskBytes = (written * logHours * 3_600) / fullShare
  const brokers = Math.max(
    logCopies,
    Math.ceil(written / figures.brokerBytes / busyShare),
    Math.ceil(diskBytes / nodeDiskBytes),
  )
  return {
    ingestPartitions,
    keyedPartitions,
    brokers,
    vcpus: brokers * brokerVcpus,
    gibibytes: brokers * brokerGibibytes,
    diskBytes,
  }
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least))
}
