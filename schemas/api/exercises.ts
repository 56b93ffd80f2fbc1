// What the API answers about exercises: which there are, and how their runs go.

import { z } from 'zod'
import { exerciseRunSchema } from '../exercises/run.ts'
import { exerciseName } from '../exercises/story.ts'

export const exerciseDescriptionSchema = z.strictObject({
  id: exerciseName,
  title: z.string(),
  about: z.string().meta({ description: 'The story in plain words.' }),
  cause: z.string().meta({ description: 'What the benign twin does otherwise.' }),
  detectors: z.array(z.string()),
  sources: z.array(z.string()),
  steps: z.array(z.strictObject({ name: z.string(), atMs: z.int(), technique: z.string() })),
  lines: z.int().meta({ description: 'Lines of the attack.' }),
})
export type ExerciseDescription = z.infer<typeof exerciseDescriptionSchema>

export const exercisesReply = z.strictObject({ exercises: z.array(exerciseDescriptionSchema) })

export const runStarted = z.strictObject({ run: z.string(), realm: z.string() })

export const runsReply = z.strictObject({
  runs: z
    .array(exerciseRunSchema)
    .meta({ description: 'The newest first, as many as are remembered; of those under way without score.' }),
})
