// How every verdict of token-replay is put together, whoever tells it.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import type {
  Confidence,
  Evidence,
  Explanation,
  Finding,
  Keyspace,
  Severity,
  SlotVerdict,
} from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'

export type Rule =
  /** One access token used from several places. */
  | 'shared-token'
  /** A bound token without its key. */
  | 'token-without-key'
  /** Used after it, or its session, was ended. */
  | 'used-after-end'
  /** Used out of its time. */
  | 'token-out-of-time'
  /** A one-time artefact in a second request. */
  | 'replayed-artefact'
  /** Presented inside the mesh by somebody whom no request from outside reaches. */
  | 'in-mesh-theft'

export interface Told {
  readonly rule: Rule
  readonly keyspace: Keyspace
  readonly key: string
  readonly name: string
  readonly from?: Provenance
  readonly slot: string
  readonly findings: readonly Finding[]
  readonly severity: Severity
  readonly confidence: Confidence
  readonly title: string
  readonly count: number
  readonly evidence: readonly Evidence[]
  readonly explanation: Explanation
  readonly labels: Readonly<Record<string, string>>
  readonly lastSeenAt?: number
  readonly baseline?: string
}

const maxEvidence = 10

export function verdictOf(told: Told): SlotVerdict {
  const { evidence, findings } = told
  const first = evidence[0]?.at ?? findings[0]?.at ?? 0
  const shown = evidence.length <= maxEvidence ? evidence : [...evidence.slice(0, 8), ...evidence.slice(-2)]
  return {
    rule: told.rule,
    entity: { keyspace: told.keyspace, key: told.key, name: shownText(told.name, 120), from: told.from ?? '' },
    slot: told.slot,
    findings,
    severity: told.severity,
    confidence: told.confidence,
    title: shownText(told.title, 200),
    firstSeenAt: first,
    lastSeenAt: told.lastSeenAt ?? evidence.at(-1)?.at ?? first,
    count: told.count,
    evidence: shown.map(({ eventId, at, summary }) => ({ eventId, at, summary: shownText(summary, 300) })),
    explanation: told.explanation,
    labels: Object.fromEntries(Object.entries(told.labels).map(([name, text]) => [name, shownText(text, 200)])),
    continues: '',
    baseline: told.baseline ?? '',
    suppressed: 0,
  }
}

/** Nothing of the slot stands any more. */
export function withdrawnOf(
  verdict: Pick<Told, 'rule' | 'keyspace' | 'key' | 'name' | 'slot'>,
  at: number,
): SlotVerdict {
  return verdictOf({
    ...verdict,
    findings: [],
    severity: 'info',
    confidence: 'low',
    title: `${verdict.name}: explained by later evidence`,
    count: 0,
    evidence: [],
    explanation: {
      why: ['With what arrived since, nothing here is out of order.'],
      windowFrom: at,
      windowTo: at,
      margins: [],
      wouldNotFireIf: [],
    },
    labels: {},
    lastSeenAt: at,
  })
}

/** `u-314`, or what else names it. */
export function whoseOf(subject: string, client: string): string {
  return subject || (client === '' ? 'somebody' : `client ${client}`)
}

/** `9 min`, `12 s`, `3 h`, rounded. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
