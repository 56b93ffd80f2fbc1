// GET /api/stream: alert revisions as server-sent events, for as long as the reader keeps up.

import { type Response, Router } from 'express'
import type { Alert } from '../../../schemas/alerts.ts'
import { streamQuery } from '../../../schemas/api/queries.ts'
import { answer, queryReader } from '../answer.ts'
import type { StreamPort } from '../ports.ts'

export interface StreamOptions {
  readonly maxReaders: number
  /** Bytes a slow reader may be behind before it is let go; it reconnects and lists what it missed. */
  readonly maxBehindBytes: number
  readonly every: (ms: number, call: () => void) => () => void
}

const keepAliveMs = 15_000

export function streamRoute(stream: StreamPort, options: StreamOptions): Router {
  let readers = 0
  const router = Router()
  router.get('/api/stream', (request, response, next) => {
    const asked = streamQuery.safeParse({ ...request.query })
    if (!asked.success) {
      answer(async () => queryReader({})(streamQuery, request))(request, response, next)
      return
    }
    if (readers >= options.maxReaders) {
      response.setHeader('Retry-After', '5')
      response.status(503).json({
        error: {
          code: 'too-many-readers',
          message: `already ${readers} readers of the stream`,
          hint: 'close one, or ask again',
        },
      })
      return
    }
    readers += 1
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      Connection: 'keep-alive',
    })
    response.write(': alerts as they change\n\n')
    for (const alert of missed(stream.recent(), request.headers['last-event-id'], asked.data.recent))
      tell(response, alert)
    const stopListening = stream.onAlert((alert) => {
      if (response.writableLength > options.maxBehindBytes) response.destroy()
      else tell(response, alert)
    })
    const stopKeepAlive = options.every(keepAliveMs, () => response.write(': still here\n\n'))
    response.on('close', () => {
      readers -= 1
      stopListening()
      stopKeepAlive()
    })
  })
  return router
}

const nameOf = ({ id, revision }: Alert): string => `${id}:${revision}`

function tell(response: Response, alert: Alert): void {
  response.write(`event: alert\nid: ${nameOf(alert)}\ndata: ${JSON.stringify(alert)}\n\n`)
}

/** What came after the revision that a reader had last; where that is not known any more, the newest as many as it asks for. */
function missed(told: readonly Alert[], last: unknown, most: number): readonly Alert[] {
  const at = typeof last === 'string' ? told.findLastIndex((alert) => nameOf(alert) === last) : -1
  if (at >= 0) return told.slice(at + 1)
  return most === 0 ? [] : told.slice(-most)
}
