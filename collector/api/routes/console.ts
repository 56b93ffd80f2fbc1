// GET / and /console/…: the page for people. Its files are a closed list; nothing else is ever read for a request.

import { type RequestHandler, Router } from 'express'
import type { ConsoleFile, ConsolePort } from '../ports.ts'

/** The page and what it loads come from here alone; it sends nothing elsewhere, and stands in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

export function consoleRoutes(console: ConsolePort): Router {
  const router = Router()
  const send: RequestHandler = (request, response, next) => {
    const file = console.files.get(request.path)
    if (file === undefined) {
      next()
      return
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('Cache-Control', file.isLasting ? 'public, max-age=31536000, immutable' : 'no-cache')
    response.setHeader('ETag', file.tag)
    if (isHeld(request.headers['if-none-match'], file)) {
      response.status(304).end()
      return
    }
    response.setHeader('Content-Type', file.type)
    response.setHeader('Content-Length', file.bytes.length)
    response.end(request.method === 'HEAD' ? undefined : file.bytes)
  }
  router.get('/', send)
  router.get('/console/{*path}', send)
  return router
}

function isHeld(asked: string | undefined, { tag }: ConsoleFile): boolean {
  const held = asked?.split(',').map((each) => each.trim().replace(/^W\//, ''))
  return held?.includes(tag) ?? false
}
