// GET /api/why-not: what each detector made of an event, a request or a trace, and what kept it from raising more.

import { Router } from 'express'
import { whyNotQuery } from '../../../schemas/api/asking.ts'
import { answer, type ReadQuery } from '../answer.ts'
import type { ExaminePort, QueryPort } from '../ports.ts'
import { whyNot } from '../why-not/why-not.ts'

export function whyNotRoutes(store: QueryPort, examining: ExaminePort, read: ReadQuery): Router {
  const router = Router()
  router.get(
    '/api/why-not',
    answer(async (request) => whyNot(read(whyNotQuery, request), store, examining)),
  )
  return router
}
