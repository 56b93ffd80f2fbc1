// GET /livez, /readyz and /metrics: is it alive, can it do its work, and how much does it do.

import { Router } from 'express'
import { answer } from '../answer.ts'
import type { StatusPort } from '../ports.ts'

export function healthRoutes(status: StatusPort): Router {
  const router = Router()
  router.get('/livez', (_request, response) => {
    response.type('text/plain').send('alive\n')
  })
  router.get('/readyz', (request, response) => {
    const checks = status.checks()
    const ready = checks.every((check) => check.ready)
    response.status(ready ? 200 : 503)
    if ('verbose' in request.query)
      response.json({
        ready,
        roles: status.roles,
        checks,
        abstentions: status.abstentions(),
        notes: status.notes(),
      })
    else
      response.type('text/plain').send(
        ready
          ? 'ready\n'
          : `not ready: ${checks
              .filter((check) => !check.ready)
              .map(({ name, detail }) => `${name}: ${detail}`)
              .join('; ')}\n`,
      )
  })
  router.get('/metrics', (request, response, next) => {
    status.metricsText().then(
      (text) => response.type('text/plain; version=0.0.4').send(text),
      (cause: unknown) => answer(() => Promise.reject(cause))(request, response, next),
    )
  })
  return router
}
