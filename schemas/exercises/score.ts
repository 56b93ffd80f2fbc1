// How well an exercise was seen: by step, on its benign twin, and as a whole.

import { z } from 'zod'
import { severities } from '../findings.ts'
import { outcomes } from './outcome.ts'
import { exerciseName, expectedAlertSchema } from './story.ts'

const instant = z.iso.datetime({ precision: 3 })
const count = z.int().min(0)

export const seenAlertSchema = z.strictObject({
  id: z.string(),
  detector: z.string(),
  rule: z.string(),
  severity: z.enum(severities),
  class: z.string().describe('Label `class`, or empty.'),
  entity: z.string().describe('Name of the entity.'),
  title: z.string(),
  firstSeenAt: instant,
})

export const stepScoreSchema = z.strictObject({
  name: z.string(),
  at: instant.describe('When it happened in this run.'),
  technique: z.string().describe('MITRE ATT&CK technique, or empty.'),
  expected: expectedAlertSchema,
  outcome: z.enum(outcomes),
  holds: z.boolean().describe('It is the outcome that the story asks for.'),
  why: z.string().describe('One sentence: what was seen, or why nothing was.'),
  budgetMs: count,
  timeToDetectMs: z.int().nullable().describe('From the step to the alert; null: there is none.'),
  evidence: z.strictObject({
    cited: count.describe('Lines of the step that the alert cites; it cites ten at most.'),
    lines: count,
  }),
  alert: seenAlertSchema.nullable(),
})

export const twinScoreSchema = z.strictObject({
  volume: z.array(z.strictObject({ source: z.string(), attack: count, twin: count })).describe('Lines of each source.'),
  changedLines: z.strictObject({ attack: count, twin: count }).describe('Lines that the other has not.'),
  problems: z.array(z.string()).describe('Why it is no twin; empty: it is one.'),
  falseAlerts: z.array(seenAlertSchema),
  missing: z.array(expectedAlertSchema).describe('Alerts that belong there and do not stand.'),
})

/** Columns in which a timeline counts lines. */
export const timelineColumns = 60

export const timelineSchema = z.strictObject({
  from: instant,
  to: instant,
  sources: z
    .array(z.strictObject({ source: z.string(), counts: z.array(count).length(timelineColumns) }))
    .describe('Events of each source of the attack, by equal parts of the time from `from` to `to`.'),
})

export const exerciseScoreSchema = z.strictObject({
  story: exerciseName,
  title: z.string(),
  run: z.string(),
  realm: z.string(),
  startsAt: instant.describe('Where the timeline began in this run.'),
  timeline: timelineSchema,
  steps: z.array(stepScoreSchema),
  others: z.array(seenAlertSchema).describe('Alerts of the attack that no step expects.'),
  twin: twinScoreSchema.nullable().describe('Null: the twin was not run.'),
  blind: z
    .array(z.strictObject({ detector: z.string(), source: z.string(), need: z.string(), hint: z.string() }))
    .describe('What detectors of the story lacked to fire, and what to add.'),
  holds: z.boolean().describe('Every step is scored as it must be, and nothing false was told of the twin.'),
})

export type SeenAlert = z.infer<typeof seenAlertSchema>
export type StepScore = z.infer<typeof stepScoreSchema>
export type Timeline = z.infer<typeof timelineSchema>
export type TwinScore = z.infer<typeof twinScoreSchema>
export type ExerciseScore = z.infer<typeof exerciseScoreSchema>
