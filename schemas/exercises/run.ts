// A run of an exercise as the API shows it, and the realm that its records are of.

import { z } from 'zod'
import { exerciseScoreSchema } from './score.ts'
import { exerciseName } from './story.ts'

export const exerciseRealmPrefix = 'exercise:'

export function exerciseRealm(run: string): string {
  return `${exerciseRealmPrefix}${run}`
}

export const runNameSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(96)
  .describe('Name of the run; its realm is `exercise:` and this.')

export const runStates = ['running', 'scored', 'failed'] as const

export const runRequestSchema = z.strictObject({
  speed: z
    .number()
    .min(0)
    .max(100_000)
    .default(1)
    .describe('How many seconds of the story pass in one; 0: as fast as it goes.'),
  twin: z.boolean().default(false).describe('Run the benign twin instead of the attack.'),
})

export const exerciseRunSchema = z.strictObject({
  run: runNameSchema,
  realm: z.string(),
  story: exerciseName,
  twin: z.boolean(),
  speed: z.number(),
  state: z.enum(runStates),
  problem: z.string().describe('Why it failed, or empty.'),
  startedAt: z.iso.datetime({ precision: 3 }),
  appended: z.int().min(0).describe('Lines appended so far.'),
  lines: z.int().min(0),
  score: exerciseScoreSchema.nullable(),
})

export type RunRequest = z.infer<typeof runRequestSchema>
export type ExerciseRun = z.infer<typeof exerciseRunSchema>
