// POST /v1/opa/logs: the decision logs that OPA uploads, for a `services` entry whose url ends in `/v1/opa`.

import type { Request, RequestHandler } from 'express'
import { contentIsJson, type EventsRouteOptions, oneOf, type PostedRecords, recordsRoute } from './events-route.ts'

/** OPA appends `/logs`, and the `partition_name` of its settings where it has one. */
export const opaPaths = ['/v1/opa/logs', '/v1/opa/logs/:partition']

/**
 * OPA sends a chunk again, unchanged and before all later ones, until it is answered with 2xx
 * (open-policy-agent.org/docs/management-decision-logs): no single decision may stand in the way of its chunk, so what is
 * wrong with one becomes its quarantine row. 429, 503 and 507 are answered as on `/v1/events`: OPA keeps the chunk.
 */
export function opaRoute(options: EventsRouteOptions): RequestHandler {
  return recordsRoute({ ...options, looksGlued: () => false }, postedDecisions)
}

function postedDecisions(request: Request): PostedRecords {
  const { partition } = request.params
  return {
    format: 'opa-decision',
    source: oneOf(request, 'source', typeof partition === 'string' && partition !== '' ? partition : 'opa'),
    receiver: 'opa',
    isJson: contentIsJson(request),
    whenUnfit: 'set-aside',
  }
}
