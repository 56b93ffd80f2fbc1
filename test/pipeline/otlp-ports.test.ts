// Where another program has the ports that exporters try by themselves, the collector says so and takes OTLP on its main port.

import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'

let others: readonly Server[]
let collector: RunningCollector

/** Another program that listens. */
function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

beforeAll(async () => {
  others = [await listening(), await listening()]
  collector = await runCollector({ otlp: { http: portOf(others[0]), grpc: portOf(others[1]) } })
}, 90_000)

afterAll(async () => {
  await collector.remove()
  for (const server of others) server.close()
})

describe('ports for OTLP that another program has', () => {
  it('are told with the option that names others', async () => {
    const { text } = await collector.get('/readyz?verbose')
    expect(text).toContain(`otlp/http does without its own port ${portOf(others[0])}`)
    expect(text).toContain(`otlp/grpc does without its own port ${portOf(others[1])}`)
    expect(text).toContain('--otlp-port')
    expect(text).toContain('--otlp-grpc-port')
  })

  it('leave the main port for it, which the start screen names', async () => {
    expect(collector.stdout()).toMatch(new RegExp(`otlp +http://127\\.0\\.0\\.1:${collector.port}\\b`))
    const headers = { 'content-type': 'application/json' }
    const answer = await collector.post('{"resourceSpans":[]}', { path: '/v1/traces', headers })
    expect(answer).toMatchObject({ status: 200, json: {} })
  })
})
