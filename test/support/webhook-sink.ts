// A webhook receiver that counts: how often each notification came, and whether its signature held.

import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

export interface WebhookSink {
  readonly url: string
  readonly secret: string
  /** Attempts received, by webhook id. */
  readonly received: ReadonlyMap<string, number>
  readonly badSignatures: () => number
  close(): Promise<void>
}

export async function openWebhookSink(): Promise<WebhookSink> {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const verifier = new Webhook(secret)
  const received = new Map<string, number>()
  let bad = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      try {
        verifier.verify(Buffer.concat(chunks).toString('utf8'), request.headers as Record<string, string>) // the headers it needs are single texts
        received.set(id, (received.get(id) ?? 0) + 1)
      } catch {
        bad += 1
      }
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    secret,
    received,
    badSignatures: () => bad,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
