// Answers the HTTP interface of ClickHouse on a loopback port.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { authenticate } from './authentication.ts'
import { openLane } from './bounded-lane.ts'
import { epochOf } from './claim.ts'
import { ClickHouseException, refusal } from './exception.ts'
import { formBoundary, readForm } from './form-body.ts'
import { refuseForeign } from './loopback-only.ts'
import type { Accounts } from './passwords.ts'
import { addParameter, type QueryRequest, readQueryRequest } from './query-request.ts'
import { sendException, sendOutcome, sendText, setCommonHeaders } from './reply.ts'
import { bodyOf, wholeBody } from './request-body.ts'
import { runQuery, type Store } from './run-query.ts'
import { readSource } from './sql-source.ts'

export interface HttpInterfaceOptions {
  readonly store: Store
  readonly accounts: Accounts
  /** Version of the engine, for error texts. */
  readonly version: string
  readonly maxSqlBytes: number
  /** Monotone clock. Unit: ms. */
  readonly now: () => number
  readonly newQueryId: () => string
  /** The engine has shut itself down after a fault; the process must end. */
  readonly onFatal: (cause: ClickHouseException) => void
}

/** ClickHouse's own bound of a URI. */
const maxHeaderBytes = 1024 * 1024
/** Requests being answered, results on their way to slow clients included. */
const maxRequests = 128

export interface HttpInterface {
  readonly listener: Server
  /** Resolves when no request is being answered. */
  readonly idle: () => Promise<void>
}

export function createHttpInterface(options: HttpInterfaceOptions): HttpInterface {
  const answering = new Set<Promise<void>>()
  const admission = openLane({ width: maxRequests, maxWaiting: 0 })
  const { signal } = new AbortController()
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    const queryId = options.newQueryId()
    setCommonHeaders(response, queryId)
    const answered = admission
      .run(() => answer(options, server, request, response, queryId), signal)
      .catch((cause: unknown) => {
        sendException(response, cause, options.version)
        // A refused body is read to its end, within the request's time, so that the client gets to read the refusal.
        request.resume()
        if (cause instanceof ClickHouseException && isFatal(cause)) options.onFatal(cause)
      })
    answering.add(answered)
    void answered.then(() => answering.delete(answered))
  })
  server.maxConnections = 256
  server.headersTimeout = 10_000
  server.requestTimeout = 120_000
  server.keepAliveTimeout = 10_000
  return {
    listener: server,
    idle: async () => {
      while (answering.size > 0) await Promise.all(answering)
    },
  }
}

async function answer(
  options: HttpInterfaceOptions,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
  queryId: string,
): Promise<void> {
  refuseForeign(request.headers)
  if (!server.listening) {
    response.setHeader('Connection', 'close')
    throw refusal('NETWORK_ERROR', 'the store is stopping')
  }
  const url = new URL(request.url ?? '/', 'http://localhost')
  const { method } = request
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
    sendText(response, 'Ok.\n')
    return
  }
  if (method !== 'GET' && method !== 'POST') {
    throw refusal('NOT_IMPLEMENTED', 'only GET and POST are known here')
  }
  if (url.pathname === '/claim' && method === 'POST') {
    await raiseClaim(options, request, response, url.searchParams)
    return
  }
  if (url.pathname !== '/') {
    response.statusCode = 404
    sendText(response, `There is no "${url.pathname.replace(/[^\w/.-]/g, '?').slice(0, 80)}" here: queries go to "/"\n`)
    request.resume()
    return
  }
  if (method === 'GET' && !url.searchParams.has('query') && request.headers.authorization === undefined) {
    sendText(response, 'Ok.\n')
    return
  }
  await answerQuery(options, request, response, url.searchParams, queryId)
}

async function answerQuery(
  options: HttpInterfaceOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URLSearchParams,
  queryId: string,
): Promise<void> {
  const beganAt = options.now()
  const role = authenticate(request.headers, url, options.accounts)
  const plain = readQueryRequest(request.headers, url)
  response.setHeader('X-ClickHouse-Query-Id', plain.queryId ?? queryId)
  const epoch = epochOf(request.headers['x-eastwest-claim'])
  const { asked, body } = await withForm(request, plain, options.maxSqlBytes)
  const source = await readSource(asked.query, body, options.maxSqlBytes)
  const gone = new AbortController()
  const onClose = (): void => {
    if (!response.writableFinished) gone.abort()
  }
  response.once('close', onClose)
  const mayChange = request.method === 'POST'
  const outcome = await runQuery(options.store, { role, request: asked, source, mayChange, epoch, signal: gone.signal })
  if (source.statement.kind === 'insert') options.store.onStep('store:before-ack')
  await sendOutcome(response, outcome, options.now() - beganAt)
}

/** Parameters too long for a URL come as fields of a form, the query with them. */
async function withForm(
  request: IncomingMessage,
  plain: QueryRequest,
  maxSqlBytes: number,
): Promise<{ asked: QueryRequest; body: AsyncIterable<Uint8Array> }> {
  const boundary = formBoundary(request.headers['content-type'])
  if (boundary === undefined) return { asked: plain, body: bodyOf(request) }
  const fields = readForm(await wholeBody(bodyOf(request), maxSqlBytes), boundary)
  const parameters = new Map(plain.parameters)
  for (const [name, value] of fields) {
    if (name.startsWith('param_')) addParameter(parameters, name, value)
    else if (name !== 'query') throw refusal('BAD_ARGUMENTS', 'a form may hold "query" and "param_…" fields only')
  }
  return { asked: { ...plain, query: fields.get('query') ?? plain.query, parameters }, body: nothing() }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // The form was the body.
}

/** `POST /claim` with `X-Eastwest-Claim`: from its 200 on no insert of an older owner runs or will run. */
async function raiseClaim(
  { store, accounts }: HttpInterfaceOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URLSearchParams,
): Promise<void> {
  request.resume()
  if (authenticate(request.headers, url, accounts) !== 'writer') {
    throw refusal('READONLY', 'reader: Cannot claim the store in readonly mode')
  }
  const epoch = epochOf(request.headers['x-eastwest-claim'])
  if (epoch === undefined) throw refusal('BAD_ARGUMENTS', 'name the epoch in the header "X-Eastwest-Claim"')
  const work = { database: 'default', parameters: new Map(), settings: new Map(), signal: new AbortController().signal }
  // In the queue of the inserts: what ran before has ended by then.
  await store.pool.write(work, async () => store.claim.raise(epoch))
  sendText(response, `${store.claim.highest() ?? epoch}\n`)
}

/** The engine refuses everything after a fault of its own; 236 comes from it for nothing else. */
function isFatal(exception: ClickHouseException): boolean {
  return exception.code === 236 && exception.detail.includes('fatal error')
}
