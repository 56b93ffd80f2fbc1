// One notification to one channel: its states, and its record in the log topic `deliveries`.

import { z } from 'zod'
import type { LogRecord, NewRecord } from '../log/log.ts'

export const deliveryStates = ['pending', 'attempting', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

const recordVersion = 1

const deliverySchema = z.strictObject({
  webhookId: z.string(),
  tenant: z.string(),
  realm: z.string(),
  alertId: z.string(),
  channel: z.string(),
  transition: z.string(),
  state: z.enum(deliveryStates),
  /** Attempts begun, over all replays. */
  attempts: z.int(),
  /** Attempts begun before the last replay: the retry schedule counts from here. */
  replayedAfter: z.int(),
  /** Epoch ms: when it was first to be sent, or replayed. Retries end `retryForMs` later. */
  createdAt: z.number(),
  /** Epoch ms. */
  nextAttemptAt: z.number(),
  updatedAt: z.number(),
  /** Why the last attempt failed, or empty. */
  lastError: z.string(),
  /** Counts the states of this delivery. */
  version: z.int(),
})

export type Delivery = Readonly<z.infer<typeof deliverySchema>>

/** What is sent, made once, so that every attempt carries the same bytes. Empty once delivered. */
export interface SealedDelivery {
  readonly delivery: Delivery
  readonly body: string
}

const storedSchema = z.strictObject({ v: z.literal(recordVersion), delivery: deliverySchema, body: z.string() })

export function encodeDelivery({ delivery, body }: SealedDelivery): NewRecord {
  const stored = { v: recordVersion, delivery, body: delivery.state === 'delivered' ? '' : body }
  return {
    key: delivery.webhookId,
    value: Buffer.from(JSON.stringify(stored)),
    // Repeated beside the bytes so that looking through the topic need not parse every body.
    headers: {
      channel: delivery.channel,
      state: delivery.state,
      nextAttemptAt: String(delivery.nextAttemptAt),
      updatedAt: String(delivery.updatedAt),
    },
  }
}

/** Throws on bytes that this version did not write: a newer collector's, or a bug. */
export function decodeDelivery(record: LogRecord): SealedDelivery {
  const { delivery, body } = storedSchema.parse(JSON.parse(Buffer.from(record.value ?? []).toString()))
  return { delivery, body }
}

export function forgetDelivery(webhookId: string): NewRecord {
  return { key: webhookId, value: null }
}
