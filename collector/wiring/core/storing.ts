// Stores sealed batches, and moves the offset once the rows and all that their records caused are durable.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Log } from '../../log/log.ts'
import { EventWriter, type SealedBatch } from '../../store/event-writer.ts'
import { OutgoingGivenUp } from '../keyed/outgoing.ts'
import { VerdictsGivenUp } from '../pipeline/telling.ts'
import { unaccountedOffsets } from '../pipeline/unaccounted.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import type { TableStore } from '../run/table-writer.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { Failpoint } from './failpoint.ts'
import { storedCursor } from './stored-cursor.ts'

export interface StoringOptions {
  readonly settings: Settings['store']
  /** Where the name of the cursor is kept, of the partition that is stored. */
  readonly log: Pick<Log, 'bounds' | 'cursor' | 'setCursor'>
  readonly cursorOf?: (incarnation: string) => string
  readonly store: TableStore
  readonly meters: Pick<Meters, 'count' | 'time'>
  readonly outages: Pick<Outages, 'set'>
  /** Resolves once what the records so far have caused is durable. */
  readonly causedDurable: () => Promise<void>
  /** The batch is stored, and may be filled again. */
  readonly recycle: (batch: EventBatch) => void
  /** Offsets of the batch that are known to give no row. */
  readonly rowless?: (batch: SealedBatch) => number
  readonly onFailure: (error: unknown) => void
  readonly failpoint: Failpoint
  /** Monotonic milliseconds. */
  readonly clock: () => number
}

export interface Storing {
  /** Everything below is stored, and all that it caused is durable. */
  storedBelow(): number
  /** Offsets passed since the start without a row to show for them. */
  unaccounted(): number
  submit(batch: SealedBatch): Promise<void>
  /** Resolves once everything submitted is stored and the offset has moved. */
  drained(): Promise<void>
  /** Gives up what is not stored. */
  close(): Promise<void>
}

export function openStoring(options: StoringOptions): Storing {
  const { settings, log, store, meters, outages, failpoint } = options
  const { incarnation, firstOffset } = log.bounds('ingest')
  const cursor = (options.cursorOf ?? storedCursor)(incarnation)
  // Below the first offset: what lies between was dropped before it was stored.
  let stored = log.cursor(cursor) ?? firstOffset
  let unaccounted = 0
  let committing: Promise<void> = Promise.resolve()
  const commit = async (next: number): Promise<void> => {
    failpoint('commit:before')
    await log.setCursor(cursor, next)
    stored = next
    outages.set('log', undefined)
    failpoint('commit:after')
  }
  const writer = new EventWriter({
    shards: store.shards,
    ready: store.ready,
    maxBatches: settings.queueBatches,
    retryMs: { first: 100, longest: 5_000 },
    now: options.clock,
    wait: pause,
    onStored: (batch, tookMs) => {
      meters.time('stageSeconds', tookMs / 1000, { stage: 'store' })
      meters.count('storedRows', batch.events.length + batch.quarantine.length)
      unaccounted += unaccountedOffsets(batch) - (options.rowless?.(batch) ?? 0)
      options.recycle(batch.events)
      committing = committing
        .then(() => options.causedDurable())
        .then(() => commit(batch.range.toOffset + 1))
        .catch((cause: unknown) => {
          if (!(cause instanceof VerdictsGivenUp) && !(cause instanceof OutgoingGivenUp)) outages.set('log', cause)
        })
    },
    onOutage: (error) => {
      // Of who is not the owner any more nothing is out.
      if (error?.code !== 'ERR_STORE_STALE_OWNER') outages.set('store', error)
    },
    onFailure: options.onFailure,
    onStep: failpoint,
  })
  return {
    storedBelow: () => stored,
    unaccounted: () => unaccounted,
    submit: (batch) => writer.submit(batch),
    drained: () => writer.drained().then(() => committing),
    close: () => writer.close().then(() => committing),
  }
}
