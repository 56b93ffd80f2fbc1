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
  abstentions: z.array(
    z.object({
      detector: z.string(),
      format: z.string(),
      source: z.string(),
      seen: z.number(),
      missing: z.array(z.object({ need: z.string(), hint: z.string(), essential: z.boolean() })),
    }),
  ),
  notes: z.array(z.string()),
})
const testReply = z.object({ delivered: z.boolean(), detail: z.string() })

export type ReadyReply = z.infer<typeof readyReply>
export type ExplainReply = z.infer<typeof explainReply>

export interface ApiClient {
  alerts(
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly alerts: readonly Alert[]; readonly next?: string | undefined }>
  alert(id: string): Promise<Alert>
  explain(id: string): Promise<ExplainReply>
  ready(): Promise<ReadyReply>
  timeline(query: Readonly<Record<string, string | readonly string[]>>): Promise<TimelineReply>
  /** The token travels in the body alone, over TLS or within this machine. */
  findToken(token: string): Promise<TokenReply>
  whyNot(query: Readonly<Record<string, string>>): Promise<WhyNotReply>
  testChannel(name: string): Promise<{ readonly delivered: boolean; readonly detail: string }>
}

export function openApiClient(address: ApiAddress): ApiClient {
  const ask = async <Schema extends z.ZodType>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    accepted: readonly number[] = [200],
    text?: string,
  ): Promise<z.output<Schema>> => {
    const headers = address.token === undefined ? {} : { Authorization: `Bearer ${address.token}` }
    let reply: Response
    try {
      reply = await fetch(new URL(path, address.url), {
        method,
        headers: { ...headers, ...(text === undefined ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }) },
        signal: AbortSignal.timeout(timeoutMs),
        // A token goes to the collector that was named, and nowhere else.
        ...(text === undefined ? {} : { body: text, redirect: 'error' }),
      })
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
    alert: (id) => ask('GET', `/api/alerts/${encodeURIComponent(id)}`, alertSchema),
    explain: (id) => ask('GET', `/api/alerts/${encodeURIComponent(id)}/explain`, explainReply),
    timeline: (query) => ask('GET', `/api/timeline?${searchOf(query)}`, timelineReply),
    findToken: async (token) => {
      refuseClearText(address.url)
      return ask('POST', '/api/tokens/find', tokenReply, [200], token)
    },
    whyNot: (query) => ask('GET', `/api/why-not?${new URLSearchParams(query)}`, whyNotReply),
    ready: () => ask('GET', '/readyz?verbose', readyReply, [200, 503]),
    testChannel: (name) => ask('POST', `/api/channels/${encodeURIComponent(name)}/test`, testReply),
  }
}

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
