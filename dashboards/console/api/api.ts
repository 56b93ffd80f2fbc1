// The console's way to the API: questions with the token where one is needed, and refusals as errors with a hint.

/** What the API refused, in its own words. */
export class Refused extends Error {
  /** 0: nobody answered. */
  readonly status: number
  readonly code: string
  readonly hint: string

  constructor(status: number, code: string, message: string, hint: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
    this.code = code
    this.hint = hint
  }
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Api {
  /** @throws Refused */
  get<Reply>(path: string, query?: Query, signal?: AbortSignal): Promise<Reply>
  /** @throws Refused */
  post<Reply>(path: string, body: unknown, query?: Query): Promise<Reply>
  /** Sends records, as sources do. @throws Refused */
  send(lines: string, source: string): Promise<void>
  /** The reply's body as it comes. @throws Refused */
  open(path: string, query: Query, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response>
  text(path: string, signal?: AbortSignal): Promise<string>
  /** Somebody gave a token: a link of the browser's own would be refused. */
  isSignedIn(): boolean
}

export interface ApiOptions {
  /** Base of all addresses: where the page came from. */
  readonly base: string
  readonly fetch: typeof fetch
  /** Resolves with the header to send, undefined where none is needed. */
  readonly authorization: () => string | undefined
  /** A token is asked for: resolves once there is one to try, or rejects with the refusal. */
  readonly onTokenAsked: (refusal: Refused) => Promise<void>
}

const longestMs = 30_000

export function openApi({ base, fetch, authorization, onTokenAsked }: ApiOptions): Api {
  const call = async (path: string, query: Query, request: RequestInit): Promise<Response> => {
    const token = authorization()
    const headers = { ...request.headers, ...(token === undefined ? {} : { Authorization: token }) }
    let reply: Response
    try {
      reply = await fetch(addressOf(base, path, query), { ...request, headers, cache: 'no-store', redirect: 'error' })
    } catch (cause) {
      if (request.signal?.aborted === true) throw cause
      throw new Refused(0, 'no-answer', 'the collector does not answer', 'see whether it still runs')
    }
    // Not ready is an answer, too: it says what does not work.
    if (reply.ok || (path === 'readyz' && reply.status === 503)) return reply
    const refusal = await refusalOf(reply)
    if (reply.status !== 401) throw refusal
    // Somebody else may have asked meanwhile.
    if (authorization() === token) await onTokenAsked(refusal)
    return call(path, query, request)
  }
  const bounded = (signal: AbortSignal | undefined): AbortSignal =>
    AbortSignal.any([AbortSignal.timeout(longestMs), ...(signal === undefined ? [] : [signal])])
  return {
    // The API's own schemas say what the replies are; the types are made of the same.
    get: async (path, query = {}, signal) => (await call(path, query, { signal: bounded(signal) })).json(),
    post: async (path, body, query = {}) =>
      (
        await call(path, query, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
          signal: bounded(undefined),
        })
      ).json(),
    send: async (lines, source) => {
      const headers = { 'Content-Type': 'text/plain' }
      await call('v1/events', { source }, { method: 'POST', headers, body: lines, signal: bounded(undefined) })
    },
    open: (path, query, headers, signal) => call(path, query, { headers, signal }),
    text: async (path, signal) => (await call(path, {}, { signal: bounded(signal) })).text(),
    isSignedIn: () => authorization() !== undefined,
  }
}

/** Relative to the page, so that it also works behind a proxy that puts it in a folder. */
export function addressOf(base: string, path: string, query: Query): string {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== '') url.searchParams.append(name, String(each))
  return url.href
}

async function refusalOf(reply: Response): Promise<Refused> {
  const body: unknown = await reply.json().catch(() => undefined)
  const { error } = (body ?? {}) as { error?: { code?: string; message?: string; hint?: string } } // the API's form of refusals
  return new Refused(
    reply.status,
    error?.code ?? 'refused',
    error?.message ?? `it answered ${reply.status}`,
    error?.hint ?? '',
  )
}
