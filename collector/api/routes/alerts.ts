// GET /api/alerts, /api/alerts/{id} and /api/alerts/{id}/explain.

import { Router } from 'express'
import type { Alert } from '../../../schemas/alerts.ts'
import { alertsQuery } from '../../../schemas/api/queries.ts'
import { answer, BadQuery, parseQuery } from '../answer.ts'
import { explainAlert } from '../explain.ts'
import type { QueryPort } from '../ports.ts'

export function alertRoutes(store: QueryPort): Router {
  const router = Router()
  router.get(
    '/api/alerts',
    answer(async (request) => {
      const { entries, ...rest } = await store.alerts(parseQuery(alertsQuery, request))
      return { alerts: entries, ...rest }
    }),
  )
  router.get(
    '/api/alerts/:id',
    answer((request) => alertOf(store, request.params.id, request.query)),
  )
  router.get(
    '/api/alerts/:id/explain',
    answer(async (request) => {
      const alert = await alertOf(store, request.params.id, request.query)
      const ids = alert.evidence.map(({ eventId }) => eventId)
      return { alert, events: await store.eventsById(alert.tenant, alert.realm, ids), text: explainAlert(alert) }
    }),
  )
  return router
}

async function alertOf(store: QueryPort, id: unknown, scope: Readonly<Record<string, unknown>>): Promise<Alert> {
  const named = typeof id === 'string' ? id : ''
  const alert = await store.alert(textOf(scope.tenant, 'default'), textOf(scope.realm, 'live'), named)
  if (alert === undefined)
    throw new BadQuery(
      404,
      'no-such-alert',
      `no alert has the id "${named.slice(0, 64)}"`,
      'list them with GET /api/alerts',
    )
  return alert
}

function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
