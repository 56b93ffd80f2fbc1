// Secrets planted through every receiver, and searched for in everything that is kept, said or sent.

import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedLog } from '../../collector/log/embedded/embedded-log.ts'
import { type TopicName, topics } from '../../schemas/topics.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'
import { canaries } from './canaries.ts'
import { decisionsOf } from './decisions.ts'
import { openRandom, upper } from './random.ts'

const planted = canaries(20261122, 240)
const needles = [...new Set(planted.flatMap((canary) => canary.needles))]
const records = planted.map(({ record }) => record)
const objects = records.filter((record) => record.startsWith('{') && isJson(record))

/** Told apart from the planted: these must be found, or the search finds nothing at all. */
const marker = 'kept-marker-4711'
const markerLine = `2025-03-14 11:42:01 | user_id=USR-7 | action=EXPORT | order=${marker}`
const unreadable = `no format reads this ${marker}`

/** A user whose name is a key: it is in the alert, its title and its notification. */
const keyUser = `ghp_${openRandom(7).text(upper, 36)}`
const refunds = [1, 3, 5].map(
  (second) => `2025-03-14 11:42:0${second} | user_id=${keyUser} | action=REFUND | order=ORD-${second} | amount=9.00`,
)

const folder = mkdtempSync(join(tmpdir(), 'eastwest-canary-'))
const followed = join(folder, 'followed')
const replies: string[] = []
let webhooks: SignedWebhooks
let collector: RunningCollector
let stored = ''

beforeAll(async () => {
  webhooks = await openSignedWebhooks()
  mkdirSync(followed)
  writeFileSync(join(followed, 'before.log'), `${markerLine}\n${records.join('\n')}\n`)
  collector = await runCollector({
    settings: {
      receivers: { files: { sources: [{ path: followed }], pollMs: 50 } },
      alerts: { channels: { 'on-call': webhooks.channel } },
      telemetry: { logLevel: 'debug' },
    },
  })
  const types = { text: { 'content-type': 'text/plain' }, json: { 'content-type': 'application/json' } }
  const lines = (all: readonly string[]): string => `${[markerLine, unreadable, ...all].join('\n')}\n`
  const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, query = '') => {
    const reply = await collector.post(body, { headers, path: `/v1/events${query}` })
    replies.push(`${reply.status} ${reply.text}`)
  }
  await send(lines(records), types.text)
  await send(lines(records), { 'content-type': 'application/x-www-form-urlencoded' })
  await send(objects.join('\n'), { 'content-type': 'application/x-ndjson' })
  await send(`[${objects.join(',\n')}]`, types.json)
  await send(JSON.stringify(records), types.json)
  await send(Uint8Array.from(gzipSync(lines(records))), { ...types.text, 'content-encoding': 'gzip' })
  for (const record of objects.slice(0, 40)) await send(record, types.json)
  for (const { record } of planted.slice(0, 60)) {
    await send(markerLine, types.text, `?source=${encodeURIComponent(record.slice(0, 4_000))}`)
    await send(markerLine, types.text, `?format=${encodeURIComponent(record.slice(0, 4_000))}`)
    await send(record.replaceAll('\n', ' '), { 'content-type': 'text/html' })
    // Broken on purpose: a refusal must not quote what it refuses.
    await send(`[${record}`, types.json)
  }
  await sendDecisions(types.json, lines, send)
  for (const bad of [keyUser, `Bearer ${keyUser}`]) {
    replies.push(await errorReply(collector.port, `/api/alerts/${encodeURIComponent(bad)}`))
    replies.push(
      await errorReply(collector.port, `/api/events?${encodeURIComponent(bad)}=1&kind=${encodeURIComponent(bad)}`),
    )
    replies.push(await errorReply(collector.port, `/nothing/${encodeURIComponent(bad)}`))
    replies.push(await errorReply(collector.port, '/api/alerts', { origin: `http://${keyUser}` }))
    replies.push(await errorReply(collector.port, '/api/alerts', { host: keyUser }))
  }
  await send(lines(refunds), types.text)
  appendFileSync(join(followed, 'before.log'), `${lines(records)}`)
  writeFileSync(join(followed, 'after.log'), lines(records))
  await until(() => webhooks.told.length > 0, 'the webhook is told')
  await until(
    async () => {
      const { text } = await collector.get('/readyz?verbose')
      const { count } = await askStoreOf(collector).one<{ count: string }>(
        `SELECT toString(count()) AS count FROM quarantine WHERE position(source, 'after.log') > 0`,
      )
      return text.includes(' 0 not judged yet') && text.includes(' 0 records not stored yet') && Number(count) > 0
    },
    'everything is judged and stored',
    60_000,
  )
  stored = await askStoreOf(collector).everything()
  await collector.stop()
}, 240_000)

/** As OPA uploads and prints them; the names of partitions and of decisions too long to be kept hold secrets too. */
async function sendDecisions(
  json: Record<string, string>,
  lines: (all: readonly string[]) => string,
  send: (body: string, headers: Record<string, string>) => Promise<void>,
): Promise<void> {
  const { uploaded, printed } = decisionsOf(planted)
  const upload = async (elements: readonly string[], path = '/v1/opa/logs') => {
    const body = Uint8Array.from(gzipSync(`[${elements.join(',')}]`))
    const reply = await collector.post(body, { headers: { ...json, 'content-encoding': 'gzip' }, path })
    replies.push(`${reply.status} ${reply.text}`)
    return reply.status
  }
  expect(await upload(uploaded)).toBe(200)
  const long = (id: string): string => `{"decision_id":"${id}","input":"${'x'.repeat(1 << 20)}"}`
  expect(await upload([long(keyUser), ...uploaded.slice(0, 9)])).toBe(200)
  for (const { record } of planted.slice(0, 60)) {
    await upload(uploaded.slice(0, 1), `/v1/opa/logs/${encodeURIComponent(record.slice(0, 4_000))}`)
    await upload([record], `/v1/opa/logs?source=${encodeURIComponent(record.slice(0, 4_000))}`)
  }
  await send(lines(printed), { 'content-type': 'text/plain' })
}

afterAll(async () => {
  await webhooks.receiver.close()
  await collector.remove()
  rmSync(folder, { recursive: true, force: true })
})

describe('two hundred and more planted secrets', () => {
  it('are of every kind, and went in', () => {
    expect(planted.length).toBeGreaterThanOrEqual(200)
    expect(needles.length).toBeGreaterThan(400)
    expect(replies.filter((reply) => reply.startsWith('200 ')).length).toBeGreaterThan(100)
    expect(replies.filter((reply) => reply.startsWith('4')).length).toBeGreaterThan(180)
  })

  it('are in no column of any table', () => {
    expect(stored.split(marker).length).toBeGreaterThan(10)
    expect(found(stored)).toEqual([])
  })

  it('are nowhere in the decoded log', async () => {
    const log = await openEmbeddedLog({
      directory: join(collector.data, 'log'),
      now: Date.now,
      newIncarnation: () => crypto.randomUUID(),
    })
    const texts: string[] = []
    for (const topic of Object.keys(topics) as TopicName[]) texts.push(...textsOf(log, topic)) // its keys are the names
    await log.close()
    const text = texts.join('\n')
    expect(text.split(marker).length).toBeGreaterThan(10)
    expect(found(text)).toEqual([])
  })

  it('are in no file of the data folder as they are', () => {
    const files = readdirSync(collector.data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const path = join(file.parentPath, file.name)
      expect({ path, found: found(readFileSync(path, 'latin1')) }).toEqual({ path, found: [] })
    }
  })

  it('are in nothing that the collector wrote, replied or sent', () => {
    const sent = webhooks.receiver.received.map(({ body, headers }) => JSON.stringify(headers) + body).join('\n')
    expect(sent).toContain('3 refunds')
    expect(webhooks.unsigned).toEqual([])
    for (const text of [collector.stdout(), collector.stderr(), replies.join('\n'), sent])
      expect(found(text)).toEqual([])
  })
})

function found(text: string): readonly string[] {
  return [...needles, keyUser].filter((needle) => text.includes(needle))
}

function* textsOf(log: Awaited<ReturnType<typeof openEmbeddedLog>>, topic: TopicName): Generator<string> {
  const textOf = (key: string | undefined, headers: object, value: Uint8Array | null): string =>
    `${key ?? ''} ${JSON.stringify(headers)} ${Buffer.from(value ?? []).toString('utf8')}`
  if (topics[topic].keeps === 'compacted') {
    for (const { key, headers, value } of log.readCompacted(topic)) yield textOf(key, headers, value)
    return
  }
  for (let offset = log.bounds(topic).firstOffset; offset < log.bounds(topic).nextOffset; ) {
    const result = log.read(topic, offset, { maxBytes: 1 << 20 })
    for (const { key, headers, value } of result.records) yield textOf(key, headers, value)
    offset = result.nextOffset
  }
}

/** A request that `fetch` would not send, with a host and an origin of our choice. */
function errorReply(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, headers }, (response) => {
      let text = `${response.statusCode} `
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end()
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
