// The state of a delivery as its ClickHouse table wants it.

import type { Row } from './insert-rows.ts'

export interface DeliveryFacts {
  readonly tenant: string
  readonly realm: string
  readonly webhookId: string
  readonly alertId: string
  readonly channel: string
  readonly transition: string
  readonly state: string
  readonly attempts: number
  readonly lastError: string
  readonly nextAttemptAt: number
  readonly updatedAt: number
  readonly version: number
}

export function deliveryRow(delivery: DeliveryFacts): Row {
  return {
    tenant: delivery.tenant,
    realm: delivery.realm,
    webhook_id: delivery.webhookId,
    alert_id: delivery.alertId,
    channel: delivery.channel,
    transition: delivery.transition,
    state: delivery.state,
    attempts: delivery.attempts,
    last_error: delivery.lastError,
    next_attempt_at: delivery.nextAttemptAt,
    updated_at: delivery.updatedAt,
    version: delivery.version,
  }
}
