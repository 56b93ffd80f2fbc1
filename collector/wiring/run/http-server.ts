// One server for receivers and API: the guard first, then what is asked.

import { createServer, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { openGuard } from '../../receivers/http/guard.ts'
import { opaPaths } from '../../receivers/http/opa-route.ts'
import { type Refusal, refusalBody } from '../../receivers/http/refusal.ts'
import type { HttpReceiverSettings } from '../../receivers/http/settings.ts'
import { listen } from '../../receivers/listen.ts'
import { answerOtlpRefusal, isExportPath } from '../../receivers/otlp/http-routes.ts'

export interface HttpServerOptions {
  readonly settings: HttpReceiverSettings
  readonly events: RequestHandler
  readonly opa: RequestHandler
  /** Routes of its own, looked at before the API. */
  readonly otlp: RequestHandler
  readonly api: RequestHandler
  readonly onRefused: (code: string) => void
  /** For replies that say what was wrong: they may quote what was sent. */
  readonly scrubText: (text: string) => string
  /** Option of the command that chooses the port. */
  readonly portOption?: string
}

export interface HttpServer {
  readonly port: number
  /** Lets requests under way end, then closes. */
  close(): Promise<void>
}

/** How long the rest of a refused request may go by. */
const lingerMs = 2_000

export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { settings, onRefused, scrubText } = options
  const guard = openGuard(settings)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use((request, response, next) => {
    response.json = (body) => {
      const text = JSON.stringify(body)
      // The line break is for people, whose prompt would follow the brace.
      const reply = Buffer.from(`${response.statusCode < 400 ? text : scrubText(text)}\n`)
      // Without Express's own `send`, which looks at each reply as if it were a page to be cached.
      response.setHeader('Content-Type', 'application/json; charset=utf-8')
      response.setHeader('Content-Length', reply.length)
      response.end(reply)
      return response
    }
    response.on('finish', () => {
      if (request.complete) return
      // The sender may read the reply before it is cut off.
      const cutOff = setTimeout(() => request.socket.destroy(), lingerMs)
      request.once('close', () => clearTimeout(cutOff))
    })
    next()
  })
  app.use((request, response, next) => {
    const refusal = guard(request)
    if (refusal === undefined) {
      next()
      return
    }
    onRefused(refusal.code)
    if (refusal.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="eastwest"')
    if (isExportPath(request.path)) {
      answerOtlpRefusal(request, response, refusal, scrubText)
      return
    }
    response.status(refusal.status).json(refusalBody(refusal))
    request.resume()
  })
  app.post('/v1/events', options.events)
  app.post(opaPaths, options.opa)
  app.use(options.otlp)
  app.use(options.api)
  app.use((request, response) => {
    const hint = request.path === '/v1/events' ? 'send records with POST' : 'what there is stands in /api/openapi.json'
    const status = request.path === '/v1/events' ? 405 : 404
    response.status(status).json({
      error: {
        code: status === 404 ? 'not-found' : 'method',
        message: `nothing answers ${request.method} ${request.path.slice(0, 200)}`,
        hint,
      },
    })
  })
  app.use(refuseUnreadable(onRefused))
  const server = createServer(
    {
      maxHeaderSize: settings.headerBytes,
      requestTimeout: settings.requestSeconds * 1000,
      headersTimeout: Math.min(settings.requestSeconds, 20) * 1000,
      connectionsCheckingInterval: 1_000,
    },
    app,
  )
  server.on('clientError', (cause: NodeJS.ErrnoException, socket) => {
    const refusal = refusalOfHead(cause.code ?? '')
    onRefused(refusal.code)
    answerByHand(socket, refusal)
  })
  server.maxConnections = settings.connections
  server.keepAliveTimeout = 65_000
  const port = await listen(server, settings, options.portOption ?? '--port')
  return { port, close: () => close(server) }
}

/** An address that Express cannot decode: without this it answers with a stack and with what was sent, and prints both. */
function refuseUnreadable(onRefused: (code: string) => void): ErrorRequestHandler {
  return (cause, request, response, next) => {
    if (!(cause instanceof URIError)) {
      next(cause)
      return
    }
    const refusal: Refusal = {
      status: 400,
      code: 'bad-address',
      message: 'the address of the request holds a % that encodes nothing',
      hint: 'write a % of a name as %25',
      setting: '',
    }
    onRefused(refusal.code)
    response.status(refusal.status).json(refusalBody(refusal))
    request.resume()
  }
}

/** What never became a request: too large, too slow, or no HTTP. */
function refusalOfHead(code: string): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      status: 431,
      code: 'header-too-large',
      message: 'the head of the request is too large',
      hint: 'send fewer or shorter headers',
      setting: 'receivers.http.headerBytes',
    }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return {
      status: 408,
      code: 'too-slow',
      message: 'the request did not arrive in time',
      hint: 'send fewer records in one request',
      setting: 'receivers.http.requestSeconds',
    }
  return {
    status: 400,
    code: 'bad-request',
    message: 'what was sent is no valid HTTP request',
    hint: 'look at the first line, the headers and the chunk sizes',
    setting: '',
  }
}

/** There is no response to answer with: Express never saw the request. */
function answerByHand(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(refusalBody(refusal))
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => setTimeout(() => socket.destroy(), lingerMs).unref())
  socket.resume()
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Streams never end by themselves; what still sends has had its chance after this.
    setTimeout(() => server.closeAllConnections(), 2_000).unref()
  })
}
