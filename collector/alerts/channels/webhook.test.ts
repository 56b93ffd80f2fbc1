// One attempt against real receivers: good ones, broken ones and hostile ones.

import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { realSchedule } from '../../../test/support/virtual-time.ts'
import { type Answer, openRawReceiver, openReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts'
import type { AttemptOutcome, Channel } from './channel.ts'
import { openWebhook } from './webhook.ts'
import { webhookSettings } from './webhook-settings.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
})

function keep<Closable extends { close(): Promise<void> }>(each: Closable): Closable {
  opened.push(each)
  return each
}

function webhook(url: string, change = {}, resolve = async (): Promise<string[]> => ['127.0.0.1']): Channel {
  const settings = webhookSettings.parse({
    type: 'webhook',
    url,
    secrets: [secret],
    allowPrivateAddresses: true,
    ...change,
  })
  return keep(openWebhook('ops', settings, { resolve, schedule: realSchedule }))
}

async function attempt(channel: Channel, body = '{"n":1}', timeoutMs = 10_000): Promise<AttemptOutcome> {
  const deadline = new AbortController()
  const cancel = realSchedule(timeoutMs, () => deadline.abort())
  const message = { webhookId: 'a'.repeat(32), body, attemptAt: Date.now() }
  try {
    return await channel.deliver(message, deadline.signal)
  } finally {
    cancel()
  }
}

const answering = async (answer: Answer): Promise<Receiver> => keep(await openReceiver(answer))
const status = (code: number, headers = {}): Answer => {
  return (response) => response.writeHead(code, headers).end('the receiver says <b>something</b>')
}

describe('a webhook', () => {
  it('posts the exact body with headers that the reference library verifies', async () => {
    const receiver = await answering(status(204))
    const body = JSON.stringify({ title: 'USR-99: 3 refunds – "ü漢😀"' })
    expect(await attempt(webhook(receiver.url), body)).toEqual({ delivered: true, detail: 'HTTP 204' })
    const [request] = receiver.received
    expect(request).toMatchObject({ method: 'POST', path: '/hook', body })
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': 'a'.repeat(32),
      host: `127.0.0.1:${receiver.port}`,
    })
    expect(new Webhook(secret).verify(request?.body ?? '', { ...request?.headers })).toEqual(JSON.parse(body))
  })

  it('keeps the name of the host in the request and goes where it resolves to', async () => {
    const receiver = await answering(status(200))
    const channel = webhook(`http://hooks.example:${receiver.port}/a?b=c`)
    expect(await attempt(channel)).toMatchObject({ delivered: true })
    expect(receiver.received[0]).toMatchObject({ path: '/a?b=c', headers: { host: `hooks.example:${receiver.port}` } })
    expect(channel.destination).toBe(`http://hooks.example:${receiver.port}`)
  })

  it('uses its connections again for attempts one after the other', async () => {
    const receiver = await answering(status(200))
    const channel = webhook(receiver.url)
    for (let count = 0; count < 10; count += 1) await attempt(channel)
    expect(receiver.received).toHaveLength(10)
    expect(receiver.connections()).toBeLessThanOrEqual(2)
  })

  it.each<readonly [number, Record<string, string>, object]>([
    [301, { location: '/elsewhere' }, { reason: 'redirect', detail: 'HTTP 301: redirects are not followed' }],
    [302, { location: 'http://127.0.0.1/' }, { reason: 'redirect', endpointDown: false }],
    [307, { location: '/again' }, { reason: 'redirect' }],
    [308, { location: '/again' }, { reason: 'redirect' }],
    [304, {}, { reason: 'redirect' }],
    [400, {}, { reason: 'client-error', detail: 'HTTP 400', endpointDown: false }],
    [401, {}, { reason: 'client-error' }],
    [404, {}, { reason: 'client-error' }],
    [410, {}, { reason: 'gone', detail: 'HTTP 410: the endpoint says it is gone for good' }],
    [429, {}, { reason: 'throttled', endpointDown: true, retryAfterMs: undefined }],
    [429, { 'retry-after': '7' }, { reason: 'throttled', retryAfterMs: 7_000 }],
    [429, { 'retry-after': 'soon' }, { retryAfterMs: undefined }],
    [429, { 'retry-after': '99999999999999' }, { retryAfterMs: 99_999_999_999_999_000 }],
    [500, {}, { reason: 'server-error', endpointDown: true }],
    [503, { 'retry-after': '120' }, { reason: 'server-error', retryAfterMs: 120_000 }],
    [599, {}, { reason: 'server-error' }],
  ])('takes HTTP %d %j for a failure', async (code, headers, expected) => {
    const receiver = await answering(status(code, headers))
    expect(await attempt(webhook(receiver.url))).toMatchObject({ delivered: false, ...expected })
    expect(receiver.received).toHaveLength(1)
  })

  it('reads a date in Retry-After from the moment of the attempt', async () => {
    const at = new Date(Date.now() + 90_000).toUTCString()
    const outcome = await attempt(webhook((await answering(status(429, { 'retry-after': at }))).url))
    const retryAfterMs = outcome.delivered ? 0 : (outcome.retryAfterMs ?? 0)
    expect(retryAfterMs).toBeGreaterThan(85_000)
    expect(retryAfterMs).toBeLessThanOrEqual(90_000)
  })

  it('never shows what a receiver wrote', async () => {
    const outcome = await attempt(webhook((await answering(status(500))).url))
    expect(JSON.stringify(outcome)).not.toContain('something')
  })

  it('takes the status for the answer and cuts off a body without end', async () => {
    let sent = 0
    const chunk = Buffer.alloc(65_536)
    const receiver = await answering((response) => {
      response.writeHead(200)
      const pour = (): void => {
        if (response.destroyed || sent > 1024 ** 3) return
        sent += chunk.byteLength
        if (response.write(chunk)) setImmediate(pour)
        else response.once('drain', pour)
      }
      pour()
    })
    expect(await attempt(webhook(receiver.url))).toMatchObject({ delivered: true })
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  it('does not wait for a body that drips', async () => {
    const receiver = await answering((response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 100)
      response.on('close', () => clearInterval(drip))
    })
    const startedAt = performance.now()
    expect(await attempt(webhook(receiver.url))).toMatchObject({ delivered: true })
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  it('gives up on headers that drip', async () => {
    const receiver = keep(
      await openRawReceiver((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        const drip = setInterval(() => socket.write('x'), 50)
        socket.on('close', () => clearInterval(drip))
      }),
    )
    expect(await attempt(webhook(receiver.url), '{}', 300)).toMatchObject({ delivered: false, reason: 'timeout' })
  })

  it('gives up on a receiver that never answers', async () => {
    const receiver = await answering(() => undefined)
    const outcome = await attempt(webhook(receiver.url), '{}', 200)
    expect(outcome).toMatchObject({ delivered: false, reason: 'timeout', endpointDown: true })
  })

  it.each<readonly [string, string, string]>([
    ['nothing but a closed connection', '', 'connection'],
    ['what is no HTTP', 'hello there\r\n\r\n', 'odd-reply'],
    ['half a status line', 'HTTP/1.1 2', 'connection'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'odd-reply'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 'odd-reply'],
    ['two lengths that differ', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx', 'odd-reply'],
    ['a protocol it was not asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', 'odd-reply'],
  ])('takes %s for a failure', async (_, reply, reason) => {
    const receiver = keep(await openRawReceiver((socket) => socket.end(reply)))
    expect(await attempt(webhook(receiver.url), '{}', 2_000)).toMatchObject({ delivered: false, reason })
  })

  it('takes a reset connection for a failure, and one reset in the body for an answer', async () => {
    const early = keep(await openRawReceiver((socket) => socket.resetAndDestroy()))
    expect(await attempt(webhook(early.url))).toMatchObject({ delivered: false, reason: 'connection' })
    const late = keep(
      await openRawReceiver((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => {
          setImmediate(() => socket.resetAndDestroy())
        })
      }),
    )
    expect(await attempt(webhook(late.url))).toMatchObject({ delivered: true })
  })

  it('takes a refused connection for a failure', async () => {
    const receiver = await openReceiver(status(200))
    await receiver.close()
    expect(await attempt(webhook(receiver.url))).toMatchObject({ reason: 'connection', detail: 'ECONNREFUSED' })
  })

  it('speaks no TLS with who does not', async () => {
    const receiver = await answering(status(200))
    const outcome = await attempt(webhook(receiver.url.replace('http:', 'https:')), '{}', 5_000)
    expect(outcome).toMatchObject({ delivered: false, endpointDown: true })
    expect(receiver.received).toEqual([])
  })

  it('opens no connection to a private address unless settings say so, and says which', async () => {
    const receiver = await answering(status(200))
    const channel = webhook(`http://localhost:${receiver.port}/`, { allowPrivateAddresses: false })
    expect(await attempt(channel)).toMatchObject({
      reason: 'address-refused',
      detail: expect.stringContaining('"alerts.channels.ops.allowPrivateAddresses: true"'),
    })
    expect(receiver.connections()).toBe(0)
  })

  it('follows no proxy that the environment names', async () => {
    const proxy = await answering(status(200))
    const receiver = await answering(status(200))
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'] as const
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`
    try {
      expect(await attempt(webhook(receiver.url))).toMatchObject({ delivered: true })
    } finally {
      for (const name of names) delete process.env[name]
    }
    expect(receiver.received).toHaveLength(1)
    expect(proxy.connections()).toBe(0)
  })

  it('signs with two secrets while one is rotated', async () => {
    const receiver = await answering(status(200))
    const newer = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
    await attempt(webhook(receiver.url, { secrets: [newer, secret] }))
    const { body = '', headers = {} } = receiver.received[0] ?? {}
    for (const each of [secret, newer]) expect(new Webhook(each).verify(body, { ...headers })).toEqual({ n: 1 })
  })

  it('refuses settings that its schema would have refused', () => {
    const settings = webhookSettings.parse({ type: 'webhook', url: 'https://hooks.example/', secrets: [secret] })
    const ports = { resolve: async () => [], schedule: realSchedule }
    expect(() => openWebhook('ops', { ...settings, url: 'http://127.0.0.1/' }, ports)).toThrow(/alerts\.channels\.ops/)
    expect(() => openWebhook('ops', { ...settings, secrets: ['x'] }, ports)).toThrow(/whsec_/)
  })
})
