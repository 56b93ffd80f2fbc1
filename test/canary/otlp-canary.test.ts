// Secrets planted through the OTLP receivers, in every encoding, and searched for in everything that is kept, said or sent.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedLog } from '../../collector/log/embedded/embedded-log.ts'
import { logs, type Signal, traces } from '../../schemas/otlp/messages.ts'
import { exportMethods, exportPaths } from '../../schemas/otlp/services.ts'
import { decodeExport } from '../support/otlp-wire.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'
import { hiddenPlaces, inJson, inProtobuf, lineCanaries, otlpCanaries } from './otlp-canaries.ts'

const planted = [...otlpCanaries(20261128), ...lineCanaries(20261129)]
/** Opaque: no shape tells it, only where it stands. */
const hiddenToken = 'q8Zr4TnX2cVb7LmPw1Ks9dFgHjKl0QwErTyU'
const shapedToken = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`
const needles = [...new Set(planted.flatMap((canary) => canary.needles)), hiddenToken, shapedToken]
const marker = 'kept-marker-4711'
const batch = 100

let collector: RunningCollector
let stored = ''
const replies: string[] = []

beforeAll(async () => {
  collector = await runCollector({ otlp: true, settings: { telemetry: { logLevel: 'debug' } } })
  const client = new Client(`127.0.0.1:${collector.otlpPorts.grpc}`, credentials.createInsecure())
  const call = (signal: Signal, body: Buffer): Promise<string> =>
    new Promise((resolve) => {
      const metadata = new Metadata()
      metadata.set('authorization', `Bearer ${hiddenToken}`)
      const same = (bytes: Buffer): Buffer => bytes
      client.makeUnaryRequest(exportMethods[signal.name], same, same, body, metadata, (error, reply) =>
        resolve(error === null ? `200 ${reply?.toString('latin1')}` : `${error.code} ${error.details}`),
      )
    })
  const post = async (signal: Signal, body: string | Buffer, headers: Record<string, string>): Promise<void> => {
    const how = { path: exportPaths[signal.name], headers: { authorization: `Bearer ${hiddenToken}`, ...headers } }
    const { status, text } = await collector.post(typeof body === 'string' ? body : Uint8Array.from(body), how)
    replies.push(`${status} ${text}`)
  }
  const protobuf = { 'content-type': 'application/x-protobuf' }
  const json = { 'content-type': 'application/json' }
  for (const signal of [traces, logs]) {
    const items = planted.filter((canary) => canary.signal === signal).map(({ item }) => item)
    for (let at = 0; at < items.length; at += batch) {
      const some = items.slice(at, at + batch)
      const body = inProtobuf(signal, some, marker)
      await post(signal, body, protobuf)
      await post(signal, gzipSync(body), { ...protobuf, 'content-encoding': 'gzip' })
      await post(signal, inJson(signal, some, marker), json)
      await post(signal, inJson(signal, some, marker), { 'content-type': `text/${shapedToken}` })
      await post(signal, body.subarray(0, -1), protobuf)
      replies.push(await call(signal, body))
    }
    for (const [hiddenSignal, body] of [...hiddenPlaces(hiddenToken), ...hiddenPlaces(shapedToken)])
      if (hiddenSignal === signal) {
        await post(signal, body, protobuf)
        replies.push(await call(signal, body))
      }
  }
  client.close()
  // The same lines as a file of the OTel Collector's brings them.
  const lines = [traces, logs].map((signal) =>
    inJson(
      signal,
      planted
        .filter((one) => one.signal === signal)
        .map(({ item }) => item)
        .slice(0, 150),
      marker,
    ),
  )
  const reply = await collector.post(`${lines.join('\n')}\n`, { headers: { 'content-type': 'application/x-ndjson' } })
  replies.push(`${reply.status} ${reply.text}`)
  await until(
    async () => {
      const { text } = await collector.get('/readyz?verbose')
      return text.includes(' 0 not judged yet') && text.includes(' 0 records not stored yet')
    },
    'everything is judged and stored',
    60_000,
  )
  stored = await askStoreOf(collector).everything()
  await collector.stop()
}, 240_000)

afterAll(() => collector.remove())

function found(text: string): readonly string[] {
  return needles.filter((needle) => text.includes(needle))
}

describe('secrets in telemetry', () => {
  it('are of every kind, and went in', () => {
    expect(planted.length).toBeGreaterThan(1_000)
    const taken = replies.filter((reply) => reply.startsWith('200 '))
    expect(taken.length).toBeGreaterThan(50)
    expect(taken.filter((reply) => reply.includes('were not taken'))).toEqual([])
    expect(replies.filter((reply) => reply.startsWith('4')).length).toBeGreaterThan(20)
  })

  it('are nowhere in the decoded log', async () => {
    const log = await openEmbeddedLog({
      directory: join(collector.data, 'log'),
      now: Date.now,
      newIncarnation: () => crypto.randomUUID(),
    })
    let items = 0
    for (let offset = log.bounds('ingest').firstOffset; offset < log.bounds('ingest').nextOffset; ) {
      const result = log.read('ingest', offset, { maxBytes: 1 << 20 })
      for (const { headers, value } of result.records) {
        const bytes = Buffer.from(value ?? [])
        expect(found(`${JSON.stringify(headers)} ${bytes.toString('latin1')}`)).toEqual([])
        const signal = headers.format === traces.format ? traces : logs
        const text = headers.encoding === 'protobuf' ? JSON.stringify(decodeExport(signal, bytes)) : bytes.toString()
        for (const [, base64 = ''] of text.matchAll(/"bytesValue":"([^"]*)"/g))
          expect(found(Buffer.from(base64, 'base64').toString('latin1'))).toEqual([])
        items += text.split(marker).length - 1
      }
      offset = result.nextOffset
    }
    await log.close()
    expect(items).toBeGreaterThan(50)
  })

  it('are in no column of any table, in no file, and in nothing that was said', () => {
    expect(found(stored)).toEqual([])
    const files = readdirSync(collector.data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const path = join(file.parentPath, file.name)
      expect({ path, found: found(readFileSync(path, 'latin1')) }).toEqual({ path, found: [] })
    }
    for (const text of [collector.stdout(), collector.stderr(), replies.join('\n')]) expect(found(text)).toEqual([])
  })
})
