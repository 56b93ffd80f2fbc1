// Verdicts for tests of what comes after the detectors: a burst of refunds, changed where a test says so.

import type { ClosingRecord, Finding, SlotVerdict, VerdictRecord } from '../../schemas/findings.ts'

export const noon = Date.parse('2026-03-14T12:00:00.000Z')

export function finding(eventId: string, at: number, change: Partial<Finding> = {}): Finding {
  return { eventId, at, rung: '3-in-6s', severity: 'high', ...change }
}

export interface VerdictChange extends Partial<Omit<VerdictRecord, 'verdict' | 'position'>> {
  readonly verdict?: Partial<SlotVerdict>
  /** Log offset of the causing event. */
  readonly at?: number
}

export function verdictRecord({ verdict, at = 1, ...record }: VerdictChange = {}): VerdictRecord {
  return {
    tenant: 'default',
    realm: 'live',
    detector: 'refund-burst',
    version: 1,
    settingsDigest: 'd1',
    teller: 'by-beneficiary 1',
    causedBy: `event-${at}`,
    position: { offset: at, index: 0 },
    appendedAt: noon + 60_000 + at * 1000,
    late: false,
    evictions: 0,
    ...record,
    verdict: {
      rule: 'burst',
      entity: { keyspace: 'subject', key: 'USR-99', name: 'USR-99', from: 'field' },
      slot: '2026-03-14T12:00:00.000Z',
      findings: [finding('e3', noon + 6000)],
      severity: 'high',
      confidence: 'high',
      title: 'USR-99: 3 refunds in 6 seconds by the same user, 414.49 in total',
      firstSeenAt: noon,
      lastSeenAt: noon + 6000,
      count: 3,
      evidence: [{ eventId: 'e1', at: noon, summary: 'refund of 89.99 for ORD-1201' }],
      explanation: {
        why: ['Three refunds of three payments within six seconds.'],
        windowFrom: noon,
        windowTo: noon + 6000,
        margins: [{ name: 'refunds in 6 s', value: 3, limit: 3, unit: 'refunds' }],
        wouldNotFireIf: ['One of them had come a second later.'],
      },
      labels: { currency: 'EUR' },
      continues: '',
      baseline: '',
      suppressed: 0,
      ...verdict,
    },
  }
}

/** Closes an alert as benign, a second for each offset after the verdicts begin. */
export function closingRecord({
  at = 1,
  ...change
}: Partial<ClosingRecord> & { readonly at?: number } = {}): ClosingRecord {
  return {
    tenant: 'default',
    realm: 'live',
    alertId: '',
    as: 'benign',
    by: 'anna',
    note: 'a test of ours',
    decidedAt: noon + 60_000 + at * 1000,
    causedBy: `decision-${at}`,
    position: { offset: at, index: 0 },
    appendedAt: noon + 60_000 + at * 1000,
    ...change,
  }
}

export const card = {
  attack: [{ technique: 'T1657', name: 'Financial Theft', tactic: 'Impact' }],
  runbook: ['Ask who approved the refunds.'],
}
