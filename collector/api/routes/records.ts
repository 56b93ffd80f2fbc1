// GET /api/events, /api/quarantine and /api/edges: what is stored, a page at a time; GET /api/sources: what arrives.

import { Router } from 'express'
import { eventsQuery } from '../../../schemas/api/events-query.ts'
import { edgesQuery, quarantineQuery, sourcesQuery } from '../../../schemas/api/queries.ts'
import { answer, type ReadQuery } from '../answer.ts'
import type { QueryPort } from '../ports.ts'
import { tokenNames } from '../token-names.ts'

export function recordRoutes(store: QueryPort, keyIds: readonly string[], read: ReadQuery): Router {
  const router = Router()
  router.get(
    '/api/events',
    answer(async (request) => {
      const query = read(eventsQuery, request)
      const token = query.token?.flatMap((name) => tokenNames(name, keyIds))
      const { entries, ...rest } = await store.events({ ...query, token })
      return { events: entries, ...rest }
    }),
  )
  router.get(
    '/api/quarantine',
    answer(async (request) => {
      const { entries, ...rest } = await store.quarantine(read(quarantineQuery, request))
      return { quarantine: entries, ...rest }
    }),
  )
  router.get(
    '/api/edges',
    answer(async (request) => {
      const { entries, ...rest } = await store.edges(read(edgesQuery, request))
      return { edges: entries, ...rest }
    }),
  )
  router.get(
    '/api/sources',
    answer(async (request) => ({ sources: await store.sources(read(sourcesQuery, request)) })),
  )
  return router
}
