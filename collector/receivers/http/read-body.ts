// Reads a request's body, plain or gzip, and never holds more than the settings allow.

import type { IncomingMessage } from 'node:http'
import { finished, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Steps } from '../../scrub/steps.ts'
import { type Refusal, RefusedRequest } from './refusal.ts'

/** Copied between two pauses. */
const pauseBytes = 1024 * 1024
/** Bodies that say they are no larger get their memory at once; for others the chunks are joined at the end. */
const promisedBytes = 1024 * 1024
const inflatedChunkBytes = 128 * 1024

export interface BodyLimits {
  readonly bodyBytes: number
  readonly inflatedBytes: number
}

/** One request's share of the memory that bodies may hold over all requests. */
export interface MemoryShare {
  /** False when there is no room; otherwise counted until the share is released as a whole. */
  take(bytes: number): boolean
}

/** @throws RefusedRequest with a status and the setting to change. */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  share: MemoryShare,
): Promise<readonly Buffer[]> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limits.bodyBytes) throw new RefusedRequest(bodyTooLarge(limits.bodyBytes))
  if (encoding === '' || encoding === 'identity')
    return collect(request, limits.bodyBytes, share, bodyTooLarge(limits.bodyBytes), bodyOf(declared))
  if (encoding === 'gzip' || encoding === 'x-gzip') return inflate(request, limits, share)
  throw new RefusedRequest({
    status: 415,
    code: 'content-encoding',
    message: `content encoding "${encoding.slice(0, 40)}" is not read`,
    hint: 'send the body plain or with "Content-Encoding: gzip"',
    setting: '',
  })
}

/** What holds the parts of a body as they come. */
interface Body {
  add(chunk: Buffer): void
  chunks(): readonly Buffer[]
}

function bodyOf(declared: number): Body {
  return declared > 0 && declared <= promisedBytes ? promisedBody(declared) : bodyInChunks()
}

function bodyInChunks(): Body {
  const chunks: Buffer[] = []
  return { add: (chunk) => chunks.push(chunk), chunks: () => chunks }
}

/** Copies each part while it is at hand, so that none has to be kept. No body is longer than it said: HTTP sees to that. */
function promisedBody(bytes: number): Body {
  const body = Buffer.allocUnsafeSlow(bytes)
  let used = 0
  return {
    add: (chunk) => {
      used += chunk.copy(body, used)
    },
    chunks: () => [body.subarray(0, used)],
  }
}

/** Listens instead of iterating: a body comes in dozens of chunks, and each turn of an iterator costs several promises. */
function collect(
  stream: Readable,
  limit: number,
  share: MemoryShare,
  tooLarge: Refusal,
  body: Body = bodyInChunks(),
): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) end(new RefusedRequest(tooLarge))
      else if (!share.take(chunk.length)) end(new RefusedRequest(noRoom))
      else body.add(chunk)
    }
    // A stream that is left early lives on: the refusal is still to be sent over its socket.
    const end = (cause: Error | null | undefined): void => {
      stream.off('data', take)
      forget()
      stream.on('error', ignore)
      if (cause) reject(cause)
      else resolve(body.chunks())
    }
    const forget = finished(stream, { writable: false }, end)
    stream.on('data', take)
  })
}

/** Whoever goes away after the refusal is no one's concern. Made here: what is made beside a body keeps it for as long as the request. */
function ignore(): void {}

/** The chunks as one, copied in steps: fresh memory for a large body is not had at once. */
export function* joined(chunks: readonly Buffer[]): Steps<Buffer> {
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const body = Buffer.allocUnsafe(chunks.reduce((size, chunk) => size + chunk.length, 0))
  let at = 0
  let pausedAt = 0
  for (const chunk of chunks) {
    at += chunk.copy(body, at)
    if (at - pausedAt < pauseBytes) continue
    yield
    pausedAt = at
  }
  return body
}

async function inflate(request: IncomingMessage, limits: BodyLimits, share: MemoryShare): Promise<readonly Buffer[]> {
  const gunzip = createGunzip({ chunkSize: inflatedChunkBytes })
  let received = 0
  request.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > limits.bodyBytes) gunzip.destroy(new RefusedRequest(bodyTooLarge(limits.bodyBytes)))
  })
  request.on('error', (cause) => gunzip.destroy(cause))
  request.on('aborted', () => gunzip.destroy(new Error('the sender went away')))
  request.pipe(gunzip)
  try {
    return await collect(gunzip, limits.inflatedBytes, share, inflatedTooLarge(limits.inflatedBytes))
  } catch (cause) {
    if (cause instanceof RefusedRequest) throw cause
    throw new RefusedRequest({
      status: 400,
      code: 'broken-gzip',
      message: `the gzip body is broken: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'it may have been cut short; send it whole',
      setting: '',
    })
  } finally {
    request.unpipe(gunzip)
    request.resume()
    gunzip.destroy()
  }
}

function bodyTooLarge(limit: number): Refusal {
  return {
    status: 413,
    code: 'body-too-large',
    message: `the body is larger than ${limit} bytes`,
    hint: 'send fewer records in one request',
    setting: 'receivers.http.bodyBytes',
  }
}

function inflatedTooLarge(limit: number): Refusal {
  return {
    status: 413,
    code: 'inflated-too-large',
    message: `the body inflates to more than ${limit} bytes`,
    hint: 'send fewer records in one request',
    setting: 'receivers.http.inflatedBytes',
  }
}

const noRoom: Refusal = {
  status: 429,
  code: 'too-many-bytes-in-flight',
  message: 'too many bodies are being received at once',
  hint: 'send again after the time in Retry-After',
  setting: 'receivers.http.inFlightBytes',
  retryAfterSeconds: 1,
}
