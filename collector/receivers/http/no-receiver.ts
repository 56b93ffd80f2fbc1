// In place of the receivers, where a process takes no records: says so, and who does.

import type { RequestHandler } from 'express'
import { answerOtlpRefusal, isExportPath } from '../otlp/http-routes.ts'
import { type Refusal, refusalBody } from './refusal.ts'

export interface NoReceiver {
  readonly events: RequestHandler
  readonly opa: RequestHandler
  readonly otlp: RequestHandler
}

/** @param roles that the process has */
export function openNoReceiver(roles: readonly string[], scrubText: (text: string) => string): NoReceiver {
  const refusal: Refusal = {
    status: 404,
    code: 'no-receiver',
    message: `this process takes no records: its roles are ${roles.join(', ')}`,
    hint: 'send them to a process with the role receive',
    setting: '',
  }
  const refuse: RequestHandler = (request, response) => {
    response.status(refusal.status).json(refusalBody(refusal))
    request.resume()
  }
  return {
    events: refuse,
    opa: refuse,
    otlp: (request, response, next) => {
      if (isExportPath(request.path)) answerOtlpRefusal(request, response, refusal, scrubText)
      else next()
    },
  }
}
