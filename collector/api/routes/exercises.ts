// GET /api/exercises and its runs, with reports; POST to start one and to cancel one.

import { Router } from 'express'
import { z } from 'zod'
import { runRequestSchema } from '../../../schemas/exercises/run.ts'
import { answer, answerText, BadQuery } from '../answer.ts'
import type { ExercisesPort } from '../ports.ts'
import { readJson } from '../read-json.ts'

export function exerciseRoutes(exercises: ExercisesPort): Router {
  const router = Router()
  router.get(
    '/api/exercises',
    answer(async () => ({ exercises: exercises.exercises() })),
  )
  router.get(
    '/api/exercises/runs',
    answer(async () => ({ runs: exercises.runs() })),
  )
  router.get(
    '/api/exercises/runs/:run',
    answer(async (request) => (await exercises.run(nameOf(request.params.run))) ?? unknownRun(request.params.run)),
  )
  router.get(
    '/api/exercises/runs/:run/report',
    answerText('text/html; charset=utf-8', (request) => reportOf(exercises, request.params.run, 'html')),
  )
  router.get(
    '/api/exercises/runs/:run/report.md',
    answerText('text/markdown; charset=utf-8', (request) => reportOf(exercises, request.params.run, 'markdown')),
  )
  router.post(
    '/api/exercises/:id/runs',
    answer(async (request) => exercises.start(nameOf(request.params.id), await readJson(runRequestSchema, request))),
  )
  router.post(
    '/api/exercises/runs/:run/cancel',
    answer(async (request) => {
      await readJson(z.strictObject({}), request)
      return (await exercises.cancel(nameOf(request.params.run))) ?? unknownRun(request.params.run)
    }),
  )
  return router
}

async function reportOf(exercises: ExercisesPort, run: unknown, form: 'html' | 'markdown'): Promise<string> {
  const known = (await exercises.run(nameOf(run))) ?? unknownRun(run)
  const report = await exercises.report(nameOf(run), form)
  if (report !== undefined) return report
  const hint = 'an interrupted or cancelled run may have none: start another'
  throw new BadQuery(404, 'no-report', `the run "${known.run}" has no score`, hint)
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function unknownRun(run: unknown): never {
  const message = `no run has the name "${nameOf(run).slice(0, 96)}"`
  throw new BadQuery(404, 'no-such-run', message, 'list them with GET /api/exercises/runs')
}
