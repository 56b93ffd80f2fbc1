// The paths of the OpenAPI page that are about exercises.

import { z } from 'zod'
import { exercisesReply, runStarted, runsReply } from '../../schemas/api/exercises.ts'
import { exerciseRunSchema, runRequestSchema } from '../../schemas/exercises/run.ts'

type Json = Readonly<Record<string, unknown>>

/** How the page says things everywhere. */
export interface OpenApiWords {
  json(schema: z.ZodType, description: string): Json
  decide(summary: string, body: z.ZodType, reply: z.ZodType, parameters: readonly Json[]): Json
  readonly idParameter: Json
  readonly failures: Json
}

const runParameter: Json = { name: 'run', in: 'path', required: true, schema: { type: 'string' } }

export function exercisePaths({ json, decide, idParameter, failures }: OpenApiWords): Json {
  const get = (summary: string, reply: Json, parameters: readonly Json[] = []): Json => ({
    get: { summary, parameters, responses: { 200: reply, ...failures } },
  })
  const text = (type: string): Json => ({
    description: 'The report.',
    content: { [type]: { schema: { type: 'string' } } },
  })
  return {
    '/api/exercises': get('Exercises that can be run', json(exercisesReply, 'All of them.')),
    '/api/exercises/{id}/runs': decide('Run an exercise, in a realm of its own', runRequestSchema, runStarted, [
      idParameter,
    ]),
    '/api/exercises/runs': get('Runs of exercises, newest first', json(runsReply, 'Those that are remembered.')),
    '/api/exercises/runs/{run}': get('How a run goes, and its score', json(exerciseRunSchema, 'It.'), [runParameter]),
    '/api/exercises/runs/{run}/report': get('Report of a run', text('text/html'), [runParameter]),
    '/api/exercises/runs/{run}/report.md': get('The same as Markdown', text('text/markdown'), [runParameter]),
    '/api/exercises/runs/{run}/cancel': decide('Cancel a run', z.strictObject({}), exerciseRunSchema, [runParameter]),
  }
}
