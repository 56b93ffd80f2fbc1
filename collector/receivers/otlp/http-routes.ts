// OTLP/HTTP: POST /v1/traces, /v1/logs and /v1/metrics in protobuf or JSON, plain or gzip.

import { type Request, type RequestHandler, type Response, Router } from 'express'
import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import { exportPaths } from '../../../schemas/otlp/services.ts'
import { refusalOf } from '../http/events-route.ts'
import { joined, readBody } from '../http/read-body.ts'
import { type Refusal, refuse } from '../http/refusal.ts'
import type { HttpReceiverSettings } from '../http/settings.ts'
import { contentTypes, type Encoding, exportReply, statusReply } from './export-reply.ts'
import { metricsReply } from './metrics-reply.ts'
import { type TakeExportOptions, takeExport } from './take-export.ts'

export interface HttpRoutesOptions extends TakeExportOptions {
  readonly settings: HttpReceiverSettings
  /** Told of each request that brings metrics. */
  readonly onMetrics: () => void
}

export function otlpRoutes(options: HttpRoutesOptions): RequestHandler {
  const router = Router()
  router.post(exportPaths.traces, exportRoute(traces, options))
  router.post(exportPaths.logs, exportRoute(logs, options))
  router.post(exportPaths.metrics, (request, response) => {
    options.onMetrics()
    const encoding = encodingOf(request) ?? 'json'
    answer(response, 200, encoding, exportReply(encoding, 'rejectedDataPoints', metricsReply))
    request.resume()
  })
  router.all(Object.values(exportPaths), (request, response) => turnAway(request, response, wrongMethod, options))
  return router
}

/** Whether what asks there is an exporter, which reads `google.rpc.Status` only. */
export function isExportPath(path: string): boolean {
  return Object.values<string>(exportPaths).includes(path)
}

function exportRoute(signal: Signal, options: HttpRoutesOptions): RequestHandler {
  return (request, response) => {
    const share = options.gauge.open()
    receive(request, signal, options, share)
      .then(({ encoding, reply }) => answer(response, 200, encoding, reply))
      .catch((cause: unknown) => turnAway(request, response, refusalOf(cause), options))
      .finally(() => share.release())
  }
}

async function receive(
  request: Request,
  signal: Signal,
  options: HttpRoutesOptions,
  share: Parameters<typeof readBody>[2],
): Promise<{ readonly encoding: Encoding; readonly reply: Buffer }> {
  const pressure = await options.pressure()
  if (pressure !== undefined) refuse(pressure)
  const encoding = encodingOf(request) ?? refuse(wrongType(request))
  const body = await options.turns(joined(await readBody(request, options.settings, share)))
  const { source } = request.query
  const partial = await takeExport(
    body,
    { signal, encoding, receiver: 'otlp-http', source: typeof source === 'string' && source !== '' ? source : 'otlp' },
    options,
  )
  return { encoding, reply: exportReply(encoding, signal.rejected, partial) }
}

function turnAway(request: Request, response: Response, refusal: Refusal, options: HttpRoutesOptions): void {
  options.onRefused(refusal.code)
  answerOtlpRefusal(request, response, refusal, (text) => options.scrubber.scrubText(text))
}

/** Answers in the content type of the request where it is one of ours, and lets the rest of its body go by. */
export function answerOtlpRefusal(
  request: Request,
  response: Response,
  refusal: Refusal,
  scrubText: (text: string) => string,
): void {
  if (response.headersSent || response.destroyed) return
  if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(refusal.retryAfterSeconds))
  const encoding = encodingOf(request) ?? 'json'
  // What is refused may be quoted, and may be anything.
  const said = { ...refusal, message: scrubText(refusal.message) }
  // Exporters send 503 again and give up on 507.
  answer(response, refusal.status === 507 ? 503 : refusal.status, encoding, statusReply(encoding, said))
  request.resume()
}

function answer(response: Response, status: number, encoding: Encoding, body: Buffer): void {
  if (response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', contentTypes[encoding])
  response.setHeader('Content-Length', body.length)
  response.end(body)
}

function encodingOf(request: Request): Encoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf'
  return type === 'application/json' ? 'json' : undefined
}

function wrongType(request: Request): Refusal {
  return {
    status: 415,
    code: 'content-type',
    message: `content type "${(request.headers['content-type'] ?? '').slice(0, 60)}" is not read`,
    hint: 'send OTLP as application/x-protobuf or application/json',
    setting: '',
  }
}

const wrongMethod: Refusal = {
  status: 405,
  code: 'method',
  message: 'telemetry is sent here with POST',
  hint: 'point the exporter at this address without a path',
  setting: '',
}
