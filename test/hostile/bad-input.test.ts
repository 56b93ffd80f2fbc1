// What hostile senders post: each gets its clear refusal or its quarantine reason, and the next good record is taken.

import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownMemoryBytes } from '../benchmarks/process-facts.ts'
import { mebibytes } from '../benchmarks/statistics.ts'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'
import { harmlessVectors, laboriousVectors, manyKeys, quarantinedVectors, refusedVectors } from './vectors.ts'

const mebi = 1024 * 1024
const text = { 'content-type': 'text/plain' }

let collector: RunningCollector

beforeAll(async () => {
  // Every test waits for its rows.
  collector = await runCollector({
    settings: { receivers: { http: { requestSeconds: 2 } }, store: { batchMs: 100 } },
  })
})

afterAll(() => collector.remove())

function codeOf({ json: body }: Answer): unknown {
  return (body as { error?: { code?: string } } | undefined)?.error?.code // undefined where it is no refusal
}

/** Sends bytes by hand and gives what came back until the end. */
function raw(head: string, rest: readonly string[] = []): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect(collector.port, '127.0.0.1', () => {
      socket.write(head)
      for (const part of rest) socket.write(part)
    })
    socket.setEncoding('utf8').on('data', (part: string) => {
      reply += part
      if (reply.includes('\r\n\r\n') && reply.trimEnd().endsWith('}')) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(reply))
  })
}

let user = 0

/** A good record goes all the way, whatever came before it. */
async function theNextIsProcessed(deadlineMs = 15_000): Promise<void> {
  const subject = `USR-${++user}`
  const line = `2025-03-14 11:42:01 | user_id=${subject} | action=EXPORT | order=ORD-${user}\n`
  expect(await collector.post(line, { headers: text })).toMatchObject({ status: 200, json: { accepted: 1 } })
  const asked = async (): Promise<readonly unknown[]> =>
    listed(await collector.get(`/api/events?subject=${subject}`), 'events')
  await until(async () => (await asked()).length === 1, `the event of ${subject}`, deadlineMs)
}

function listed({ json }: Answer, name: string): readonly unknown[] {
  return (json as Record<string, readonly unknown[]> | undefined)?.[name] ?? [] // a page of our own API
}

/** Requests refused so far because the sender went away or its gzip broke off. */
async function refusals(): Promise<number> {
  const { text: metrics } = await collector.get('/metrics')
  const counts = [...metrics.matchAll(/^eastwest_receiver_refusals\S*code="(?:aborted|broken-gzip)"\S* (\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

function sendAndLeave(head: string, part: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(collector.port, '127.0.0.1', () => {
      socket.write(head)
      socket.write(part, () => socket.destroy())
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

describe('hostile input', () => {
  it.each(refusedVectors)('of $name is refused and says why', async ({ body, headers, status, code, setting }) => {
    const reply = await collector.post(body(), { headers })
    expect({ status: reply.status, code: codeOf(reply) }).toEqual({ status, code })
    expect(reply.json).toMatchObject({
      error: { message: expect.stringMatching(/./), hint: expect.stringMatching(/./) },
    })
    expect(reply.json).toEqual({
      error:
        setting === ''
          ? expect.not.objectContaining({ setting: expect.anything() })
          : expect.objectContaining({ setting }),
    })
    await theNextIsProcessed()
  })

  it.each([
    [
      'ten thousand headers',
      `GET /livez HTTP/1.1\r\nHost: localhost\r\n${'a: 1\r\n'.repeat(10_000)}\r\n`,
      '431',
      'headerBytes',
    ],
    ['no HTTP', 'HELO there\r\n\r\n', '400', 'bad-request'],
    ['a foreign host', 'GET /api/alerts HTTP/1.1\r\nHost: evil.example\r\n\r\n', '421', 'allowedHosts'],
    [
      'a foreign origin',
      'GET /api/alerts HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil\r\n\r\n',
      '403',
      'allowedOrigins',
    ],
    ['a wrong method', 'PUT /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n', '405', 'POST'],
    [
      'a sender that never ends',
      'POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na',
      '408',
      'requestSeconds',
    ],
  ])('of %s is refused', async (_, head, status, word) => {
    const reply = await raw(head)
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(reply).toContain(word)
  })

  it('of chunks without end is refused in time for the sender to read it', async () => {
    const head = 'POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `100000\r\n${'a\n'.repeat(mebi / 2)}\r\n`
    expect(await raw(head, Array(12).fill(chunk))).toMatch(/^HTTP\/1.1 413 [\s\S]*receivers.http.bodyBytes/)
  })

  it.each(quarantinedVectors)(
    'of $name is put into quarantine with its reason',
    async ({ name, body, headers, reason }) => {
      const source = name.replaceAll(/\W+/g, '-')
      const reply = await collector.post(body(), { path: `/v1/events?source=${source}`, headers })
      expect(reply).toMatchObject({ status: 200, json: { accepted: 1 } })
      let rows: readonly unknown[] = []
      await until(async () => {
        rows = listed(await collector.get(`/api/quarantine?source=${source}`), 'quarantine')
        return rows.length > 0
      }, `a quarantine row of ${source}`)
      expect(rows).toEqual([expect.objectContaining({ reason, source })])
      await theNextIsProcessed()
    },
  )

  it.each(harmlessVectors)('of $name is the record it says it is', async ({ body, headers, subject }) => {
    expect(await collector.post(body(), { headers })).toMatchObject({
      status: 200,
      json: { accepted: 1, warnings: [] },
    })
    let events: readonly unknown[] = []
    await until(async () => {
      events = listed(await collector.get(`/api/events?subject=${encodeURIComponent(subject)}`), 'events')
      return events.length > 0
    }, `the event of ${subject}`)
    expect(events).toEqual([expect.objectContaining({ subject, action: 'refund' })])
    await theNextIsProcessed()
  })

  it.each(laboriousVectors)('of $name is taken, and the next good record is processed', async ({ body, headers }) => {
    expect((await collector.post(body(), { headers })).status).toBe(200)
    await theNextIsProcessed(60_000)
  })

  it.each([
    ['plain', 'Content-Type: text/plain'],
    ['in gzip', 'Content-Type: text/plain\r\nContent-Encoding: gzip'],
  ])('of senders that go away in the middle, %s, leaves nothing behind', async (_, headers) => {
    // Together they would fill what bodies may hold at once, were any of it kept.
    const before = await refusals()
    for (let sender = 0; sender < 16; sender++) {
      const head = `POST /v1/events HTTP/1.1\r\nHost: localhost\r\n${headers}\r\nContent-Length: 8000000\r\n\r\n`
      await sendAndLeave(head, Buffer.alloc(7 * mebi, 'a\n'))
    }
    await until(async () => (await refusals()) >= before + 16, 'all that went away are counted')
    await theNextIsProcessed()
  })

  it('over and over leaves memory as it was, of collector and store', async () => {
    const posts = [...refusedVectors, ...quarantinedVectors, ...harmlessVectors].map(({ body, headers }) => ({
      made: body(),
      headers,
    }))
    const flood = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++)
        for (const { made, headers } of posts) await collector.post(made, { headers })
      await theNextIsProcessed()
    }
    const held = () => ({ collector: ownMemoryBytes(collector.pid), store: ownMemoryBytes(collector.storePid() ?? 0) })
    await flood(2)
    const before = held()
    await flood(5)
    const after = held()
    for (const part of ['collector', 'store'] as const) {
      console.log(`${part} held ${mebibytes(before[part])}, ${mebibytes(after[part])} after the flood`)
      expect(after[part] - before[part]).toBeLessThan(128 * mebi)
    }
    expect((await askStoreOf(collector).rows('SELECT 1 AS one')).length).toBe(1)
    expect((await collector.get('/readyz')).status).toBe(200)
  }, 120_000)
})

describe('with every limit raised', () => {
  it('what the log can hold reaches the decoders, the rest is refused, and the next good record is processed', async () => {
    await collector.remove()
    const limits = { bodyBytes: 64 * mebi, inflatedBytes: 64 * mebi, lineBytes: 16 * mebi }
    const settings = { receivers: { http: limits }, decoders: { limits: { lineBytes: 16 * mebi } } }
    collector = await runCollector({ settings })
    const tooLarge = await collector.post(manyKeys(1e6), { headers: text })
    expect({ status: tooLarge.status, code: codeOf(tooLarge) }).toEqual({
      status: 413,
      code: 'ERR_LOG_RECORD_TOO_LARGE',
    })
    for (const [source, body, reason] of [
      ['keys', manyKeys(300_000), 'too-many-keys'],
      ['levels', `{"a":${'['.repeat(1.5e6)}${']'.repeat(1.5e6)}}`, 'too-deep'],
    ] as const) {
      expect(await collector.post(body, { path: `/v1/events?source=${source}`, headers: text })).toMatchObject({
        status: 200,
      })
      await until(async () => {
        const [row] = listed(await collector.get(`/api/quarantine?source=${source}`), 'quarantine')
        return (row as { reason?: string } | undefined)?.reason === reason // a page of our own API
      }, `${source} are in quarantine as ${reason}`)
    }
    await theNextIsProcessed()
  })
})
