// GET /api/alerts, /api/alerts/{id} and /api/alerts/{id}/explain.

import { type Request, Router } from 'express'
import { z } from 'zod'
import type { Alert } from '../../../schemas/alerts.ts'
import { alertsQuery } from '../../../schemas/api/queries.ts'
import { scope } from '../../../schemas/api/query-values.ts'
import { answer, BadQuery, type ReadQuery } from '../answer.ts'
import { explainAlert } from '../explain.ts'
import type { QueryPort } from '../ports.ts'

const scopeQuery = z.object(scope)

export function alertRoutes(store: QueryPort, read: ReadQuery): Router {
  const router = Router()
  router.get(
    '/api/alerts',
    answer(async (request) => {
      const { entries, ...rest } = await store.alerts(read(alertsQuery, request))
      return { alerts: entries, ...rest }
    }),
  )
  router.get(
    '/api/alerts/:id',
    answer((request) => alertOf(store, read, request)),
  )
  router.get(
    '/api/alerts/:id/explain',
    answer(async (request) => {
      const alert = await alertOf(store, read, request)
      const ids = alert.evidence.map(({ eventId }) => eventId)
      return { alert, events: await store.eventsById(alert.tenant, alert.realm, ids), text: explainAlert(alert) }
    }),
  )
  return router
}

async function alertOf(store: QueryPort, read: ReadQuery, request: Request): Promise<Alert> {
  const { id } = request.params
  const named = typeof id === 'string' ? id : ''
  const { tenant, realm } = read(scopeQuery, request)
  const alert = await store.alert(tenant, realm, named)
  if (alert === undefined)
    throw new BadQuery(
      404,
      'no-such-alert',
      `no alert has the id "${named.slice(0, 64)}"`,
      'list them with GET /api/alerts; of an exercise with ?realm=exercise:<run>',
    )
  return alert
}
