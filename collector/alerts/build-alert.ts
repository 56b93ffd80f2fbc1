// What a verdict looks like as an alert: bounded, well-formed, and a pure function of the verdict and the card.

import type { Alert } from '../../schemas/alerts.ts'
import type { Explanation, SlotVerdict, VerdictRecord } from '../../schemas/findings.ts'
import { alertId } from './alert-id.ts'
import { boundedRecord, boundedText } from './text-bounds.ts'

/** What an alert takes from its detector's card. */
export interface CardFacts {
  readonly attack: readonly { readonly technique: string; readonly name: string; readonly tactic: string }[]
  readonly runbook: readonly string[]
}

/** Fields of an alert that do not depend on what became of it before. */
export type AlertContent = Omit<
  Alert,
  'revision' | 'status' | 'raisedAt' | 'updatedAt' | 'lagMs' | 'late' | 'evictions' | 'feedback'
>

const maxKeyChars = 4_096
const maxTextChars = 1_000
const maxItems = 64

export function alertContent(record: VerdictRecord, card: CardFacts): AlertContent {
  const { verdict } = record
  const { entity } = verdict
  return {
    id: verdictAlertId(record, verdict.slot),
    tenant: boundedText(record.tenant, maxKeyChars),
    realm: boundedText(record.realm, maxKeyChars),
    detector: record.detector,
    version: record.version,
    settingsDigest: record.settingsDigest,
    rule: verdict.rule,
    severity: verdict.severity,
    confidence: verdict.confidence,
    title: boundedText(verdict.title, 200),
    entity: {
      keyspace: entity.keyspace,
      key: boundedText(entity.key, maxKeyChars),
      name: boundedText(entity.name, maxTextChars),
      from: entity.from,
    },
    slot: boundedText(verdict.slot, maxKeyChars),
    continues: verdict.continues === '' ? '' : verdictAlertId(record, verdict.continues),
    firstSeenAt: instantText(verdict.firstSeenAt),
    lastSeenAt: instantText(verdict.lastSeenAt),
    count: whole(verdict.count),
    findings: verdict.findings.length,
    rungs: rungsOf(verdict),
    evidence: verdict.evidence.slice(0, 10).map(({ eventId, at, summary }) => ({
      eventId: boundedText(eventId, maxKeyChars),
      at: instantText(at),
      summary: boundedText(summary, 300),
    })),
    explanation: explanationContent(verdict.explanation),
    labels: boundedRecord(verdict.labels, maxItems, 200),
    baseline: boundedText(verdict.baseline, maxTextChars),
    suppressed: whole(verdict.suppressed),
    attack: card.attack.slice(0, maxItems).map(({ technique, name, tactic }) => {
      return { technique: bounded(technique), name: bounded(name), tactic: bounded(tactic) }
    }),
    runbook: card.runbook.slice(0, maxItems).map(bounded),
  }
}

/** The id of the alert that a record's verdict speaks of, or of a neighbouring slot of the same entity and rule. */
export function verdictAlertId(record: VerdictRecord, slot: string): string {
  const { rule, entity } = record.verdict
  return alertId(record.tenant, record.detector, rule, entity.keyspace, entity.key, slot)
}

/** Rungs that hold, each once, sorted by code unit so that arrival cannot show. */
export function rungsOf(verdict: Pick<SlotVerdict, 'findings'>): string[] {
  return [...new Set(verdict.findings.map(({ rung }) => boundedText(rung, 200)))].sort().slice(0, maxItems)
}

function bounded(text: string): string {
  return boundedText(text, maxTextChars)
}

const firstInstantMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z')

/** RFC 3339 with milliseconds; instants that its four-digit years cannot say are moved to the nearest one they can. */
export function instantText(atMs: number): string {
  const clamped = Math.min(lastInstantMs, Math.max(firstInstantMs, Math.trunc(finite(atMs))))
  return new Date(clamped).toISOString()
}

function explanationContent(explanation: Explanation): Alert['explanation'] {
  return {
    why: explanation.why.slice(0, maxItems).map(bounded),
    windowFrom: instantText(explanation.windowFrom),
    windowTo: instantText(explanation.windowTo),
    margins: explanation.margins.slice(0, maxItems).map(({ name, value, limit, unit }) => ({
      name: boundedText(name, 200),
      value: finite(value),
      limit: finite(limit),
      unit: boundedText(unit, 40),
    })),
    wouldNotFireIf: explanation.wouldNotFireIf.slice(0, maxItems).map(bounded),
  }
}

// JSON knows no NaN and no infinity; -0 and 0 would be two values with one spelling.
function finite(value: number): number {
  if (Number.isNaN(value)) return 0
  const clamped = Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, value))
  return clamped === 0 ? 0 : clamped
}

function whole(value: number): number {
  return finite(Math.trunc(finite(value)))
}
