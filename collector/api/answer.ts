// Turns what a route promises into a reply: bad queries into 400, an outage into 503, a bug into a crash.

import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'

/** What a caller did wrong. */
export class BadQuery extends Error {
  readonly status: 400 | 404 | 409 | 413 | 415
  readonly code: string
  readonly hint: string

  constructor(status: BadQuery['status'], code: string, message: string, hint: string) {
    super(message)
    this.name = 'BadQuery'
    this.status = status
    this.code = code
    this.hint = hint
  }
}

/** Wraps a route that resolves with the JSON to send. */
export function answer(route: (request: Request) => Promise<unknown>): RequestHandler {
  return (request, response) => {
    route(request).then(
      (body) => response.json(body),
      (cause: unknown) => answerFailure(response, cause),
    )
  }
}

/** The same for a text of its own type; a failure is JSON here too. */
export function answerText(type: string, route: (request: Request) => Promise<string>): RequestHandler {
  return (request, response) => {
    route(request).then(
      (text) => response.type(type).send(text),
      (cause: unknown) => answerFailure(response, cause),
    )
  }
}

function answerFailure(response: Response, cause: unknown): void {
  if (cause instanceof BadQuery) {
    response.status(cause.status).json({ error: { code: cause.code, message: cause.message, hint: cause.hint } })
    return
  }
  if (cause instanceof Error && 'retryable' in cause && 'code' in cause) {
    response.setHeader('Retry-After', '5')
    response.status(503).json({
      error: {
        code: String(cause.code),
        message: cause.name === 'LogError' ? 'the log takes no records now' : 'the store does not answer now',
        hint: 'see /readyz?verbose, and ask again',
      },
    })
    return
  }
  // A bug: it must not hide behind a status code.
  queueMicrotask(() => {
    throw cause
  })
}

/** The query string as `schema` reads it. @throws BadQuery that tells all its problems at once */
export type ReadQuery = <Schema extends z.ZodType>(schema: Schema, request: Request) => z.output<Schema>

/** @param given values of parameters that a query does not name */
export function queryReader(given: Readonly<Record<string, string>>): ReadQuery {
  return (schema, request) => {
    const parsed = schema.safeParse({ ...given, ...request.query })
    if (parsed.success) return parsed.data
    const problems = parsed.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `"${issue.path.join('.')}": ${issue.message}`,
    )
    throw new BadQuery(400, 'bad-query', problems.join('; '), 'the parameters are listed in /api/openapi.json')
  }
}
