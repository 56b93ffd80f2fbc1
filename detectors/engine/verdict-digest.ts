// A number that stands for what a verdict says, to tell whether it changed since it was last told.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { hash32 } from './stable-hash.ts'

/**
 * Entity key and slot aside, which name the alert. Of evidence its events, among which are calls that raised nothing
 * themselves; what it says of them and the remedies follow from the rest.
 */
export function verdictDigest(verdict: SlotVerdict): number {
  const { severity, confidence, title, firstSeenAt, lastSeenAt, count, continues, baseline, entity } = verdict
  let hash = hash32(severity)
  for (const text of [confidence, entity.from, title, continues, baseline]) hash = hash32(text, hash)
  for (const number of [firstSeenAt, lastSeenAt, count]) hash = hash32(`${number}`, hash)
  for (const finding of verdict.findings)
    hash = hash32(finding.severity, hash32(finding.rung, hash32(finding.eventId, hash)))
  for (const { eventId } of verdict.evidence) hash = hash32(eventId, hash)
  for (const line of verdict.explanation.why) hash = hash32(line, hash)
  for (const { value } of verdict.explanation.margins) hash = hash32(`${value}`, hash)
  for (const label of Object.values(verdict.labels)) hash = hash32(label, hash)
  return hash
}
