// GET /api/events, /api/quarantine and /api/edges: what is stored, a page at a time.

import { Router } from 'express'
import { edgesQuery, eventsQuery, quarantineQuery } from '../../../schemas/api/queries.ts'
import { answer, parseQuery } from '../answer.ts'
import type { QueryPort } from '../ports.ts'

export function recordRoutes(store: QueryPort): Router {
  const router = Router()
  router.get(
    '/api/events',
    answer(async (request) => {
      const { entries, ...rest } = await store.events(parseQuery(eventsQuery, request))
      return { events: entries, ...rest }
    }),
  )
  router.get(
    '/api/quarantine',
    answer(async (request) => {
      const { entries, ...rest } = await store.quarantine(parseQuery(quarantineQuery, request))
      return { quarantine: entries, ...rest }
    }),
  )
  router.get(
    '/api/edges',
    answer(async (request) => {
      const { entries, ...rest } = await store.edges(parseQuery(edgesQuery, request))
      return { edges: entries, ...rest }
    }),
  )
  return router
}
