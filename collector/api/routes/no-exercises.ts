// In place of the exercise routes where roles share the work: says why there are none.

import { Router } from 'express'

export function noExerciseRoutes(): Router {
  const router = Router()
  router.use('/api/exercises', (request, response) => {
    const error = {
      code: 'one-process-only',
      message: 'exercises run in one process for now, and this one shares the work with others',
      hint: 'run it with "eastwest exercise run" in a temporary collector, or in one started by "eastwest run" alone',
    }
    response.status(409).json({ error })
    request.resume()
  })
  return router
}
