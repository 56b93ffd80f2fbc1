// What a detector says of one slot of one entity, as the set of events now stands.

import type { ClosedAs } from './decision.ts'
import type { Provenance } from './events/event-kind.ts'

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

export const confidences = ['low', 'medium', 'high'] as const
export type Confidence = (typeof confidences)[number]

export const keyspaces = [
  'caller',
  'edge',
  'service',
  'subject',
  'actor',
  'instrument',
  'device',
  'client',
  'session',
  'family',
  'token',
  'resource',
  'source',
] as const
export type Keyspace = (typeof keyspaces)[number]

/** `info` < `low` < … : positive when `a` is the more severe. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b)
}

/** One event that an analyst should look at, with why in a few words. */
export interface Evidence {
  readonly eventId: string
  /** Epoch ms, event time. */
  readonly at: number
  /** Readable in one line: `refund of 89.99 for ORD-1201`. Holds attacker-written text: typed, capped at 300 characters. */
  readonly summary: string
}

/** An event at which a detector's condition holds. */
export interface Finding {
  readonly eventId: string
  /** Epoch ms, event time. */
  readonly at: number
  /** Which rung or condition held, `3-in-6s`. */
  readonly rung: string
  readonly severity: Severity
}

/** A fact an analyst can check, with its margin: `{ name: 'refunds in 6 s', value: 3, limit: 3 }`. */
export interface Margin {
  readonly name: string
  readonly value: number
  readonly limit: number
  readonly unit: string
}

export interface Explanation {
  /** Why it fired, in whole sentences. */
  readonly why: readonly string[]
  /** Event-time window judged, epoch ms. */
  readonly windowFrom: number
  readonly windowTo: number
  readonly margins: readonly Margin[]
  /** What would have to be different for it not to fire. */
  readonly wouldNotFireIf: readonly string[]
}

export interface Entity {
  readonly keyspace: Keyspace
  /** Machine-readable key, unique within tenant and keyspace. */
  readonly key: string
  /** As a person would name it. */
  readonly name: string
  readonly from: Provenance
}

/**
 * The whole verdict on one slot as the set of events now stands; it replaces the slot's earlier verdict.
 * Canonical: the same set of events and settings gives the same value, whatever the order of arrival.
 */
export interface SlotVerdict {
  readonly rule: string
  readonly entity: Entity
  /** Start of the event-time period as RFC 3339, or a natural name. */
  readonly slot: string
  /** Events at which the condition holds, ordered by (event time, event id), bounded. None: the alert is withdrawn. */
  readonly findings: readonly Finding[]
  readonly severity: Severity
  readonly confidence: Confidence
  /** Names who and what, at most 200 characters. */
  readonly title: string
  /** Epoch ms, event time, of the first and last event counted. */
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** Distinct operations, calls or tokens counted: what the title says. */
  readonly count: number
  /** The first and last events counted, ordered, at most ten. */
  readonly evidence: readonly Evidence[]
  readonly explanation: Explanation
  /** Facts by name for routing and people: method, route, currency …; values at most 200 characters. */
  readonly labels: Readonly<Record<string, string>>
  /** Slot of the alert that this one continues, or `''`. */
  readonly continues: string
  /** Version of what was learned, where the verdict leaned on it. */
  readonly baseline: string
  /** Suppressed findings counted, not shown. */
  readonly suppressed: number
}

/** A verdict on its way from the engine to the alerts room, with what the fold adds. */
export interface VerdictRecord {
  readonly tenant: string
  readonly realm: string
  readonly detector: string
  readonly version: number
  /** SHA-256 prefix over the detector's settings in canonical JSON. */
  readonly settingsDigest: string
  /** Stage and key that judged. A slot that moves from one key to another is told by both; each speaks for itself only. */
  readonly teller: string
  readonly verdict: SlotVerdict
  /** Event that caused this revision. */
  readonly causedBy: string
  /** Where in the log that event stood: revisions at or below the alert's own position are repeats. */
  readonly position: FoldPosition
  /** Epoch ms: append time of the causing event. */
  readonly appendedAt: number
  /** An event arrived when its key no longer held what it should have been judged with. */
  readonly late: boolean
  /** Entries this key lost to its bounds. */
  readonly evictions: number
}

/** A person's decision to close an alert, on the same way and in the same order as verdicts. */
export interface ClosingRecord {
  readonly tenant: string
  readonly realm: string
  readonly alertId: string
  readonly as: ClosedAs
  readonly by: string
  readonly note: string
  /** Epoch ms. */
  readonly decidedAt: number
  /** Event of the decision. */
  readonly causedBy: string
  readonly position: FoldPosition
  /** Epoch ms. */
  readonly appendedAt: number
}

/** What the alerts room folds, in order of position. */
export type JudgedRecord = VerdictRecord | ClosingRecord

/** It raises an alert, or keeps it: what is no more than information does not. */
export function stands({ findings, severity }: SlotVerdict): boolean {
  return findings.length > 0 && severity !== 'info'
}

export function isClosing(record: JudgedRecord): record is ClosingRecord {
  return 'alertId' in record
}

/** Position in the detectors' input: log offset, then index within the record. It counts in one life of the ingest topic. */
export interface FoldPosition {
  readonly offset: number
  readonly index: number
}
