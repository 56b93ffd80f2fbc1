// What is asked across sources: a timeline of one thing, where a token was seen, and why an event raised nothing.

import { z } from 'zod'
import { alertSchema } from '../alerts.ts'
import { eventSchema } from './queries.ts'
import { instant, listOf, scope, term } from './query-values.ts'

const optionalInstant = z.string().optional()

/** What a timeline may follow. */
export const followed = ['user', 'session', 'token', 'trace', 'request'] as const
export type Followed = (typeof followed)[number]

export const timelineQuery = z
  .strictObject({
    ...scope,
    user: listOf(term, 'Subject or actor, exactly as a source spells it.').optional(),
    session: term.optional().describe('Session, as its issuer names it.'),
    token: term.optional().describe('Token: reference, hash of it, or the issuer’s own id. Never the token itself.'),
    trace: term.optional().describe('Trace id.'),
    request: term.optional().describe('Request id.'),
    from: instant.optional().describe('Happened at or after.'),
    to: instant.optional().describe('Happened before.'),
    expand: z
      .enum(['true', 'false'])
      .default('true')
      .describe('Follow what the found events name exactly, one hop: sessions, tokens, traces, requests.'),
    limit: z.coerce.number().int().min(1).max(2000).default(500).describe('Most events; the newest stay.'),
  })
  .superRefine((query, context) => {
    if (followed.filter((name) => query[name] !== undefined).length === 1) return
    context.addIssue({ code: 'custom', message: `give exactly one of ${followed.join(', ')}` })
  })
export type TimelineQuery = z.output<typeof timelineQuery>

const timelineEvent = z.strictObject({
  kind: z.literal('event'),
  at: z.string().meta({ description: 'When it happened, RFC 3339' }),
  source: z.string().meta({ description: 'Format and sender' }),
  workload: z.string().meta({ description: 'Who reported it' }),
  happened: z.string().meta({ description: 'What happened, in a few words' }),
  outcome: z.string(),
  who: z.string().meta({ description: 'Subject, actor, client or caller' }),
  token: z.string().meta({ description: 'The presented token, shortened' }),
  joinedBy: z.string().meta({ description: 'Empty: it holds what was asked for; else what led to it' }),
  event: eventSchema,
})
const timelineAlert = z.strictObject({
  kind: z.literal('alert'),
  at: z.string().meta({ description: 'Time of the last event shown that it cites' }),
  cites: z.array(z.string()).meta({ description: 'Events shown that it cites' }),
  alert: alertSchema,
})

export const timelineReply = z.strictObject({
  asked: z.strictObject({ by: z.enum(followed), values: z.array(z.string()) }),
  entries: z.array(z.discriminatedUnion('kind', [timelineEvent, timelineAlert])),
  joined: z.array(
    z.strictObject({
      by: z.string().meta({ description: '`session`, `token`, `trace` or `request`' }),
      values: z.array(z.string()),
      events: z.int().meta({ description: 'Events shown that only this led to' }),
    }),
  ),
  /** What was left out, in sentences; none: everything stored is shown. */
  cut: z.array(z.string()),
})
export type TimelineReply = z.output<typeof timelineReply>
export type TimelineEntry = TimelineReply['entries'][number]
export type TimelineEvent = z.output<typeof timelineEvent>

const claims = z.record(z.string(), z.unknown())

export const sightingSchema = z.strictObject({
  as: z.enum(['presented', 'issued']),
  source: z.string(),
  format: z.string(),
  workload: z.string(),
  kind: z.string(),
  action: z.string(),
  outcome: z.string(),
  events: z.int(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  subjects: z.array(z.string()),
  clients: z.array(z.string()),
  callers: z.array(z.string()),
  sessions: z.array(z.string()),
  addresses: z.array(z.string()),
})
export type Sighting = z.output<typeof sightingSchema>

export const tokenReply = z.strictObject({
  form: z.enum(['jwt', 'opaque', 'reference']),
  references: z
    .array(z.string())
    .meta({ description: 'What stands for it, under each kept key; the one in force first' }),
  claims: claims.meta({ description: 'Its claims that are no secret; none of an opaque token' }),
  expiresAt: optionalInstant,
  expired: z.boolean().optional().meta({ description: 'Absent where the token does not say' }),
  events: z.int(),
  firstSeenAt: optionalInstant,
  lastSeenAt: optionalInstant,
  sessions: z.array(z.string()),
  sightings: z.array(sightingSchema),
  cut: z.array(z.string()),
  timeline: z.string().meta({ description: 'The command that shows what was done with it' }),
})
export type TokenReply = z.output<typeof tokenReply>

/** What may be asked about. */
export const questioned = ['event', 'request', 'trace'] as const

export const whyNotQuery = z
  .strictObject({
    ...scope,
    event: term.optional().describe('Event id.'),
    request: term.optional().describe('Request id.'),
    trace: term.optional().describe('Trace id.'),
    detector: term.optional().describe('Only this detector.'),
  })
  .superRefine((query, context) => {
    if (questioned.filter((name) => query[name] !== undefined).length === 1) return
    context.addIssue({ code: 'custom', message: `give exactly one of ${questioned.join(', ')}` })
  })
export type WhyNotQuery = z.output<typeof whyNotQuery>

const figure = z.union([z.number(), z.string()])

export const gateSchema = z.strictObject({
  name: z.string(),
  passed: z.boolean(),
  value: figure,
  limit: figure,
  unit: z.string(),
  text: z.string(),
  lowers: z.boolean().meta({ description: 'Not passed, it makes the finding info instead of none' }),
})

export const trialSchema = z.strictObject({
  rule: z.string(),
  rung: z.string(),
  severity: z.string(),
  outcome: z.enum(['held', 'info', 'failed']),
  gates: z.array(gateSchema),
  slot: z.string(),
  alert: z.string().meta({ description: 'Id of the alert of that slot, where one is stored' }),
  excepted: z
    .string()
    .meta({ description: 'Who excepts it from alerting in the settings, until when and why; empty: nobody' }),
})

export const stageExaminationSchema = z.strictObject({
  stage: z.string(),
  keyspace: z.string(),
  key: z.string(),
  taken: z.boolean(),
  because: z.string().meta({ description: 'Why it was not taken, or why its state says nothing' }),
  from: z.enum(['', 'live', 'rebuilt']).meta({
    description: '`live`: what the collector judges with; `rebuilt`: from stored events; empty: nothing is held',
  }),
  trials: z.array(trialSchema),
  notes: z.array(z.string()),
})

export const detectorExaminationSchema = z.strictObject({
  detector: z.string(),
  enabled: z.boolean(),
  concerns: z.boolean(),
  missing: z.array(z.strictObject({ need: z.string(), hint: z.string(), essential: z.boolean() })),
  stages: z.array(stageExaminationSchema),
  nearest: z
    .strictObject({ stage: z.string(), rule: z.string(), rung: z.string(), text: z.string() })
    .optional()
    .meta({ description: 'The rule that came closest without holding' }),
})
export type DetectorExamination = z.output<typeof detectorExaminationSchema>

export const whyNotReply = z.strictObject({
  asked: z.strictObject({ by: z.enum(questioned), value: z.string() }),
  events: z.array(
    z.strictObject({
      event: eventSchema,
      alerts: z.array(alertSchema).meta({ description: 'Alerts that cite it' }),
      detectors: z.array(detectorExaminationSchema),
      notes: z.array(z.string()),
    }),
  ),
  unseen: z.array(z.string()).meta({ description: 'What could not be looked at any more' }),
  text: z.string().meta({ description: 'The same as a person reads it' }),
})
export type WhyNotReply = z.output<typeof whyNotReply>
