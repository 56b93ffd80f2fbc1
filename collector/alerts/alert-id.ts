// Names made of what they name: the id of an alert, and the id of one notification of it.

import { createHash } from 'node:crypto'
import type { Transition } from '../../schemas/alerts.ts'
import type { Keyspace } from '../../schemas/findings.ts'

/** 32 hex characters. Realm is no part of it: an exercise has the ids of reality. */
export function alertId(
  tenant: string,
  detector: string,
  rule: string,
  keyspace: Keyspace,
  entityKey: string,
  slot: string,
): string {
  return digest([tenant, detector, rule, keyspace, entityKey, slot])
}

/**
 * The `webhook-id` of one notification to one channel: stable over retries and restarts, so that receivers drop repeats
 * by it. `causedBy` is the id of the event or decision behind the transition.
 */
export function webhookId(
  realm: string,
  alert: string,
  channel: string,
  transition: Transition,
  causedBy: string,
): string {
  return digest(['webhook', realm, alert, channel, transition, causedBy])
}

// A JSON array keeps its parts apart whatever they hold, so that no two lists of parts give the same bytes.
function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
