// A run of an exercise as the API shows it, and the realm that its records are of.

import { z } from 'zod'
import { authorSchema } from '../decision.ts'
import { exerciseScoreSchema } from './score.ts'
import { exerciseName } from './story.ts'

export const exerciseRealmPrefix = 'exercise:'

export function exerciseRealm(run: string): string {
  return `${exerciseRealmPrefix}${run}`
}

/** The realm of the benign twin that runs beside an attack. */
export function twinRealm(run: string): string {
  return `${exerciseRealm(run)}-twin`
}

export const runNameSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(96)
  .describe('Name of the run; its realm is `exercise:` and this.')

/**
 * `running` until everything is judged and what may come late has had its time · `scored` · `cancelled` by a person ·
 * `interrupted` the collector stopped while it ran · `failed`.
 */
export const runStates = ['running', 'scored', 'cancelled', 'interrupted', 'failed'] as const
export type RunState = (typeof runStates)[number]

export function isOver(state: RunState): boolean {
  return state !== 'running'
}

export const runRequestSchema = z.strictObject({
  speed: z
    .number()
    .min(0)
    .max(100_000)
    .default(1)
    .describe('How many seconds of the story pass in one; 0: as fast as it goes.'),
  twin: z.boolean().default(false).describe('Run the benign twin beside the attack, in a realm of its own.'),
  by: authorSchema.default('api').describe('Who starts it.'),
})

const instant = z.iso.datetime({ precision: 3 })

export const exerciseRunSchema = z.strictObject({
  run: runNameSchema,
  realm: z.string(),
  story: exerciseName,
  by: z.string(),
  twin: z.boolean(),
  speed: z.number(),
  state: z.enum(runStates),
  note: z.string().describe('What it waits for; else empty.'),
  problem: z.string().describe('Why it has no score, or none that counts; else empty.'),
  warnings: z.array(z.string()).describe('Why steps may be missed that the story expects.'),
  startedAt: instant,
  storyAt: instant.describe('How far the story has been told: steps after it have not happened yet.'),
  appended: z.int().min(0).describe('Lines appended so far.'),
  lines: z.int().min(0),
  alerts: z.int().min(0).describe('Alerts that stand so far.'),
  score: exerciseScoreSchema.nullable().describe('Final in state `scored`; before that, of what was told so far.'),
})

export type RunRequest = z.infer<typeof runRequestSchema>
export type ExerciseRun = z.infer<typeof exerciseRunSchema>
