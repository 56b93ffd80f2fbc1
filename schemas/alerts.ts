// The alert as the API, the webhook and the store show it.

import { z } from 'zod'
import { closedAs } from './decision.ts'
import { provenances } from './events/event-kind.ts'
import { confidences, keyspaces, severities } from './findings.ts'

export const alertStatuses = ['open', 'withdrawn', 'closed'] as const
export type AlertStatus = (typeof alertStatuses)[number]

const instant = z.iso.datetime({ precision: 3 }).meta({ description: 'RFC 3339 instant with milliseconds, UTC' })

export const evidenceSchema = z.strictObject({
  eventId: z.string(),
  at: instant,
  summary: z.string().max(300),
})

export const explanationSchema = z.strictObject({
  why: z.array(z.string()),
  windowFrom: instant,
  windowTo: instant,
  margins: z.array(z.strictObject({ name: z.string(), value: z.number(), limit: z.number(), unit: z.string() })),
  wouldNotFireIf: z.array(z.string()),
})

export const attackSchema = z.strictObject({
  technique: z.string().meta({ description: 'MITRE ATT&CK v19 technique id' }),
  name: z.string(),
  tactic: z.string(),
})

export const feedbackSchema = z.strictObject({
  as: z
    .enum(closedAs)
    .meta({ description: 'what it was: an attack (`true`), none (`benign`), or known to come (`expected`)' }),
  by: z.string(),
  note: z.string(),
  at: instant.meta({ description: 'when it was decided' }),
})

export const alertSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .meta({ description: 'hash of tenant, detector, rule, keyspace, entity key and slot' }),
  revision: z.int().min(1).meta({ description: 'counts what changed about it since it opened' }),
  tenant: z.string(),
  realm: z.string(),
  detector: z.string(),
  version: z.int(),
  settingsDigest: z.string(),
  rule: z.string(),
  severity: z.enum(severities),
  confidence: z.enum(confidences),
  status: z.enum(alertStatuses),
  title: z.string().max(200),
  entity: z.strictObject({ keyspace: z.enum(keyspaces), key: z.string(), name: z.string(), from: z.enum(provenances) }),
  slot: z.string(),
  continues: z.string().meta({ description: 'id of the alert it continues, or empty' }),
  firstSeenAt: instant,
  lastSeenAt: instant,
  count: z.int(),
  findings: z.int().meta({ description: 'events at which the condition holds' }),
  rungs: z.array(z.string()).meta({ description: 'rungs or conditions that held, sorted' }),
  evidence: z.array(evidenceSchema).max(10),
  explanation: explanationSchema,
  labels: z.record(z.string(), z.string()),
  baseline: z.string(),
  suppressed: z.int(),
  attack: z.array(attackSchema),
  runbook: z.array(z.string()).meta({ description: 'what to do, in order' }),
  raisedAt: instant.meta({ description: 'append time of the event that first raised it' }),
  updatedAt: instant.meta({ description: 'append time of the event that last changed it' }),
  lagMs: z.int().meta({ description: 'raisedAt less the time its first finding happened' }),
  late: z.boolean(),
  evictions: z.int(),
  feedback: feedbackSchema
    .nullable()
    .default(null)
    .meta({ description: 'what a person said of it last; null: nobody did' }),
})

export type Alert = z.infer<typeof alertSchema>

/** Fields that arrival or people decide: left out of the canonical bytes. */
export const arrivalFields = [
  'revision',
  'realm',
  'status',
  'raisedAt',
  'updatedAt',
  'lagMs',
  'late',
  'evictions',
  'feedback',
] as const satisfies readonly (keyof Alert)[]

/** What one alert says that every run over the same events must say, byte for byte, once in canonical JSON (RFC 8785). */
export type CanonicalAlert = Omit<Alert, (typeof arrivalFields)[number]>

export function canonicalFields(alert: Alert): CanonicalAlert {
  const { revision, realm, status, raisedAt, updatedAt, lagMs, late, evictions, feedback, ...canonical } = alert
  return canonical
}

/** What a notification tells; `webhook-id` is made of it. */
export type Transition =
  | 'opened'
  | 'reopened'
  | `severity:${string}`
  | `rung:${string}`
  | 'continued-after-quiet'
  | 'withdrawn'
  | 'closed'
