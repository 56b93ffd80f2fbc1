// Child process: posts lines as fast as they are taken, or at a fixed pace, and reports what it did and what it cost.

import { Agent, request } from 'node:http'
import { openLoadBody } from './load-body.ts'

export interface LoadOrder {
  readonly url: string
  readonly lines: number
  readonly linesPerBody: number
  readonly connections: number
  /** Lines a second over all connections; 0: as fast as they are taken. */
  readonly pace: number
  /** First sequence number, so that no two runs send the same line. */
  readonly sequence: number
}

export interface LoadReport {
  readonly sentLines: number
  readonly startedAt: number
  readonly endedAt: number
  /** User and system CPU seconds of this process while it sent. */
  readonly cpuSeconds: number
  readonly refused: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function post(url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/x-ndjson', 'content-length': body.length } },
      (reply) => {
        reply.resume()
        reply.on('end', () => resolve(reply.statusCode ?? 0))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

async function send(order: LoadOrder): Promise<LoadReport> {
  let next = 0
  let refused = 0
  const cpu = process.cpuUsage()
  const startedAt = Date.now()
  const connection = async (): Promise<void> => {
    const body = openLoadBody(order.linesPerBody)
    while (next < order.lines) {
      const first = next
      next += order.linesPerBody
      if (order.pace > 0) await until(startedAt + (first / order.pace) * 1000)
      body.renew(order.sequence + first, Date.now())
      while ((await post(order.url, body.bytes)) === 429) {
        refused += 1
        await until(Date.now() + 20)
      }
    }
  }
  await Promise.all(Array.from({ length: order.connections }, connection))
  const { user, system } = process.cpuUsage(cpu)
  return { sentLines: next, startedAt, endedAt: Date.now(), cpuSeconds: (user + system) / 1e6, refused }
}

function until(at: number): Promise<void> {
  const left = at - Date.now()
  return left <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, left))
}

process.on('message', (order: LoadOrder) => {
  send(order).then(
    (report) => process.send?.(report),
    (cause: unknown) => {
      console.error(cause)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
