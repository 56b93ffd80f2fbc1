// What a real OPA uploaded goes through the receiver, chunk by chunk, as it was recorded.

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linesOf } from '../support/decode-lines.ts'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'

const recorded = linesOf(import.meta.url, '../recordings/opa/upload.jsonl')
const chunk = Uint8Array.from(gzipSync(`[${recorded.join(',')}]\n`))
const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }

let collector: RunningCollector

beforeAll(async () => {
  collector = await runCollector()
})

afterAll(() => collector.remove())

const upload = (path: string): Promise<Answer> => collector.post(chunk, { path, headers })

async function rows(source: string): Promise<{ rows: string; copies: string; outcomes: readonly string[] }> {
  const counted = `SELECT toString(count()) AS rows, toString(sum(copy)) AS copies, groupUniqArray(outcome) AS outcomes`
  return askStoreOf(collector).one(
    `${counted} FROM event_rows WHERE format = 'opa-decision' AND kind = 'authz' AND source = '${source}'`,
  )
}

describe('an upload of OPA', () => {
  it('is answered with 2xx once all its decisions are durable, and all of them are stored', async () => {
    expect(await upload('/v1/opa/logs')).toMatchObject({ status: 200, json: { accepted: recorded.length } })
    await until(async () => (await rows('opa')).rows === String(recorded.length), 'all decisions are stored')
    expect(new Set((await rows('opa')).outcomes)).toEqual(new Set(['allowed', 'denied', 'failed', '']))
    const page = await collector.get('/api/quarantine?source=opa')
    expect(page.json).toMatchObject({ quarantine: [] })
  })

  it('that comes again, as OPA sends it when it missed the answer, is told to be a copy', async () => {
    expect((await upload('/v1/opa/logs')).status).toBe(200)
    await until(async () => (await rows('opa')).copies === String(recorded.length), 'the copies are stored')
  })

  it.each([
    ['/v1/opa/logs/eu1-payments', 'eu1-payments'],
    ['/v1/opa/logs?source=eu2', 'eu2'],
    ['/v1/opa/logs/eu3?source=named', 'named'],
  ])('to %s is of the source %s', async (path, source) => {
    expect((await upload(path)).status).toBe(200)
    await until(async () => (await rows(source)).rows === String(recorded.length), `the decisions of ${source}`)
  })

  it('is counted by its own receiver', async () => {
    const { text } = await collector.get('/metrics')
    expect(text).toMatch(/^eastwest_receiver_records\S*receiver="opa"\S* \d+/m)
  })

  it('in another content type is refused, and by another method is not found', async () => {
    const reply = await collector.post('x', { path: '/v1/opa/logs', headers: { 'content-type': 'text/html' } })
    expect(reply).toMatchObject({ status: 415, json: { error: { code: 'content-type' } } })
    expect((await collector.get('/v1/opa/logs')).status).toBe(404)
  })
})
