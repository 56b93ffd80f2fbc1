// The OpenAPI 3.1 page of the API, made from the same zod schemas that check its queries.

import { z } from 'zod'
import { alertSchema } from '../../schemas/alerts.ts'
import { timelineQuery, timelineReply, tokenReply, whyNotQuery, whyNotReply } from '../../schemas/api/asking.ts'
import {
  closeReply,
  edgeReply,
  exceptionsReply,
  reloadBody,
  reloadReply,
  scopeQuery,
} from '../../schemas/api/decisions.ts'
import { eventsQuery } from '../../schemas/api/events-query.ts'
import {
  alertsPage,
  alertsQuery,
  edgesPage,
  edgesQuery,
  errorSchema,
  eventsPage,
  explainSchema,
  quarantinePage,
  quarantineQuery,
  sourcesQuery,
  sourcesReply,
  streamQuery,
} from '../../schemas/api/queries.ts'
import { scope as scopeMembers } from '../../schemas/api/query-values.ts'
import { closeBodySchema, edgeBodySchema } from '../../schemas/decision.ts'
import { exercisePaths } from './openapi-exercises.ts'

type Json = Readonly<Record<string, unknown>>

const schemaOf = (schema: z.ZodType): Json =>
  withoutDialect(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }))
const inputOf = (schema: z.ZodType): Json =>
  withoutDialect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))

function withoutDialect({ $schema: _, ...schema }: Record<string, unknown>): Json {
  return schema
}

function parametersOf(query: z.ZodType): readonly Json[] {
  const { properties = {} } = inputOf(query) as { properties?: Record<string, Record<string, unknown>> } // an object schema
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }))
}

const json = (schema: z.ZodType, description: string): Json => ({
  description,
  content: { 'application/json': { schema: schemaOf(schema) } },
})
const failures: Json = {
  400: json(errorSchema, 'A parameter is wrong.'),
  401: json(errorSchema, 'A token is required.'),
  503: json(errorSchema, 'The store does not answer now.'),
}

const list = (summary: string, query: z.ZodType, page: z.ZodType): Json => ({
  get: { summary, parameters: parametersOf(query), responses: { 200: json(page, 'A page.'), ...failures } },
})

const ask = (summary: string, query: z.ZodType, reply: z.ZodType): Json => ({
  get: { summary, parameters: parametersOf(query), responses: { 200: json(reply, 'What was found.'), ...failures } },
})

/** The token stands in the body, never in the address. */
const tokensPath: Json = {
  post: {
    summary: 'Where a token was seen; it is turned into references, and neither stored nor logged',
    parameters: parametersOf(z.strictObject(scopeMembers)),
    requestBody: { required: true, content: { 'text/plain': { schema: { type: 'string', maxLength: 65_536 } } } },
    responses: { 200: json(tokenReply, 'Where it was seen; `events` is 0 where nowhere.'), ...failures },
  },
}

const idParameter: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
const one = (summary: string, schema: z.ZodType): Json => ({
  get: {
    summary,
    parameters: [idParameter],
    responses: { 200: json(schema, 'It.'), 404: json(errorSchema, 'There is none.'), ...failures },
  },
})

const decide = (summary: string, body: z.ZodType, reply: z.ZodType, parameters: readonly Json[] = []): Json => ({
  post: {
    summary,
    parameters,
    requestBody: { required: true, content: { 'application/json': { schema: inputOf(body) } } },
    responses: {
      200: json(reply, 'Durable.'),
      404: json(errorSchema, 'There is none.'),
      413: json(errorSchema, 'The body is too large.'),
      415: json(errorSchema, 'The body is no JSON.'),
      ...failures,
    },
  },
})
const scope = parametersOf(scopeQuery)

const received = z.strictObject({
  accepted: z.int(),
  coordinate: z.strictObject({ topic: z.string(), incarnation: z.string(), partition: z.int(), offset: z.int() }),
  warnings: z.array(z.string()),
})

const ready = z.strictObject({
  ready: z.boolean(),
  roles: z
    .array(z.string())
    .optional()
    .meta({ description: 'Of a process that shares the work with others; left out by one that does all of it.' }),
  checks: z.array(z.strictObject({ name: z.string(), ready: z.boolean(), detail: z.string() })),
  abstentions: z
    .array(
      z.strictObject({
        detector: z.string(),
        format: z.string().meta({ description: 'Empty together with `source`: nothing that concerns it has arrived.' }),
        source: z.string(),
        seen: z.int(),
        missing: z.array(
          z.strictObject({
            need: z.string(),
            hint: z.string(),
            essential: z.boolean().meta({ description: 'Without it the detector cannot fire at all.' }),
          }),
        ),
      }),
    )
    .optional()
    .meta({ description: 'Left out by a process that does not look at what arrives.' }),
  notes: z.array(z.string()),
})

export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'eastwest',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Security observability for east-west traffic.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { token: [] }],
    paths: {
      '/v1/events': {
        post: {
          summary: 'Take records: text lines, NDJSON, a JSON array or one JSON object, plain or gzip',
          parameters: [
            {
              name: 'format',
              in: 'query',
              description: 'Id of a decoder, or auto.',
              schema: { type: 'string', default: 'auto' },
            },
            {
              name: 'source',
              in: 'query',
              description: 'Name of the sender.',
              schema: { type: 'string', default: 'http' },
            },
          ],
          requestBody: {
            required: true,
            content: {
              'text/plain': { schema: { type: 'string' } },
              'application/x-ndjson': { schema: { type: 'string' } },
              'application/json': { schema: {} },
            },
          },
          responses: {
            200: json(received, 'Durable.'),
            413: json(errorSchema, 'Over a limit.'),
            429: json(errorSchema, 'Send later.'),
            ...failures,
          },
        },
      },
      '/v1/opa/logs': {
        post: {
          summary: 'Take a chunk of OPA decisions; `/v1/opa/logs/{partition}` names its source',
          parameters: [{ name: 'source', in: 'query', schema: { type: 'string', default: 'opa' } }],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'array' } } } },
          responses: {
            200: json(received, 'Durable; a decision that is no good is in quarantine.'),
            413: json(errorSchema, 'Over a limit.'),
            429: json(errorSchema, 'Send later.'),
            ...failures,
          },
        },
      },
      '/api/alerts': list('Alerts, newest first', alertsQuery, alertsPage),
      '/api/alerts/{id}': one('One alert', alertSchema),
      '/api/alerts/{id}/explain': one('Why an alert fired', explainSchema),
      '/api/alerts/{id}/close': decide('Close an alert, with what it was', closeBodySchema, closeReply, [
        idParameter,
        ...scope,
      ]),
      '/api/events': list('Events, newest first', eventsQuery, eventsPage),
      '/api/timeline': ask(
        'What all sources tell of one user, session, token, trace or request, in order of time',
        timelineQuery,
        timelineReply,
      ),
      '/api/why-not': ask('What each detector made of an event, request or trace', whyNotQuery, whyNotReply),
      '/api/tokens/find': tokensPath,
      '/api/quarantine': list('What could not be read', quarantineQuery, quarantinePage),
      '/api/edges': list('Who calls whom', edgesQuery, edgesPage),
      '/api/sources': ask('What arrived, by source and format', sourcesQuery, sourcesReply),
      '/api/edges/accept': decide('Accept a caller of a service: it is then known', edgeBodySchema, edgeReply, scope),
      '/api/edges/deny': decide(
        'Deny a caller of a service: its calls are then alerts',
        edgeBodySchema,
        edgeReply,
        scope,
      ),
      '/api/exceptions': {
        get: { summary: 'What exceptions ate', responses: { 200: json(exceptionsReply, 'All of them.'), ...failures } },
      },
      '/api/config/reload': decide('Read the settings again, all or nothing', reloadBody, reloadReply),
      ...exercisePaths({ json, decide, idParameter, failures }),
      '/api/stream': {
        get: {
          summary: 'Alert revisions as server-sent events; the header Last-Event-ID resumes',
          parameters: parametersOf(streamQuery),
          responses: {
            200: {
              description: 'An endless stream.',
              content: { 'text/event-stream': { schema: { type: 'string' } } },
            },
          },
        },
      },
      '/livez': { get: { summary: 'Alive', responses: { 200: { description: 'Alive.' } } } },
      '/readyz': {
        get: {
          summary: 'Ready',
          parameters: [{ name: 'verbose', in: 'query', schema: { type: 'string' } }],
          responses: { 200: json(ready, 'Ready.'), 503: json(ready, 'Not ready.') },
        },
      },
      '/metrics': { get: { summary: 'Prometheus metrics', responses: { 200: { description: 'Text format.' } } } },
    },
  }
}
