// What a hostile or broken policy engine uploads: one bad decision never blocks its chunk, and the next good one is processed.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'
import { badDecisions, decisionOf, oddDecisions } from './decisions.ts'

const mebi = 1024 * 1024
const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }

let collector: RunningCollector

beforeAll(async () => {
  // Every test waits for its rows.
  collector = await runCollector({ settings: { store: { batchMs: 100 } } })
})

afterAll(() => collector.remove())

function upload(elements: readonly string[], path = '/v1/opa/logs'): Promise<Answer> {
  return collector.post(Uint8Array.from(gzipSync(`[${elements.join(',')}]\n`)), { path, headers })
}

function listed({ json }: Answer, name: string): readonly unknown[] {
  return (json as Record<string, readonly unknown[]> | undefined)?.[name] ?? [] // a page of our own API
}

async function eventsOf(subject: string): Promise<readonly unknown[]> {
  return listed(await collector.get(`/api/events?subject=${subject}`), 'events')
}

async function quarantined(source: string, count: number): Promise<readonly unknown[]> {
  let rows: readonly unknown[] = []
  await until(
    async () => {
      rows = listed(await collector.get(`/api/quarantine?source=${source}`), 'quarantine')
      return rows.length >= count
    },
    `quarantine rows of ${source}`,
    30_000,
  )
  return rows
}

let chunk = 0

describe('a chunk of decisions', () => {
  it.each(badDecisions)('with $name among them is taken without it', async ({ element, reason }) => {
    const name = `chunk-${++chunk}`
    const before = `${name}-before`
    const after = `${name}-after`
    const reply = await upload([decisionOf(before), element(), decisionOf(after)], `/v1/opa/logs/${name}`)
    expect(reply).toMatchObject({ status: 200, json: { accepted: 3 } })
    expect(await quarantined(name, 1)).toMatchObject([{ reason, source: name, format: 'opa-decision' }])
    for (const subject of [before, after])
      await until(async () => (await eventsOf(subject)).length === 1, `the decision about ${subject}`)
  })

  it('with all of them at once is taken too', async () => {
    const elements = badDecisions
      .filter(({ name }) => !name.startsWith('ten megabytes'))
      .map(({ element }) => element())
    const reply = await upload([...elements, decisionOf('after-all')], '/v1/opa/logs?source=all-at-once')
    expect(reply).toMatchObject({ status: 200, json: { accepted: elements.length + 1 } })
    expect((await quarantined('all-at-once', elements.length)).length).toBe(elements.length)
    await until(async () => (await eventsOf('after-all')).length === 1, 'the decision behind them')
  })

  it('of wrong types everywhere is read as far as it goes', async () => {
    const elements = oddDecisions.map((members, at) => decisionOf(`odd-${at}`, `,${members}`))
    expect(await upload(elements)).toMatchObject({ status: 200, json: { warnings: [] } })
    for (const at of oddDecisions.keys()) {
      await until(async () => (await eventsOf(`odd-${at}`)).length === 1, `the odd decision ${at}`)
      expect(await eventsOf(`odd-${at}`)).toMatchObject([
        { kind: 'authz', outcome: 'allowed', policy: 'shop/authz/allow' },
      ])
    }
  })

  it('of a hundred thousand decisions is taken while others are served', async () => {
    const small = '{"decision_id":"d","result":true,"timestamp":"2026-11-02T09:14:22Z"}'
    const sent = upload(Array<string>(100_000).fill(small))
    const startedAt = performance.now()
    expect((await collector.get('/livez')).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(await sent).toMatchObject({ status: 200, json: { accepted: 100_000 } })
    await upload([decisionOf('behind-them')])
    await until(async () => (await eventsOf('behind-them')).length === 1, 'the decision behind them', 60_000)
  })

  it.each(['/v1/opa/logs/%ZZhidden', '/v1/opa/logs/%', '/api/alerts/%C3hidden'])(
    'to the address %s, which encodes nothing, is refused without a word of it',
    async (path) => {
      const reply = await collector.post('[]', { path, headers: { 'content-type': 'application/json' } })
      expect(reply).toMatchObject({ status: 400, json: { error: { code: 'bad-address' } } })
      expect(reply.text + collector.stdout() + collector.stderr()).not.toMatch(/hidden|node_modules/)
    },
  )

  it.each<readonly [string, () => Uint8Array<ArrayBuffer>, number, string]>([
    ['a gzip bomb', () => Uint8Array.from(gzipSync(Buffer.alloc(64 * mebi, '['))), 413, 'inflated-too-large'],
    ['lists five million deep', () => Uint8Array.from(gzipSync(Buffer.alloc(5e6, '['))), 400, 'broken-json'],
    ['a million decisions', () => Uint8Array.from(gzipSync(`[${'{},'.repeat(1e6)}{}]`)), 413, 'too-many-records'],
    ['half a chunk', () => Uint8Array.from(gzipSync(`[${decisionOf('half')},{"decision_id":`)), 400, 'broken-json'],
    ['no JSON', () => Uint8Array.from(gzipSync('decision')), 400, 'not-json'],
    ['no decision', () => Uint8Array.from(gzipSync('[]')), 400, 'empty-body'],
    ['no gzip', () => Uint8Array.from(Buffer.from('[{}]')), 400, 'broken-gzip'],
  ])('that is %s is refused as a whole, and says why', async (_, body, status, code) => {
    const reply = await collector.post(body(), { path: '/v1/opa/logs', headers })
    expect(reply).toMatchObject({ status, json: { error: { code, hint: expect.stringMatching(/./) } } })
    expect(await eventsOf('half')).toEqual([])
    const subject = `next-${++chunk}`
    expect(await upload([decisionOf(subject)])).toMatchObject({ status: 200 })
    await until(async () => (await eventsOf(subject)).length === 1, 'the next good decision')
  })
})
