// POST /v1/events, and whatever else takes records over HTTP: bytes in, durable records in the log, and only then 200.

import type { Request, RequestHandler, Response } from 'express'
import type { Coordinate, Log } from '../../log/log.ts'
import { LogError } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { logChunks } from '../log-chunks.ts'
import type { MemoryGauge } from './memory-gauge.ts'
import { joined, readBody } from './read-body.ts'
import { type Refusal, RefusedRequest, refusalBody, refuse } from './refusal.ts'
import type { HttpReceiverSettings } from './settings.ts'
import { splitRecords, type WhenUnfit } from './split-records.ts'

export interface EventsRouteOptions {
  readonly settings: HttpReceiverSettings
  /** Deepest JSON, as decoders hold it. */
  readonly depth: number
  readonly log: Log
  readonly scrubber: Scrubber
  readonly gauge: MemoryGauge
  /** Ids that `?format=` may name. */
  readonly formats: readonly string[]
  /** Why nothing can be taken just now, or undefined. May take a while to answer, for it may pass. */
  readonly pressure: () => Promise<Refusal | undefined>
  /** True for one line that holds several records whose line breaks were lost. */
  readonly looksGlued: (lines: Uint8Array) => boolean
  /** Said of what was taken: format not recognised, source ahead of time. */
  readonly warningsOf: (lines: Uint8Array, format: string, source: string, appendedAt: number) => readonly string[]
  /** Runs what takes long in turns with everything else. */
  readonly turns: <Result>(steps: Steps<Result>) => Promise<Result>
  readonly onReceived: (records: number, bytes: number, tookMs: number) => void
  readonly onRefused: (code: string) => void
  readonly now: () => number
}

export interface EventsReply {
  readonly accepted: number
  /** Coordinate of the last log record of the request: everything up to it is durable. */
  readonly coordinate: Coordinate
  readonly warnings: readonly string[]
}

/** Content types whose body is taken; what `curl -d` sends by itself is taken as text. */
const jsonTypes = new Set(['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'])
const lineTypes = new Set([
  '',
  'text/plain',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
])

/** What a request says of its records, before any of its body is read. */
export interface PostedRecords {
  readonly format: string
  readonly source: string
  /** Which receiver took them, for the header of that name. */
  readonly receiver: string
  /** The sender says that the body is JSON. */
  readonly isJson: boolean
  readonly whenUnfit: WhenUnfit
}

export function eventsRoute(options: EventsRouteOptions): RequestHandler {
  return recordsRoute(options, (request) => postedEvents(request, options))
}

/** A route that takes records; `describe` may refuse. */
export function recordsRoute(
  options: EventsRouteOptions,
  describe: (request: Request) => PostedRecords,
): RequestHandler {
  return (request, response) => {
    const share = options.gauge.open()
    const startedAt = options.now()
    receive(request, describe, options, share)
      .then(({ reply, bytes }) => {
        options.onReceived(reply.accepted, bytes, options.now() - startedAt)
        response.status(200).json(reply)
      })
      .catch((cause: unknown) => answerRefusal(request, response, refusalOf(cause), options.onRefused))
      .finally(() => share.release())
  }
}

async function receive(
  request: Request,
  describe: (request: Request) => PostedRecords,
  options: EventsRouteOptions,
  share: ReturnType<MemoryGauge['open']>,
): Promise<{ reply: EventsReply; bytes: number }> {
  const pressure = await options.pressure()
  if (pressure !== undefined) refuse(pressure)
  if (request.query.realm !== undefined) refuse(realmNotYours)
  const { format, source, receiver, isJson, whenUnfit } = describe(request)
  const body = await options.turns(joined(await readBody(request, options.settings, share)))
  const limits = { ...options.settings, depth: options.depth }
  const { bytes, count } = await options.turns(splitRecords(body, isJson, limits, whenUnfit))
  if (options.looksGlued(bytes)) refuse(gluedRecords)
  const scrubbed = await options.turns(options.scrubber.steps(bytes))
  const headers = { format, source: options.scrubber.scrubText(source).slice(0, 200), receiver }
  const receipts = await options.log.append('ingest', logChunks(scrubbed, headers))
  const last = receipts.at(-1)
  if (last === undefined) throw new RangeError('an append of records gave no receipt')
  const reply = {
    accepted: count,
    coordinate: last.coordinate,
    warnings: options.warningsOf(scrubbed, format, headers.source, last.appendedAt),
  }
  return { reply, bytes: body.length }
}

function postedEvents(request: Request, { formats, scrubber }: EventsRouteOptions): PostedRecords {
  const isJson = contentIsJson(request)
  const format = oneOf(request, 'format', 'auto')
  if (format !== 'auto' && !formats.includes(format)) refuse(unknownFormat(scrubber.scrubText(format), formats))
  return { format, source: oneOf(request, 'source', 'http'), receiver: 'http', isJson, whenUnfit: 'refuse' }
}

export function contentIsJson(request: Request): boolean {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (jsonTypes.has(type)) return true
  if (lineTypes.has(type)) return false
  return refuse({
    status: 415,
    code: 'content-type',
    message: `content type "${type.slice(0, 60)}" is not read`,
    hint: 'send text lines as text/plain, NDJSON as application/x-ndjson, or JSON as application/json',
    setting: '',
  })
}

/** A parameter of the address that is given once. */
export function oneOf(request: Request, name: string, fallback: string): string {
  const value = request.query[name]
  return typeof value === 'string' && value !== '' ? value : fallback
}

function unknownFormat(format: string, known: readonly string[]): Refusal {
  return {
    status: 400,
    code: 'unknown-format',
    message: `no decoder is called "${format.slice(0, 60)}"`,
    hint: `use auto or one of: ${known.join(', ')}`,
    setting: '',
  }
}

const realmNotYours: Refusal = {
  status: 400,
  code: 'realm-not-yours',
  message: 'what is sent is taken for real: a sender cannot choose a "realm"',
  hint: 'leave it out; exercises are run by the collector itself: POST /api/exercises/{id}/runs',
  setting: '',
}

const gluedRecords: Refusal = {
  status: 400,
  code: 'glued-records',
  message: 'the body holds several records on one line: the line breaks between them were lost',
  hint: 'curl -d strips line breaks from a file: use --data-binary',
  setting: '',
}

/** What the sender is told; an unknown failure is a bug and goes on being one. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof RefusedRequest) return cause.refusal
  if (cause instanceof LogError && cause.code === 'ERR_LOG_RECORD_TOO_LARGE') {
    return {
      status: 413,
      code: cause.code,
      message: `the log does not take records of that size: ${cause.message}`,
      hint: 'nothing of the body was taken; send shorter records, or fewer in one request',
      setting: '',
    }
  }
  if (cause instanceof LogError) {
    return {
      status: cause.code === 'ERR_LOG_DISK_FULL' ? 507 : 503,
      code: cause.code,
      message: `the log cannot take records now: ${cause.message}`,
      hint: 'nothing of the body was taken; send it again after the time in Retry-After',
      setting: '',
      retryAfterSeconds: 5,
    }
  }
  if (
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'ECONNRESET' || cause.code === 'ERR_STREAM_PREMATURE_CLOSE')
  ) {
    return { status: 400, code: 'aborted', message: 'the sender went away', hint: 'nothing was taken', setting: '' }
  }
  throw cause
}

/** Answers, and lets the rest of an unread body go by instead of resetting the connection. */
export function answerRefusal(
  request: Request,
  response: Response,
  refusal: Refusal,
  onRefused: (code: string) => void,
): void {
  onRefused(refusal.code)
  if (response.headersSent || response.destroyed) return
  if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(refusal.retryAfterSeconds))
  response.status(refusal.status).json(refusalBody(refusal))
  // A sender that is cut off while it sends may never read why: the server closes what goes on for too long.
  request.resume()
}
