// Deliveries in the log topic `deliveries`: kept, read back one by one, and looked through without reading each.

import { type Log, LogError, type LogRecord } from '../log/log.ts'
import type { Schedule } from './channels/channel.ts'
import { decodeDelivery, encodeDelivery, forgetDelivery, type SealedDelivery } from './delivery.ts'

const retryMs = 1_000

/** Where a delivery's newest record stands. */
export interface KeptDelivery {
  readonly webhookId: string
  readonly channel: string
  /** `state`, as its headers say. */
  readonly state: string
  readonly nextAttemptAt: number
  readonly updatedAt: number
  readonly offset: number
}

export class DeliveryLog {
  readonly #log: Log
  readonly #schedule: Schedule
  readonly #failed: (error: unknown) => void
  #isClosed = false

  constructor(log: Log, schedule: Schedule, failed: (error: unknown) => void) {
    this.#log = log
    this.#schedule = schedule
    this.#failed = failed
  }

  /**
   * Durable when it resolves, with the offset of each. An outage of the log is waited out; after `close`,
   * or when the log is closed, it resolves with `undefined`: the next start goes on from what was kept before.
   */
  async keep(deliveries: readonly SealedDelivery[]): Promise<readonly number[] | undefined> {
    const records = deliveries.map(encodeDelivery)
    while (!this.#isClosed) {
      try {
        const receipts = await this.#log.append('deliveries', records)
        return receipts.map(({ coordinate }) => coordinate.offset)
      } catch (error) {
        if (!(error instanceof LogError)) throw error
        this.#failed(error)
        if (!error.retryable) return undefined
      }
      await new Promise<void>((resolve) => this.#schedule(retryMs, resolve))
    }
    return undefined
  }

  async forget(webhookIds: readonly string[]): Promise<void> {
    if (webhookIds.length > 0) await this.#log.append('deliveries', webhookIds.map(forgetDelivery))
  }

  /** `undefined` when the record is damaged or was replaced. */
  read(webhookId: string, offset: number): SealedDelivery | undefined {
    const [record] = this.#log.read('deliveries', offset, { maxBytes: 1, maxRecords: 1 }).records
    if (record?.coordinate.offset !== offset || record.key !== webhookId || record.value === null) return undefined
    return decodeDelivery(record)
  }

  /** The newest record of each delivery. */
  *all(): Iterable<{ readonly kept: KeptDelivery; readonly decode: () => SealedDelivery }> {
    for (const record of this.#log.readCompacted('deliveries')) {
      const kept = keptOf(record)
      if (kept !== undefined) yield { kept, decode: () => decodeDelivery(record) }
    }
  }

  close(): void {
    this.#isClosed = true
  }
}

function keptOf({ key, value, headers, coordinate }: LogRecord): KeptDelivery | undefined {
  if (key === undefined || value === null) return undefined
  return {
    webhookId: key,
    channel: headers.channel ?? '',
    state: headers.state ?? '',
    nextAttemptAt: Number(headers.nextAttemptAt ?? 0),
    updatedAt: Number(headers.updatedAt ?? 0),
    offset: coordinate.offset,
  }
}
