// POST /api/alerts/{id}/close, /api/edges/accept and /api/edges/deny, /api/config/reload, and GET /api/exceptions.

import { Router } from 'express'
import { reloadBody, scopeQuery } from '../../../schemas/api/decisions.ts'
import { closeBodySchema, type EdgeVerdict, edgeBodySchema } from '../../../schemas/decision.ts'
import { answer, BadQuery, type ReadQuery } from '../answer.ts'
import type { DecisionsPort } from '../ports.ts'
import { readJson } from '../read-json.ts'

const edgePaths: Readonly<Record<string, EdgeVerdict>> = { accept: 'edge.accept', deny: 'edge.deny' }

export function decisionRoutes(decisions: DecisionsPort, read: ReadQuery): Router {
  const router = Router()
  router.post(
    '/api/alerts/:id/close',
    answer(async (request) => {
      const scope = read(scopeQuery, request)
      const id = String(request.params.id)
      const reply = await decisions.closeAlert(scope, id, await readJson(closeBodySchema, request))
      if (reply !== undefined) return reply
      const hint = 'list them with GET /api/alerts; alerts that rested for long are no longer held for revision'
      throw new BadQuery(404, 'no-such-alert', `no alert has the id "${id.slice(0, 64)}"`, hint)
    }),
  )
  for (const [path, verdict] of Object.entries(edgePaths))
    router.post(
      `/api/edges/${path}`,
      answer(async (request) =>
        decisions.decideEdge(read(scopeQuery, request), verdict, await readJson(edgeBodySchema, request)),
      ),
    )
  router.post(
    '/api/config/reload',
    answer(async (request) => {
      const { by, note } = await readJson(reloadBody, request)
      const reply = await decisions.reload(by, note)
      if ('problems' in reply)
        throw new BadQuery(400, 'bad-settings', reply.problems, 'the settings from before stay in force')
      return reply
    }),
  )
  router.get(
    '/api/exceptions',
    answer(async () => ({ exceptions: decisions.exceptions() })),
  )
  return router
}
