// GET /api/timeline: everything that sources tell of one user, session, token, trace or request, in order of time.

import { Router } from 'express'
import { timelineQuery } from '../../../schemas/api/asking.ts'
import { answer, type ReadQuery } from '../answer.ts'
import type { QueryPort } from '../ports.ts'
import { timelineOf } from '../timeline/timeline.ts'

export function timelineRoutes(store: QueryPort, keyIds: readonly string[], read: ReadQuery): Router {
  const router = Router()
  router.get(
    '/api/timeline',
    answer(async (request) => timelineOf(read(timelineQuery, request), store, keyIds)),
  )
  return router
}
