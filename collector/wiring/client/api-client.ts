// Asks a running collector over its API: what the commands that look at one use.

import { z } from 'zod'
import { type Alert, alertSchema } from '../../../schemas/alerts.ts'
import {
  type TimelineReply,
  type TokenReply,
  timelineReply,
  tokenReply,
  type WhyNotReply,
  whyNotReply,
} from '../../../schemas/api/asking.ts'
import {
  closeReply,
  type ExceptionsReply,
  edgeReply,
  exceptionsReply,
  type ReloadReply,
  reloadReply,
} from '../../../schemas/api/decisions.ts'
import { runStarted } from '../../../schemas/api/exercises.ts'
import { type Edge, edgeSchema } from '../../../schemas/api/queries.ts'
import type { closeBodySchema, edgeBodySchema } from '../../../schemas/decision.ts'
import { type ExerciseRun, exerciseRunSchema, type RunRequest } from '../../../schemas/exercises/run.ts'
import { isLoopback } from '../../receivers/http/guard.ts'

export interface ApiAddress {
  /** `http://127.0.0.1:8484`. */
  readonly url: string
  readonly token?: string | undefined
}

export class ApiError extends Error {
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.code = code
    this.retryable = retryable
  }
}

const timeoutMs = 35_000
const failure = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) })
const alertsReply = z.object({ alerts: z.array(alertSchema), next: z.string().optional() })
const explainReply = z.object({
  alert: alertSchema,
  events: z.array(z.record(z.string(), z.unknown())),
  text: z.string(),
})
const readyReply = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ready: z.boolean(), detail: z.string() })),
  abstentions: z
    .array(
      z.object({
        detector: z.string(),
        format: z.string(),
        source: z.string(),
        seen: z.number(),
        missing: z.array(z.object({ need: z.string(), hint: z.string(), essential: z.boolean() })),
      }),
    )
    .optional(),
  notes: z.array(z.string()),
})
const edgesReply = z.object({ edges: z.array(edgeSchema), next: z.string().optional() })
const eventsReply = z.object({ events: z.array(z.record(z.string(), z.unknown())), next: z.string().optional() })
const testReply = z.object({ delivered: z.boolean(), detail: z.string() })

export type ReadyReply = z.infer<typeof readyReply>
export type ExplainReply = z.infer<typeof explainReply>

export interface ApiClient {
  alerts(
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly alerts: readonly Alert[]; readonly next?: string | undefined }>
  /** `scope`: `tenant` and `realm`, as far as they are not those of the settings and of reality. */
  alert(id: string, scope: Query): Promise<Alert>
  explain(id: string, scope: Query): Promise<ExplainReply>
  ready(): Promise<ReadyReply>
  timeline(query: Readonly<Record<string, string | readonly string[]>>): Promise<TimelineReply>
  /** The token travels in the body alone, over TLS or within this machine. */
  findToken(token: string): Promise<TokenReply>
  whyNot(query: Readonly<Record<string, string>>): Promise<WhyNotReply>
  testChannel(name: string): Promise<{ readonly delivered: boolean; readonly detail: string }>
  closeAlert(id: string, body: z.infer<typeof closeBodySchema>, scope: Query): Promise<z.infer<typeof closeReply>>
  edges(query: Query): Promise<{ readonly edges: readonly Edge[]; readonly next?: string | undefined }>
  decideEdge(verdict: 'accept' | 'deny', body: z.infer<typeof edgeBodySchema>): Promise<z.infer<typeof edgeReply>>
  exceptions(): Promise<ExceptionsReply>
  reload(body: { readonly by: string; readonly note: string }): Promise<ReloadReply>
  startExercise(id: string, request: RunRequest): Promise<z.infer<typeof runStarted>>
  exerciseRun(run: string): Promise<ExerciseRun>
  /** Newest first, as the API shows them. */
  events(query: Query): Promise<z.infer<typeof eventsReply>>
}

type Query = Readonly<Record<string, string>>

export function openApiClient(address: ApiAddress): ApiClient {
  const ask = async <Schema extends z.ZodType>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    { accepted = [200], body: sent }: { readonly accepted?: readonly number[]; readonly body?: object | string } = {},
  ): Promise<z.output<Schema>> => {
    const headers = {
      ...(address.token === undefined ? {} : { Authorization: `Bearer ${address.token}` }),
      ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
    }
    const signal = AbortSignal.timeout(timeoutMs)
    let reply: Response
    try {
      // What is said to the collector that was named goes nowhere else.
      const redirect = sent === undefined ? 'follow' : 'error'
      const body = sent === undefined ? null : typeof sent === 'string' ? sent : JSON.stringify(sent)
      reply = await fetch(new URL(path, address.url), { method, headers, signal, body, redirect })
    } catch (cause) {
      throw new ApiError(
        'ERR_NO_COLLECTOR',
        `no collector answers at ${address.url}: start one with "eastwest run", or name it with --url`,
        true,
        { cause },
      )
    }
    const body: unknown = await reply.json().catch(() => undefined)
    if (!accepted.includes(reply.status)) {
      const told = failure.safeParse(body)
      const { code, message, hint } = told.success
        ? told.data.error
        : { code: 'ERR_API', message: `the collector answered ${reply.status}`, hint: '' }
      throw new ApiError(code, hint === '' ? message : `${message}: ${hint}`, reply.status >= 500)
    }
    return schema.parse(body)
  }
  return {
    alerts: (query) => ask('GET', `/api/alerts?${new URLSearchParams(query)}`, alertsReply),
    alert: (id, scope) => ask('GET', `${alertPath(id)}?${new URLSearchParams(scope)}`, alertSchema),
    explain: (id, scope) => ask('GET', `${alertPath(id)}/explain?${new URLSearchParams(scope)}`, explainReply),
    timeline: (query) => ask('GET', `/api/timeline?${searchOf(query)}`, timelineReply),
    findToken: async (token) => {
      refuseClearText(address.url)
      return ask('POST', '/api/tokens/find', tokenReply, { body: token })
    },
    whyNot: (query) => ask('GET', `/api/why-not?${new URLSearchParams(query)}`, whyNotReply),
    ready: () => ask('GET', '/readyz?verbose', readyReply, { accepted: [200, 503] }),
    testChannel: (name) => ask('POST', `/api/channels/${encodeURIComponent(name)}/test`, testReply),
    closeAlert: (id, body, scope) =>
      ask('POST', `${alertPath(id)}/close?${new URLSearchParams(scope)}`, closeReply, { body }),
    edges: (query) => ask('GET', `/api/edges?${new URLSearchParams(query)}`, edgesReply),
    decideEdge: (verdict, body) => ask('POST', `/api/edges/${verdict}`, edgeReply, { body }),
    exceptions: () => ask('GET', '/api/exceptions', exceptionsReply),
    reload: (body) => ask('POST', '/api/config/reload', reloadReply, { body }),
    startExercise: (id, body) => ask('POST', `/api/exercises/${encodeURIComponent(id)}/runs`, runStarted, { body }),
    exerciseRun: (run) => ask('GET', `/api/exercises/runs/${encodeURIComponent(run)}`, exerciseRunSchema),
    events: (query) => ask('GET', `/api/events?${new URLSearchParams(query)}`, eventsReply),
  }
}

const alertPath = (id: string): string => `/api/alerts/${encodeURIComponent(id)}`

/** Repeats the name for each value of a list. */
function searchOf(query: Readonly<Record<string, string | readonly string[]>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      (typeof value === 'string' ? [value] : value).map((each): [string, string] => [name, each]),
    ),
  )
}

/** @throws ApiError where a token would cross a network for everybody to read */
function refuseClearText(url: string): void {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLoopback(hostname)) return
  throw new ApiError(
    'ERR_CLEAR_TEXT',
    `will not send a token in clear text to "${hostname}": name the collector by https, or ask beside it`,
    false,
  )
}
