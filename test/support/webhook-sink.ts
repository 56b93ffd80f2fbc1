// A webhook receiver that counts: how often each notification came, and whether its signature held.

import { createServer, type IncomingHttpHeaders } from 'node:http'
import { Webhook } from 'standardwebhooks'

export interface WebhookSink {
  readonly url: string
  readonly secret: string
  /** Attempts received, by webhook id. */
  readonly received: ReadonlyMap<string, number>
  readonly badSignatures: () => number
  /** From now on, until told otherwise. Unit: ms. */
  answerAfter(ms: number): void
  close(): Promise<void>
}

export interface SinkOptions {
  /** Takes what was signed at another time than now, as from a sender whose clock is wrong. */
  readonly anyTime?: boolean
}

export async function openWebhookSink({ anyTime = false }: SinkOptions = {}): Promise<WebhookSink> {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const verifier = new Webhook(secret)
  const received = new Map<string, number>()
  let bad = 0
  let answerMs = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      const body = Buffer.concat(chunks).toString('utf8')
      try {
        if (anyTime) checkSignature(verifier, request.headers, body)
        else verifier.verify(body, request.headers as Record<string, string>) // the headers it needs are single texts
        received.set(id, (received.get(id) ?? 0) + 1)
        setTimeout(() => response.writeHead(204).end(), answerMs)
      } catch {
        bad += 1
        response.writeHead(401).end()
      }
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
    answerAfter: (ms) => {
      answerMs = ms
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @throws Error where no signature is that of the time the sender names */
function checkSignature(verifier: Webhook, headers: IncomingHttpHeaders, body: string): void {
  const signedAt = new Date(Number(headers['webhook-timestamp']) * 1_000)
  const expected = verifier.sign(String(headers['webhook-id']), signedAt, body)
  const given = String(headers['webhook-signature']).split(' ')
  if (!given.includes(expected)) throw new Error('the signature is not that of the body')
}
