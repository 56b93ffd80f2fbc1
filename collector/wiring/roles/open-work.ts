// Opens the work for a partition under its claim, with a log of its own that shows what the work needs.

import type { Logger } from 'pino'
import { forwarded } from '../../log/forwarded.ts'
import type { KafkaSettings } from '../../log/kafka/settings.ts'
import { type Log, LogError } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { StoreError } from '../../store/store-error.ts'
import type { Failpoint } from '../core/failpoint.ts'
import type { NeedsTally } from '../keyed/needs-tally.ts'
import type { openOnKafka } from '../run/open-log.ts'
import type { Outages } from '../run/outages.ts'
import type { Status } from '../run/status.ts'
import type { TableStore } from '../run/table-writer.ts'
import type { Turns } from '../run/turns.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import { openDelivering } from './delivering.ts'
import { openDetecting } from './detecting.ts'
import type { PartitionClaim } from './membership.ts'
import { openNormalizing } from './normalizing.ts'
import type { OwnedWork, PartitionWork } from './partition-work.ts'
import { claimedTopics } from './role.ts'
import { partitionView } from './views.ts'
import { WorkOutages } from './work-outages.ts'

export interface OpenWorkOptions {
  readonly settings: Settings
  readonly kafka: KafkaSettings & { readonly partitions: NonNullable<KafkaSettings['partitions']> }
  readonly store: TableStore
  readonly meters: Meters
  readonly logger: Logger
  readonly outages: Pick<Outages, 'set'>
  readonly scrubber: Scrubber
  readonly status: Pick<Status, 'setNote'>
  readonly turns: Turns
  readonly needs: NeedsTally
  /** Resolves once it is sure that the partition is not another's; rejects where it is. */
  readonly sure: () => Promise<void>
  readonly openLog: typeof openOnKafka
  /** See `detecting.ts`. */
  readonly onForgot: (heldFrom: number) => Promise<void>
  readonly onFailure: (cause: unknown) => void
  readonly failpoint: Failpoint
}

export async function openWork(claim: PartitionClaim, options: OpenWorkOptions): Promise<OwnedWork> {
  const { kafka, logger, onFailure, openLog, failpoint: onStep } = options
  let isOut = false
  const onOutage = (cause: unknown): void => {
    isOut = cause !== undefined
  }
  const view = partitionView(claim.role, claim.partition)
  const log = await openLog(kafka, { logger, onFailure, onStep, onOutage }, view)
  const outages = new WorkOutages(options.outages)
  try {
    const work = await openOf(claim, { ...options, outages, log: fencedLog(log, claim, options) })
    const release = (): Promise<void> => {
      outages.end()
      return log.close()
    }
    return {
      progress: work.progress,
      holdings: work.holdings,
      close: () => work.close().finally(release),
      abandon: () => {
        outages.end()
        return work.abandon().finally(release)
      },
      isOut: () => isOut,
    }
  } catch (cause) {
    outages.end()
    await log.close()
    throw cause
  }
}

async function openOf(
  { role, partition, epoch }: PartitionClaim,
  options: OpenWorkOptions & { readonly log: Log },
): Promise<PartitionWork> {
  const { kafka, logger } = options
  const { partitions } = kafka
  const store = fenced(options)
  switch (role) {
    case 'normalize':
      return openNormalizing({
        ...options,
        store,
        partition,
        of: partitions.ingest,
        shares: partitions.keyed,
        alertShares: partitions.findings,
      })
    case 'detect':
      return openDetecting({
        ...options,
        store,
        partition,
        partitions,
        epoch,
        onRebuilt: (stage) => logger.warn({ stage, partition }, 'detector state is rebuilt from the log'),
      })
    case 'deliver':
      return openDelivering({ ...options, partition, epoch })
  }
  return role satisfies never
}

/** State and notifications of a process that slept would count for nothing, and be sent for nothing: it hears first. */
function fencedLog(log: Log, { role }: PartitionClaim, { sure }: OpenWorkOptions): Log {
  return {
    ...forwarded(log),
    append: async (topic, records, partition) => {
      if (claimedTopics[role].includes(topic)) await sure().catch(refuseStale)
      return log.append(topic, records, partition)
    },
  }
}

/** It is abandoned already; nothing more becomes of it. */
function refuseStale(cause: unknown): never {
  throw new LogError('ERR_LOG_CLOSED', String(cause), true, { cause })
}

/** An insert of a process that slept would double rows that its successor has stored. */
function fenced({ store, sure }: OpenWorkOptions): TableStore {
  return {
    shards: store.shards,
    ready: async () => {
      await store.ready()
      await sure().catch((cause: unknown) => {
        throw new StoreError('ERR_STORE_STALE_OWNER', String(cause), { retryable: true, ambiguous: false })
      })
    },
  }
}
