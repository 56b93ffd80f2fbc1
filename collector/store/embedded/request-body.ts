// Reads request bodies with a bound on their inflated size, and as little of them as is needed at once.

import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { refusal } from './exception.ts'

/** The body, inflated where it is gzip. The consumer bounds what it takes. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding === 'identity' || encoding === '') return told(request)
  if (encoding === 'gzip') {
    const inflated = createGunzip()
    // What goes wrong is told by whoever reads the inflated side.
    pipeline(request, inflated, () => undefined)
    return told(inflated)
  }
  throw refusal(
    'NOT_IMPLEMENTED',
    `Content-Encoding "${encoding.replace(/[^a-z0-9]/g, '?').slice(0, 20)}" is not accepted by the embedded store: ` +
      'send gzip or plain, its inflated size can be bounded',
  )
}

async function* told(source: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) {
      // A request or a gunzip without an encoding set gives buffers only.
      if (chunk instanceof Uint8Array) yield chunk
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code.startsWith('Z_')) {
      throw refusal('ZLIB_INFLATE_FAILED', 'the body is no complete gzip data', { cause })
    }
    throw refusal('NETWORK_ERROR', 'the body ended early', { cause })
  }
}

export interface Split {
  readonly head: Buffer
  readonly rest: AsyncIterable<Uint8Array>
}

/** Takes at least `headBytes` from the front, or all there is. */
export async function splitBody(body: AsyncIterable<Uint8Array>, headBytes: number): Promise<Split> {
  const iterator = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  let ended = false
  while (size < headBytes && !ended) {
    const next = await iterator.next()
    if (next.done === true) ended = true
    else {
      chunks.push(next.value)
      size += next.value.length
    }
  }
  return { head: Buffer.concat(chunks), rest: remaining(iterator) }
}

async function* remaining(iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
}

export async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  yield* rest
}

/** @throws ClickHouseException 229 beyond `maxBytes` */
export async function wholeBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw refusal('QUERY_IS_TOO_LARGE', `the query is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
