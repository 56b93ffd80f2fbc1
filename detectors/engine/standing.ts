// What stands at the end of a run: the last verdict of each slot that still holds a finding above info.

import { stands, type VerdictRecord } from '../../schemas/findings.ts'
import { canonicalJson } from './canonical-json.ts'

/** Verdicts that stand, by what makes an alert's id; the realm apart, so that realms can be compared. */
export function standingVerdicts(records: readonly VerdictRecord[]): ReadonlyMap<string, VerdictRecord> {
  const bySlot = new Map<string, Map<string, VerdictRecord>>()
  for (const record of records) {
    const { rule, entity, slot } = record.verdict
    const id = JSON.stringify([record.tenant, record.realm, record.detector, rule, entity.keyspace, entity.key, slot])
    const told = bySlot.get(id) ?? new Map<string, VerdictRecord>()
    bySlot.set(id, told)
    // Each teller replaces its own word only; who spoke last stands last.
    told.delete(record.teller)
    if (stands(record.verdict)) told.set(record.teller, record)
  }
  return new Map(
    [...bySlot].flatMap(([id, told]) => [...told.values()].slice(-1).map((record) => [id, record] as const)),
  )
}

/** The same text for the same standing verdicts, without what arrival decides. */
export function canonicalStanding(records: readonly VerdictRecord[]): string {
  const standing = [...standingVerdicts(records)].sort(([a], [b]) => (a < b ? -1 : 1))
  return standing
    .map(([id, { version, settingsDigest, verdict }]) => `${id} ${canonicalJson({ version, settingsDigest, verdict })}`)
    .join('\n')
}

/** `refund-burst high subject USR-99`, each once, sorted: what recordings expect. */
export function standingSummary(records: readonly VerdictRecord[]): readonly string[] {
  const lines = [...standingVerdicts(records).values()].map(
    ({ verdict }) => `${verdict.rule} ${verdict.severity} ${verdict.entity.keyspace} ${verdict.entity.key}`,
  )
  return [...new Set(lines)].sort()
}
