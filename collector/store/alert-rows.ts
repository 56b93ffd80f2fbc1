// Alerts, their findings and deliveries as rows of their ClickHouse tables.

import type { Alert } from '../../schemas/alerts.ts'
import { type Finding, severities } from '../../schemas/findings.ts'
import type { Row } from './insert-rows.ts'

export function alertRow(alert: Alert): Row {
  return {
    tenant: alert.tenant,
    realm: alert.realm,
    id: alert.id,
    revision: alert.revision,
    detector: alert.detector,
    rule: alert.rule,
    severity: alert.severity,
    severity_id: severities.indexOf(alert.severity) + 1,
    confidence: alert.confidence,
    status: alert.status,
    title: alert.title,
    keyspace: alert.entity.keyspace,
    entity: alert.entity.key,
    slot: alert.slot,
    count: alert.count,
    first_seen_at: Date.parse(alert.firstSeenAt),
    last_seen_at: Date.parse(alert.lastSeenAt),
    raised_at: Date.parse(alert.raisedAt),
    updated_at: Date.parse(alert.updatedAt),
    body: JSON.stringify(alert),
    version: changeVersion(alert),
  }
}

/** A finding under its alert; `standing` is false when a later event took it away. */
export function findingRow(alert: Alert, finding: Finding, standing: boolean): Row {
  return {
    tenant: alert.tenant,
    realm: alert.realm,
    alert_id: alert.id,
    event_id: finding.eventId,
    detector: alert.detector,
    rung: finding.rung,
    severity: finding.severity,
    event_at: finding.at,
    standing: standing ? 1 : 0,
    revision: alert.revision,
    appended_at: Date.parse(alert.updatedAt),
    version: changeVersion(alert),
  }
}

const revisionBits = 20n
const mostRevision = 2 ** Number(revisionBits) - 1

/** Grows with every change, also over lives whose revisions each begin with 1: an alert never changes before it last did. */
function changeVersion({ updatedAt, revision }: Alert): string {
  const version = (BigInt(Date.parse(updatedAt)) << revisionBits) + BigInt(Math.min(revision, mostRevision))
  return version.toString()
}
