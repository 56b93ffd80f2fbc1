// A story of one step, and what a collector might have told of it: the smallest things that a score can be made of.

import type { Observed, ToldVerdict } from '../../collector/exercises/observed.ts'
import type { LoadedStory } from '../../collector/exercises/story-folder.ts'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { type Story, storySchema } from '../../schemas/exercises/story.ts'
import type { Severity } from '../../schemas/findings.ts'

export const storyStart = Date.parse('2025-03-14T09:00:00Z')
const stepAt = storyStart + 10_000

/** Its lines are `audit:1` at the start and `audit:2` at the step, ten seconds later. */
export function oneStepStory(
  changes: Partial<Story['steps'][number]> = {},
  twin: Partial<Story['twin']> = {},
): LoadedStory {
  const story = storySchema.parse({
    title: 'A refund too many',
    about: 'Somebody refunds.',
    cause: 'The twin refunds once.',
    startsAt: new Date(storyStart).toISOString(),
    sources: [{ name: 'audit', about: 'audit lines' }],
    steps: [
      {
        name: 'the refund',
        atMs: stepAt - storyStart,
        withinMs: 5_000,
        expect: { detector: 'refund-burst', severity: 'high', entity: 'USR-1', class: 'BURST' },
        evidence: ['audit:2'],
        ...changes,
      },
    ],
    twin: { about: 'It is one refund.', ...twin },
    blind: { fields: ['user_id'] },
  })
  return {
    id: 'one-step',
    story,
    attack: [{ name: 'audit', format: 'auto', lines: ['first', 'refund'] }],
    twin: [{ name: 'audit', format: 'auto', lines: ['first', 'once'] }],
    baseline: [],
  }
}

export interface Telling {
  readonly severity?: Severity
  readonly class?: string
  readonly entity?: string
  readonly status?: Alert['status']
  /** After the step, on the log's clock. */
  readonly afterMs?: number
  readonly cites?: readonly string[]
}

export function toldAlert(telling: Telling = {}): Alert {
  const { severity = 'high', entity = 'USR-1', status = 'open', afterMs = 0, cites = ['event-2'] } = telling
  const at = new Date(stepAt).toISOString()
  return alertSchema.parse({
    id: `${Buffer.from(entity).toString('hex').slice(0, 16)}`.padEnd(32, '0'),
    revision: 1,
    tenant: 'default',
    realm: 'exercise:test',
    detector: 'refund-burst',
    version: 1,
    settingsDigest: '',
    rule: 'refund-burst',
    severity,
    confidence: 'high',
    status,
    title: `${entity}: three refunds`,
    entity: { keyspace: 'subject', key: entity, name: entity, from: 'field' },
    slot: at,
    continues: '',
    firstSeenAt: at,
    lastSeenAt: at,
    count: 3,
    findings: 1,
    rungs: [],
    evidence: cites.map((eventId) => ({ eventId, at, summary: '' })),
    explanation: { why: [], windowFrom: at, windowTo: at, margins: [], wouldNotFireIf: [] },
    labels: { class: telling.class ?? 'BURST' },
    baseline: '',
    suppressed: 0,
    attack: [],
    runbook: [],
    raisedAt: new Date(stepAt + afterMs).toISOString(),
    updatedAt: new Date(stepAt + afterMs).toISOString(),
    lagMs: afterMs,
    late: false,
    evictions: 0,
  })
}

export function toldVerdict(telling: Telling = {}): ToldVerdict {
  const { detector, rule, entity, slot, severity, confidence, title, count, labels, evidence } = toldAlert(telling)
  return {
    detector,
    appendedAt: stepAt + (telling.afterMs ?? 0),
    verdict: {
      rule,
      entity,
      slot,
      findings: [{ eventId: 'event-2', at: stepAt, rung: '', severity }],
      severity,
      confidence,
      title,
      firstSeenAt: stepAt,
      lastSeenAt: stepAt,
      count,
      evidence: evidence.map(({ eventId, summary }) => ({ eventId, at: stepAt, summary })),
      explanation: { why: [], windowFrom: stepAt, windowTo: stepAt, margins: [], wouldNotFireIf: [] },
      labels,
      continues: '',
      baseline: '',
      suppressed: 0,
    },
  }
}

/** What a collector told: of each telling an alert with the one verdict that made it. */
export function observed(tellings: readonly Telling[], readiness: Observed['readiness'] = ready): Observed {
  return {
    alerts: tellings.map(toldAlert),
    verdicts: tellings.map(toldVerdict),
    readiness,
    eventIds: new Map([
      ['audit:1', ['event-1']],
      ['audit:2', ['event-2']],
    ]),
  }
}

export const ready: Observed['readiness'] = [{ detector: 'refund-burst', source: 'audit', seen: 2, missing: [] }]

/** When the lines of the attack happened. */
export const storyTimes: ReadonlyMap<string, readonly number[]> = new Map([['audit', [storyStart, stepAt]]])
