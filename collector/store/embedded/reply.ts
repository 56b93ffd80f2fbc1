// Writes replies with the headers that clients of ClickHouse look for.

import { type FileHandle, open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ReadAt } from './byte-reader.ts'
import { asException, type ClickHouseException, exceptionBody, httpStatus } from './exception.ts'
import { type FramedResult, frameNative } from './native-frames.ts'
import type { Outcome } from './run-query.ts'

/** Small enough to answer from memory in one write. */
const smallBytes = 256 * 1024
/** A client that takes nothing for so long is gone. */
const stalledMs = 30_000

export function setCommonHeaders(response: ServerResponse, queryId: string): void {
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Server-Display-Name', 'eastwest')
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cache-Control', 'no-store')
}

export function sendText(response: ServerResponse, text: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}

export function sendException(response: ServerResponse, cause: unknown, version: string): void {
  const exception: ClickHouseException = asException(cause)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  for (const name of ['X-ClickHouse-Summary', 'X-ClickHouse-Format', 'Content-Encoding', 'Content-Length']) {
    response.removeHeader(name)
  }
  response.statusCode = httpStatus(exception.code)
  response.setHeader('X-ClickHouse-Exception-Code', exception.code)
  if (response.statusCode === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"')
  if (response.statusCode === 503 || response.statusCode === 507) response.setHeader('Retry-After', 1)
  sendText(response, exceptionBody(exception, version))
}

/** Sends a result whole or not at all: its size is known, so that a cut shows. */
export async function sendOutcome(response: ServerResponse, outcome: Outcome, elapsedMs: number): Promise<void> {
  response.setHeader('Content-Type', contentType(outcome.format))
  response.setHeader('X-ClickHouse-Format', outcome.format)
  if (outcome.gzip) response.setHeader('Content-Encoding', 'gzip')
  const { result } = outcome
  if (result instanceof Uint8Array) {
    end(response, outcome, elapsedMs, await asAsked(result, outcome))
    return
  }
  let file: FileHandle
  try {
    file = await open(result.path, 'r')
  } finally {
    // Open or not, the name is not needed any more.
    await result.drop()
  }
  try {
    const { size } = await file.stat()
    if (size <= smallBytes) {
      end(response, outcome, elapsedMs, await asAsked(await file.readFile(), outcome))
      return
    }
    const { bytes, chunks } = await largeAsAsked(file, size, outcome)
    setSummary(response, outcome, bytes, elapsedMs)
    response.setHeader('Content-Length', bytes)
    response.setTimeout(stalledMs, () => response.destroy())
    await pipeline(chunks(), response)
  } finally {
    await file.close()
  }
}

async function asAsked(bytes: Uint8Array, { nativeRevision }: Outcome): Promise<Uint8Array> {
  if (nativeRevision === 0) return bytes
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const readAt: ReadAt = async (at, length) => whole.subarray(at, at + length)
  const { chunks } = await frameNative(readAt, whole.length, nativeRevision)
  const framed: Uint8Array[] = []
  for await (const chunk of chunks()) framed.push(chunk)
  return Buffer.concat(framed)
}

async function largeAsAsked(file: FileHandle, size: number, { nativeRevision }: Outcome): Promise<FramedResult> {
  if (nativeRevision === 0) {
    return { bytes: size, chunks: () => file.createReadStream({ autoClose: false, highWaterMark: smallBytes }) }
  }
  const readAt: ReadAt = async (at, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at)
    return buffer.subarray(0, bytesRead)
  }
  return frameNative(readAt, size, nativeRevision)
}

function end(response: ServerResponse, outcome: Outcome, elapsedMs: number, bytes: Uint8Array): void {
  setSummary(response, outcome, bytes.length, elapsedMs)
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

function setSummary(response: ServerResponse, outcome: Outcome, resultBytes: number, elapsedMs: number): void {
  const numbers = {
    read_rows: outcome.readRows,
    read_bytes: outcome.readBytes,
    written_rows: outcome.writtenRows,
    written_bytes: outcome.writtenBytes,
    total_rows_to_read: outcome.readRows,
    result_rows: outcome.writtenRows,
    result_bytes: resultBytes,
    elapsed_ns: Math.round(elapsedMs * 1e6),
  }
  const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]))
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(texts))
}

function contentType(format: string): string {
  if (/^(Pretty)?(JSON|NDJSON|GeoJSON)/.test(format)) {
    return format.includes('EachRow') || format === 'JSONLines'
      ? 'application/x-ndjson; charset=UTF-8'
      : 'application/json; charset=UTF-8'
  }
  if (/^(TSV|TabSeparated)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  if (format.startsWith('CSV')) return `text/csv; charset=UTF-8; header=${format === 'CSV' ? 'absent' : 'present'}`
  if (/^(Native|RowBinary|Arrow|Parquet|ORC|Avro|MsgPack|BSON|Protobuf|CapnProto|Npy)/.test(format)) {
    return 'application/octet-stream'
  }
  return 'text/plain; charset=UTF-8'
}
