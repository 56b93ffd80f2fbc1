// The commands that ask a running collector, and how it stops.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandResult, runCommand } from '../support/command.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let id = ''

const title = 'USR-99: 3 refunds in 6 seconds by the same user, 414.49 in total'
const ask = (...words: readonly string[]): Promise<CommandResult> => runCommand([...words, '--url', collector.url])

beforeAll(async () => {
  collector = await runCollector()
  await collector.post(
    [
      '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99',
      '2025-03-14 11:42:05 | user_id=USR-99 | action=REFUND | order=ORD-1202 | amount=124.50',
      '2025-03-14 11:42:07 | user_id=USR-99 | action=REFUND | order=ORD-1203 | amount=200.00',
    ].join('\n'),
  )
  await until(async () => {
    const { json } = await collector.get('/api/alerts?entity=USR-99')
    id = (json as { alerts?: { id: string }[] }).alerts?.[0]?.id ?? '' // the API's own schema
    return id !== ''
  }, 'the alert is listed')
}, 120_000)
afterAll(() => collector.remove())

describe('asking a running collector', () => {
  it('lists, shows and explains an alert, as text without escape codes and as JSON', async () => {
    for (const words of [
      ['alerts', 'list'],
      ['alerts', 'show', id],
      ['explain', id],
    ]) {
      const { code, stdout, stderr } = await ask(...words)
      expect(stderr).toBe('')
      expect(code).toBe(0)
      expect(stdout).toContain('USR-99')
      expect(stdout).not.toContain('\u001b')
    }
    expect((await ask('explain', id)).stdout).toMatch(/^It would not have fired if\n {2}ORD-1203 were a retry/m)
    const { stdout } = await ask('alerts', 'list', '--output', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ alerts: [{ id, title, status: 'open' }] })
  }, 120_000)

  it('tells of health, of an unknown channel and of an unknown alert', async () => {
    const doctor = await ask('doctor')
    expect(doctor).toMatchObject({ code: 0 })
    expect(doctor.stdout).toContain('refund-burst fires on audit-line from "http", but a part of it cannot')
    expect(doctor.stdout).toContain('unexpected-caller cannot fire: nothing that concerns it has arrived')
    expect((await ask('alerts', 'test-channel', 'nowhere')).code).toBe(1)
    expect((await ask('alerts', 'show', 'nothing')).code).toBe(1)
  }, 120_000)

  it('tells of access logs without identity at once, and what to add to them', async () => {
    const sample = new URL('../../collector/decoders/samples/istio-json.jsonl', import.meta.url)
    await collector.post(readFileSync(sample, 'utf8'), { path: '/v1/events?source=mesh' })
    const told = 'unexpected-caller cannot fire on istio-json from "mesh"'
    await until(() => collector.stdout().includes(told), 'the terminal says it')
    const { stdout } = await ask('doctor')
    expect(stdout).toContain(told)
    expect(stdout).toMatch(/needs identity of the caller: .*"source_principal":"%DOWNSTREAM_PEER_URI_SAN%"/)
    expect(stdout).toContain('deploy/mesh/README.md')
    const { json } = await collector.get('/readyz?verbose')
    expect(json).toMatchObject({
      abstentions: expect.arrayContaining([
        expect.objectContaining({
          source: 'mesh',
          missing: expect.arrayContaining([expect.objectContaining({ essential: true })]),
        }),
      ]),
    })
  })

  it('says how to start a collector where none answers', async () => {
    const { code, stderr } = await runCommand(['doctor', '--url', 'http://127.0.0.1:9'])
    expect(stderr).toContain('eastwest run')
    expect(code).toBe(1)
  }, 60_000)

  it('ends in good order and soon when it is told to', async () => {
    const askedAt = performance.now()
    expect(await collector.stop()).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(10_000)
  })
})
