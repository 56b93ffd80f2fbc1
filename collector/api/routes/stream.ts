// GET /api/stream: alert revisions as server-sent events, for as long as the reader keeps up.

import { Router } from 'express'
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
  router.get('/api/stream', (_request, response) => {
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
    const stopListening = stream.onAlert((alert) => {
      if (response.writableLength > options.maxBehindBytes) response.destroy()
      else response.write(`event: alert\nid: ${alert.id}:${alert.revision}\ndata: ${JSON.stringify(alert)}\n\n`)
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
