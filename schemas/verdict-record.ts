// Verdicts and decisions to close as records of the log: how they are checked when they are read back.

import { z } from 'zod'
import { closedAs } from './decision.ts'
import { provenances } from './events/event-kind.ts'
import {
  type ClosingRecord,
  confidences,
  type JudgedRecord,
  keyspaces,
  severities,
  type VerdictRecord,
} from './findings.ts'

export const findingSchema = z.strictObject({
  eventId: z.string(),
  at: z.number(),
  rung: z.string(),
  severity: z.enum(severities),
})

const positionSchema = z.strictObject({ offset: z.number(), index: z.number() })

const slotVerdictSchema = z.strictObject({
  rule: z.string(),
  entity: z.strictObject({ keyspace: z.enum(keyspaces), key: z.string(), name: z.string(), from: z.enum(provenances) }),
  slot: z.string(),
  findings: z.array(findingSchema),
  severity: z.enum(severities),
  confidence: z.enum(confidences),
  title: z.string(),
  firstSeenAt: z.number(),
  lastSeenAt: z.number(),
  count: z.number(),
  evidence: z.array(z.strictObject({ eventId: z.string(), at: z.number(), summary: z.string() })),
  explanation: z.strictObject({
    why: z.array(z.string()),
    windowFrom: z.number(),
    windowTo: z.number(),
    margins: z.array(z.strictObject({ name: z.string(), value: z.number(), limit: z.number(), unit: z.string() })),
    wouldNotFireIf: z.array(z.string()),
  }),
  labels: z.record(z.string(), z.string()),
  continues: z.string(),
  baseline: z.string(),
  suppressed: z.number(),
})

export const verdictRecordSchema: z.ZodType<VerdictRecord> = z.strictObject({
  tenant: z.string(),
  realm: z.string(),
  detector: z.string(),
  version: z.number(),
  settingsDigest: z.string(),
  teller: z.string(),
  verdict: slotVerdictSchema,
  causedBy: z.string(),
  position: positionSchema,
  appendedAt: z.number(),
  late: z.boolean(),
  evictions: z.number(),
})

const closingRecordSchema: z.ZodType<ClosingRecord> = z.strictObject({
  tenant: z.string(),
  realm: z.string(),
  alertId: z.string(),
  as: z.enum(closedAs),
  by: z.string(),
  note: z.string(),
  decidedAt: z.number(),
  causedBy: z.string(),
  position: positionSchema,
  appendedAt: z.number(),
})

export const judgedRecordSchema: z.ZodType<JudgedRecord> = z.union([verdictRecordSchema, closingRecordSchema])
