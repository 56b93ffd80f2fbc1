// What `exercises/<id>/story.yaml` says: the story in words, where its lines come from, and which step must be seen how.

import { z } from 'zod'
import { severities } from '../findings.ts'
import { scoredOutcomes } from './outcome.ts'

const words = z.string().trim().min(1)
const sentence = words.max(300)

/** A story, and the file of a source, are named like a file. */
export const exerciseName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64)

export const expectedAlertSchema = z.strictObject({
  detector: z.string().min(1).describe('Id of the detector.'),
  rule: z.string().min(1).optional().describe('Rule of the alert; left out: whichever.'),
  severity: z.enum(severities).describe('Severity that the alert must reach.'),
  entity: z.string().min(1).describe('Key or name of the entity, as the alert says it.'),
  class: z.string().min(1).optional().describe('Label `class` of the alert; left out: whichever.'),
})

export const storyStepSchema = z.strictObject({
  name: words.max(120).describe('What happens, in a few words.'),
  atMs: z.int().min(0).describe('When it happens, after `startsAt`. Unit: milliseconds.'),
  technique: z
    .string()
    .regex(/^T\d{4}(\.\d{3})?$/)
    .optional()
    .describe('MITRE ATT&CK technique, where one fits.'),
  withinMs: z
    .int()
    .min(0)
    .describe('Most time from the step to the alert, on the clock of the log. Unit: milliseconds.'),
  expect: expectedAlertSchema.describe('The alert that must stand.'),
  evidence: z
    .array(z.string().regex(/^[a-z0-9-]+:[1-9]\d*$/))
    .default([])
    .describe('Lines of `attack/` that show the step, as source:line, counted from 1. The alert cites at least one.'),
  sources: z
    .array(exerciseName)
    .default([])
    .describe('Sources that could show it; left out: those of `evidence`. Needed where a step leaves no line.'),
  outcome: z
    .enum(scoredOutcomes)
    .default('detected')
    .describe(
      'How it must be scored: `detected`, but for a step that shows what nobody can see, such as one in the dark.',
    ),
})

export const storySchema = z.strictObject({
  title: sentence.describe('The story in one line.'),
  about: words.max(4_000).describe('The story in plain words, for a room of people.'),
  cause: sentence.describe('What the twin does otherwise, and nothing else.'),
  startsAt: z.iso.datetime().describe('Where the timeline of attack and twin begins. Unit: RFC 3339 instant, UTC.'),
  sources: z
    .array(
      z.strictObject({
        name: exerciseName.describe('Name of the source, and of its files.'),
        format: z.string().min(1).default('auto').describe('Id of the decoder, or `auto`.'),
        about: sentence.describe('What it is and how it is set up.'),
      }),
    )
    .min(1),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('What the settings file of the installation says, where the defaults are not enough.'),
  steps: z.array(storyStepSchema).min(1).describe('What must be seen, in order of time.'),
  twin: z.strictObject({
    about: words.max(2_000).describe('Why this is harmless.'),
    alerts: z.array(expectedAlertSchema).default([]).describe('Alerts that belong there; mostly none.'),
    toleratedLines: z
      .int()
      .min(0)
      .default(0)
      .describe('By how many lines a source of attack and twin may differ. Unit: lines.'),
    mostChanged: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe(
        'Most of the attack’s lines that the twin may not have; 1 where the cause is in all of them. Unit: share.',
      ),
  }),
  blind: z
    .strictObject({
      fields: z
        .array(words)
        .min(1)
        .describe('On logs in default format every step is missed; what the report must then say to add, in part.'),
      without: z
        .array(z.string().min(1))
        .default([])
        .describe('Fields to take out where the format has no default of its own, such as audit lines.'),
      withoutSources: z.array(exerciseName).default([]).describe('Sources that nobody sets up by default.'),
    })
    .describe('The same story on logs as programs write them when nobody set them up.'),
})

export type ExpectedAlert = z.infer<typeof expectedAlertSchema>
export type StoryStep = z.infer<typeof storyStepSchema>
export type Story = z.infer<typeof storySchema>
