// What hostile senders of OTLP post and stream: a typed refusal in bounded time, and the next good request is taken.

import { type ClientHttp2Session, connect as connectHttp2, constants, type OutgoingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traces } from '../../schemas/otlp/messages.ts'
import { exportMethods } from '../../schemas/otlp/services.ts'
import { ownMemoryBytes } from '../benchmarks/process-facts.ts'
import { encodeExport, type Json } from '../support/otlp-wire.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

const mebi = 1024 * 1024
const good = encodeExport(traces, [{ scopes: [{ items: [{ name: 'POST /refunds' }] }] }])
const protobuf = { 'content-type': 'application/x-protobuf' }
const json = { 'content-type': 'application/json' }
const gzip = { 'content-encoding': 'gzip' }

let collector: RunningCollector

beforeAll(async () => {
  collector = await runCollector({ otlp: true, settings: { receivers: { otlp: { grpcMessageSeconds: 1 } } } })
})

afterAll(() => collector.remove())

/** A frame of gRPC: a flag, a length, and so many bytes. */
function frame(bytes: Uint8Array, length = bytes.length, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag, 0)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, bytes])
}

interface CallAnswer {
  /** Of the trailers; −1 when the stream ended without one. */
  readonly status: number
  readonly details: string
}

/** One call by hand; `end` false leaves it open. */
function call(parts: readonly Uint8Array[], headers: OutgoingHttpHeaders = {}, end = true): Promise<CallAnswer> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${collector.otlpPorts.grpc}`)
    let answer: CallAnswer = { status: -1, details: '' }
    const done = (): void => {
      session.destroy()
      resolve(answer)
    }
    session.on('error', done)
    const stream = session.request({
      ':method': 'POST',
      ':path': exportMethods.traces,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    const take = (found: { readonly [name: string]: unknown }): void => {
      const status = found['grpc-status']
      if (status !== undefined) answer = { status: Number(status), details: String(found['grpc-message'] ?? '') }
    }
    stream.on('response', take).on('trailers', take).on('error', done).on('close', done)
    stream.resume()
    for (const part of parts) stream.write(part)
    if (end) stream.end()
  })
}

async function theNextIsTaken(): Promise<void> {
  expect(await call([frame(good)])).toEqual({ status: 0, details: 'OK' })
  const path = '/v1/traces'
  expect(await collector.post(Uint8Array.from(good), { path, headers: protobuf })).toMatchObject({
    status: 200,
    text: '',
  })
}

describe('over HTTP', () => {
  const deepJson = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'['.repeat(200_000)}`
  it.each<readonly [string, string | Buffer, Record<string, string>, number]>([
    ['a length bomb', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), protobuf, 400],
    ['a million empty resources', Buffer.alloc(2_000_000, Buffer.of(0x0a, 0)), protobuf, 413],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * mebi)), { ...protobuf, ...gzip }, 413],
    ['a gzip cut short', gzipSync(good).subarray(0, -4), { ...protobuf, ...gzip }, 400],
    ['brackets', deepJson, json, 400],
    ['JSON that is called protobuf', '{"resourceSpans":[]}', protobuf, 400],
    ['protobuf that is called JSON', good, json, 400],
    ['a web page', '<html>', { 'content-type': 'text/html' }, 415],
  ])('%s is refused as google.rpc.Status', async (_, body, headers, status) => {
    const sent = typeof body === 'string' ? body : Uint8Array.from(body)
    const reply = await collector.post(sent, { path: '/v1/traces', headers })
    expect(reply.status).toBe(status)
    const isProtobuf = headers['content-type'] === protobuf['content-type']
    expect(reply.headers.get('content-type')).toBe(isProtobuf ? 'application/x-protobuf' : 'application/json')
    if (isProtobuf) expect(Buffer.from(reply.text).subarray(0, 2)).toEqual(Buffer.of(0x08, 3))
    else expect(reply.json).toMatchObject({ code: 3, message: expect.stringMatching(/./) })
    await theNextIsTaken()
  })

  it('a web page of elsewhere is refused the same way', async () => {
    const headers = { ...protobuf, origin: 'https://elsewhere.example' }
    const reply = await collector.post(Uint8Array.from(good), { path: '/v1/traces', headers })
    expect([reply.status, reply.headers.get('content-type')]).toEqual([403, 'application/x-protobuf'])
    expect(Buffer.from(reply.text).subarray(0, 2)).toEqual(Buffer.of(0x08, 7))
    await theNextIsTaken()
  })

  it('a million fields in one span cost that span alone', async () => {
    const bad = Buffer.alloc(1_000_000, Buffer.of(0x4a, 0)) as unknown as Json // bytes stand for the item
    const body = encodeExport(traces, [{ scopes: [{ items: [bad, { name: 'n' }] }] }])
    const { status, text } = await collector.post(Uint8Array.from(body), { path: '/v1/traces', headers: protobuf })
    expect([status, text]).toEqual([200, expect.stringContaining('1 spans were not taken')])
    await theNextIsTaken()
  })

  it('metrics are answered with a warning', async () => {
    const reply = await collector.post('{"resourceMetrics":[]}', { path: '/v1/metrics', headers: json })
    expect(reply).toMatchObject({ status: 200, json: { partialSuccess: { rejectedDataPoints: '0' } } })
    expect(reply.text).toContain('OTEL_METRICS_EXPORTER=none')
    expect((await collector.get('/readyz?verbose')).text).toContain('metrics are sent here and not kept')
  })
})

describe('over gRPC', () => {
  it.each<readonly [string, readonly Uint8Array[], OutgoingHttpHeaders, number]>([
    ['no message', [], {}, 12],
    ['a message that is none', [frame(Buffer.from('hello'))], {}, 3],
    ['a length beyond the limit', [frame(good, 0xffffffff)], {}, 8],
    ['a message larger than the limit', [frame(Buffer.alloc(5 * mebi))], {}, 8],
    ['a gzip bomb', [frame(gzipSync(Buffer.alloc(64 * mebi)), undefined, 1)], { 'grpc-encoding': 'gzip' }, 8],
    ['a broken gzip', [frame(Buffer.from('hello'), undefined, 1)], { 'grpc-encoding': 'gzip' }, 13],
    ['an encoding nobody knows', [frame(good, undefined, 1)], { 'grpc-encoding': 'zzz' }, 12],
    ['a method nobody knows', [frame(good)], { ':path': '/x.Y/Export' }, 12],
    ['a foreign host', [frame(good)], { ':authority': 'evil.example' }, 7],
    ['a page of the web', [frame(good)], { origin: 'http://evil.example' }, 7],
  ])('%s is refused by its code', async (_, parts, headers, status) => {
    expect((await call(parts, headers)).status).toBe(status)
    await theNextIsTaken()
  })

  it.each<readonly [string, readonly Uint8Array[]]>([
    ['a message that stays away', []],
    ['a message that never ends', [frame(good, good.length + 1)]],
  ])('%s is given up', async (_, parts) => {
    expect(await call(parts, {}, false)).toMatchObject({ status: 4, details: expect.stringContaining('too-slow') })
    await theNextIsTaken()
  })

  it('giant metadata is refused', async () => {
    const { status } = await call([frame(good)], { big: 'x'.repeat(200_000) })
    expect(status).not.toBe(0)
    await theNextIsTaken()
  })

  it('what is no HTTP/2 is cut off', async () => {
    const closed = new Promise<void>((resolve) => {
      const socket = connect(collector.otlpPorts.grpc, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      )
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.resume()
    })
    await closed
    await theNextIsTaken()
  })

  it('hundreds of calls that stand still keep nobody out for long, and no memory', async () => {
    const before = await ownMemoryBytes(collector.pid)
    const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${collector.otlpPorts.grpc}`)
    session.on('error', () => undefined)
    let closed = 0
    for (let count = 0; count < 90; count++) {
      const stream = session.request({
        ':method': 'POST',
        ':path': exportMethods.traces,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      stream.on('error', () => undefined)
      stream.on('close', () => closed++)
      stream.resume()
      stream.write(frame(Buffer.alloc(1000), 4 * mebi))
    }
    await until(() => closed === 90, 'all calls are given up', 60_000)
    session.close(() => undefined)
    session.destroy(undefined, constants.NGHTTP2_NO_ERROR)
    await theNextIsTaken()
    expect((await ownMemoryBytes(collector.pid)) - before).toBeLessThan(64 * mebi)
  })
})
