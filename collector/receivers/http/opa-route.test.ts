// Proves what OPA is answered when its decisions cannot be taken: a status that makes it send the chunk again, and nothing kept.

import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { type Log, LogError, type NewRecord } from '../../log/log.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { atOnce } from '../../scrub/steps.ts'
import { MemoryGauge } from './memory-gauge.ts'
import { opaPaths, opaRoute } from './opa-route.ts'
import type { Refusal } from './refusal.ts'
import { httpReceiverSettings } from './settings.ts'

const scrubber = openScrubber({ id: 'k1', secret: new Uint8Array(32) }, { fieldNames: [] })
const chunk = '[{"decision_id":"d-1","labels":{}},{"decision_id":"d-2","labels":{}}]'
const behind: Refusal = {
  status: 429,
  code: 'behind',
  message: 'm',
  hint: 'h',
  setting: '',
  retryAfterSeconds: 7,
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Faults {
  readonly outage?: LogError
  readonly pressure?: Refusal
  readonly inFlightBytes?: number
}

/** The route alone, with a log that remembers what it was given. */
async function open(faults: Faults): Promise<{ post(path: string): Promise<Response>; appended: NewRecord[] }> {
  const appended: NewRecord[] = []
  const append: Log['append'] = async (topic, records) => {
    if (faults.outage !== undefined) throw faults.outage
    appended.push(...records)
    return records.map((_, offset) => ({
      coordinate: { topic, incarnation: 'a', partition: 0, offset },
      appendedAt: 0,
    }))
  }
  const app = express().post(
    opaPaths,
    opaRoute({
      settings: httpReceiverSettings.parse({}),
      depth: 64,
      log: { append } as Log, // the route does nothing else with it
      scrubber,
      gauge: new MemoryGauge(faults.inFlightBytes ?? 1 << 20),
      formats: [],
      pressure: async () => faults.pressure,
      looksGlued: () => true,
      warningsOf: () => [],
      turns: async (steps) => atOnce(steps),
      onReceived: () => undefined,
      onRefused: () => undefined,
      now: () => 0,
    }),
  )
  const server = app.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const headers = { 'content-type': 'application/json', connection: 'close' }
  return {
    post: (path) => fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: chunk, headers }),
    appended,
  }
}

describe('an upload that cannot be taken', () => {
  it.each<readonly [string, Faults, number, string | null]>([
    ['judging is behind', { pressure: behind }, 429, '7'],
    ['too many bodies are held', { inFlightBytes: 8 }, 429, '1'],
    ['the disk is full', { outage: new LogError('ERR_LOG_DISK_FULL', 'full', true) }, 507, '5'],
    ['the log is out of order', { outage: new LogError('ERR_LOG_IO', 'broken', true) }, 503, '5'],
    ['the log is closed', { outage: new LogError('ERR_LOG_CLOSED', 'closed', true) }, 503, '5'],
  ])('because %s is to be sent again', async (_, faults, status, retryAfter) => {
    const { post, appended } = await open(faults)
    const reply = await post('/v1/opa/logs')
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(appended).toEqual([])
  })
})

describe('an upload that is taken', () => {
  it.each([
    ['/v1/opa/logs', 'opa'],
    ['/v1/opa/logs/eu1', 'eu1'],
    ['/v1/opa/logs/eu1?source=eu2', 'eu2'],
    ['/v1/opa/logs?source=', 'opa'],
  ])('at %s is durable under the source %s before it is answered', async (path, source) => {
    const { post, appended } = await open({})
    const reply = await post(path)
    expect([reply.status, await reply.json()]).toMatchObject([200, { accepted: 2 }])
    expect(appended.map(({ headers }) => headers)).toEqual([{ format: 'opa-decision', source, receiver: 'opa' }])
    expect(Buffer.from(appended[0]?.value ?? []).toString()).toBe(
      '{"decision_id":"d-1","labels":{}}\n{"decision_id":"d-2","labels":{}}\n',
    )
  })
})
