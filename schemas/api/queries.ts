// What may be asked of the API, and what it answers: the source of its checks, its OpenAPI page and its client types.

import { z } from 'zod'
import { alertSchema, alertStatuses } from '../alerts.ts'
import { severities } from '../findings.ts'
import { quarantineReasons } from '../quarantine.ts'
import { instant, page, scope, term } from './query-values.ts'

export const alertsQuery = z.strictObject({
  ...page,
  status: z
    .enum([...alertStatuses, 'any'])
    .default('any')
    .describe('Only alerts of this status.'),
  severity: z.enum(severities).default('low').describe('Least severity.'),
  detector: term.optional().describe('Only this detector.'),
  entity: term.optional().describe('Only this entity key.'),
  from: instant.optional().describe('Raised at or after.'),
  to: instant.optional().describe('Raised before.'),
  happenedFrom: instant.optional().describe('Last seen at or after (event time).'),
  happenedTo: instant.optional().describe('First seen before (event time).'),
  updatedFrom: instant
    .optional()
    .describe('Raised or changed at or after: what a reader of the stream may have missed.'),
})
export type AlertsQuery = z.output<typeof alertsQuery>

export const sourcesQuery = z.strictObject({
  ...scope,
  days: z.coerce.number().int().min(1).max(30).default(7).describe('Arrived within this many days.'),
})
export type SourcesQuery = z.output<typeof sourcesQuery>

export const sourceSchema = z.strictObject({
  source: z.string(),
  format: z.string(),
  events: z.int(),
  firstArrivedAt: z.string(),
  lastArrivedAt: z.string(),
  lastEventAt: z.string().meta({ description: 'When the newest of its events happened.' }),
})
export type Source = z.output<typeof sourceSchema>

/** A reader that names the revision it had last in the header `Last-Event-ID` is first told what came after it. */
export const streamQuery = z.strictObject({
  recent: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Tell this many of the newest revisions first, stored or not yet, where no Last-Event-ID says more.'),
})

const reasons = Object.keys(quarantineReasons) as [string, ...string[]] // a const object with entries

export const quarantineQuery = z.strictObject({
  ...page,
  reason: z.enum(reasons).optional().describe('Only this reason.'),
  source: term.optional().describe('Only this source.'),
  from: instant.optional().describe('Appended at or after.'),
  to: instant.optional().describe('Appended before.'),
})
export type QuarantineQuery = z.output<typeof quarantineQuery>

export const edgesQuery = z.strictObject({
  ...page,
  caller: term.optional().describe('Only this caller.'),
  destination: term.optional().describe('Only this destination.'),
  state: term.optional().describe('learning, known, dormant, forgotten, quarantined or denied.'),
})
export type EdgesQuery = z.output<typeof edgesQuery>

export const eventSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.record(z.string(), z.unknown())]))
  .meta({
    description:
      'An event’s columns that hold something, in camel case; instants as RFC 3339. See schemas/REFERENCE.md.',
  })

export const quarantineEntrySchema = z.strictObject({
  tenant: z.string(),
  realm: z.string(),
  topic: z.string(),
  incarnation: z.string(),
  partition: z.int(),
  offset: z.int(),
  index: z.int(),
  parts: z.int(),
  appendedAt: z.string(),
  source: z.string(),
  format: z.string(),
  reason: z.string(),
  detail: z.string(),
  head: z.string(),
  bytes: z.int(),
  sha256: z.string(),
})

export const edgeSchema = z.strictObject({
  tenant: z.string(),
  realm: z.string(),
  destination: z.string(),
  caller: z.string(),
  callerFrom: z.string(),
  state: z.string(),
  firstSeenAt: z.string().meta({ description: 'Empty: decided on and never seen.' }),
  lastSeenAt: z.string(),
  hours: z.int(),
  days: z.int(),
  instances: z.int(),
  routes: z.array(z.string()),
  decision: z.string().meta({ description: 'accepted or denied by a person; empty: nobody decided.' }),
  decidedBy: z.string(),
  decidedAt: z.string(),
  decisionNote: z.string(),
  updatedAt: z.string(),
})

const pageOf = <Entry extends z.ZodType>(name: string, entry: Entry) =>
  z.strictObject({ [name]: z.array(entry), next: z.string().optional() })

export const explainSchema = z.strictObject({
  alert: alertSchema,
  /** The evidence as stored after scrubbing, in the alert's order. */
  events: z.array(eventSchema),
  text: z.string().meta({ description: 'The explanation as a person reads it.' }),
})

export const errorSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string(), setting: z.string().optional() }),
})

export const alertsPage = pageOf('alerts', alertSchema)
export const eventsPage = pageOf('events', eventSchema)
export const quarantinePage = pageOf('quarantine', quarantineEntrySchema)
export const edgesPage = pageOf('edges', edgeSchema)
export const sourcesReply = z.strictObject({ sources: z.array(sourceSchema) })

export interface Page<Entry> {
  readonly entries: readonly Entry[]
  readonly next?: string
}
export type PlainEvent = z.infer<typeof eventSchema>
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>
export type Edge = z.infer<typeof edgeSchema>
