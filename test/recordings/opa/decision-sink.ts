// The service that an engine under recording talks to: serves its bundle, takes its decision logs, and refuses the first chunk.

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface Upload {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly status: number
  /** As it came, after gunzip. */
  readonly body: string
}

export interface DecisionSink {
  readonly url: string
  readonly uploads: readonly Upload[]
  close(): Promise<void>
}

export function openDecisionSink(bundle: () => Buffer): Promise<DecisionSink> {
  const uploads: Upload[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'GET') {
        response.setHeader('content-type', 'application/gzip')
        response.end(bundle())
        return
      }
      const status = uploads.length === 0 ? 503 : 200
      const raw = Buffer.concat(chunks)
      const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8')
      uploads.push({ path: request.url ?? '', headers: request.headers, status, body })
      response.statusCode = status
      response.end('{}')
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo // it listens on TCP
      resolve({
        url: `http://127.0.0.1:${port}/v1/opa`,
        uploads,
        close: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })
}
