// What was told while a story ran: all that a score is made of.

import type { Alert } from '../../schemas/alerts.ts'
import type { SeenAlert } from '../../schemas/exercises/score.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'

/** Which detector could not fire, or not wholly, on what a source sent; as the engine says it. */
export interface Readiness {
  readonly detector: string
  /** `''`: nothing that concerns the detector has arrived. */
  readonly source: string
  readonly seen: number
  readonly missing: readonly { readonly need: string; readonly hint: string; readonly essential: boolean }[]
}

/** A verdict as it was told, with the append time of what caused it. */
export type ToldVerdict = Pick<VerdictRecord, 'detector' | 'verdict' | 'appendedAt'>

export interface Observed {
  /** Every alert of the realm, as it is in the end. */
  readonly alerts: readonly Alert[]
  /** Every verdict on the realm in the order in which they were told, those that raised no alert too. */
  readonly verdicts: readonly ToldVerdict[]
  readonly readiness: readonly Readiness[]
  /** Ids of the events that a line became, by `source:line`. */
  readonly eventIds: ReadonlyMap<string, readonly string[]>
}

/** An alert that stands in the end, with the verdicts that made it. */
export interface StandingAlert {
  readonly alert: Alert
  readonly verdicts: readonly ToldVerdict[]
}

/** By when they first happened. */
export function standingAlerts({ alerts, verdicts }: Observed): readonly StandingAlert[] {
  const bySlot = new Map<string, ToldVerdict[]>()
  for (const told of verdicts) {
    const slot = slotOf(told.detector, told.verdict)
    const others = bySlot.get(slot) ?? []
    bySlot.set(slot, others)
    others.push(told)
  }
  return alerts
    .filter(({ status }) => status !== 'withdrawn')
    .map((alert) => ({ alert, verdicts: bySlot.get(slotOf(alert.detector, alert)) ?? [] }))
    .sort((a, b) => (orderOf(a.alert) < orderOf(b.alert) ? -1 : 1))
}

export function seenAlert(alert: Alert): SeenAlert {
  const { id, detector, rule, severity, labels, entity, title, firstSeenAt } = alert
  return { id, detector, rule, severity, class: labels.class ?? '', entity: entity.name, title, firstSeenAt }
}

function slotOf(
  detector: string,
  { rule, entity, slot }: Pick<Alert, 'rule' | 'slot'> & { readonly entity: Pick<Alert['entity'], 'keyspace' | 'key'> },
): string {
  return JSON.stringify([detector, rule, entity.keyspace, entity.key, slot])
}

function orderOf({ firstSeenAt, id }: Alert): string {
  return `${firstSeenAt} ${id}`
}
