// What people decide, end to end: closed alerts, accepted and denied edges, exceptions, settings read again, and forgeries.

import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { accessLineWith } from '../support/access-line.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let webhooks: SignedWebhooks
let settings: Record<string, unknown>
/** Everything that was posted, for the replay at the end. */
const posted: string[] = []

const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const identityOf = (caller: string): string => `spiffe://cluster.local/ns/shop/sa/${caller}`
// Payments is learned, and one caller of it is known.
const baseline = {
  version: 'b1',
  edges: [
    {
      caller: identityOf('checkout'),
      destination: payments,
      since: '2025-03-01T00:00:00.000Z',
      until: '2025-03-13T00:00:00.000Z',
      hours: 3,
      days: 2,
      instances: 2,
      routes: [],
    },
  ],
}

beforeAll(async () => {
  webhooks = await openSignedWebhooks()
  settings = {
    alerts: { channels: { 'on-call': webhooks.channel } },
    detectors: { 'unexpected-caller': { baseline } },
  }
  collector = await runCollector({ settings })
}, 120_000)
afterAll(async () => {
  await collector.remove()
  await webhooks.receiver.close()
})

const ask = (...words: readonly string[]): Promise<CommandResult> => runCommand([...words, '--url', collector.url])
const decide = (path: string, body: unknown): Promise<Answer> =>
  collector.post(JSON.stringify(body), { path, headers: { 'content-type': 'application/json' } })

async function send(...lines: readonly string[]): Promise<void> {
  posted.push(...lines)
  expect((await collector.post(`${lines.join('\n')}\n`)).status).toBe(200)
}

function refunds(user: string, first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, nth) => {
    const order = first + nth
    return `2025-03-14 11:42:0${order} | user_id=${user} | action=REFUND | order=ORD-${user}-${order} | amount=10.00`
  })
}

/** One call of payments, stamped `at`, epoch ms. */
function callOf(caller: string, at: number): string {
  return accessLineWith({
    start_time: new Date(at).toISOString(),
    request_id: `${caller}-${at}`,
    source_principal: identityOf(caller),
    xfcc: `By=${payments};Hash=ab;URI=${identityOf(caller)}`,
  })
}

async function alertOf(entity: string, isReached: (alert: Alert) => boolean): Promise<Alert> {
  let found: Alert | undefined
  await until(async () => {
    const { json } = await collector.get(`/api/alerts?entity=${encodeURIComponent(entity)}`)
    const alerts = alertSchema.array().parse((json as { alerts: unknown }).alerts) // the schema checks what is inside
    found = alerts.find(isReached)
    return found !== undefined
  }, `an alert of ${entity} is as expected`)
  return found as Alert // found, as waited for
}

const edgeOf = (caller: string): string => `${identityOf(caller)} → ${payments}`

async function quarantined(reason: string): Promise<number> {
  const { json } = await collector.get(`/api/quarantine?reason=${reason}`)
  return (json as { quarantine: unknown[] }).quarantine.length // the API's own schema
}

describe('an alert', () => {
  it('is closed by a person, told with who and why, and closed once', async () => {
    await send(...refunds('USR-1', 1, 3))
    const { id } = await alertOf('USR-1', ({ status }) => status === 'open')
    const words = ['alerts', 'close', id, '--as', 'benign', '--note', 'a test of ours', '--by', 'anna']
    const closed = await ask(...words)
    expect(closed).toMatchObject({ code: 0, stderr: '' })
    expect(closed.stdout).toMatch(/^status +closed$/m)
    expect(closed.stdout).toMatch(/^decided +benign, by anna at .+: a test of ours$/m)
    const feedback = { as: 'benign', by: 'anna', note: 'a test of ours' }
    const { revision } = await alertOf('USR-1', (alert) => alert.feedback?.by === 'anna')
    await until(() => webhooks.told.some(({ type }) => type === 'alert.closed'), 'the channel is told')
    expect(webhooks.told.find(({ type }) => type === 'alert.closed')?.data).toMatchObject({ id, feedback })
    const again = await ask(...words, '--output', 'json')
    expect(JSON.parse(again.stdout)).toMatchObject({ applied: true, alert: { revision, status: 'closed', feedback } })
    const { json } = await collector.get('/api/events?format=eastwest-decision')
    expect(json).toMatchObject({ events: [{ action: 'alert.close', actor: 'anna', resource: id }] })
  }, 120_000)

  it('reopens on the first finding after that', async () => {
    await send(...refunds('USR-1', 4, 1))
    await alertOf('USR-1', ({ status, count }) => status === 'open' && count === 4)
  })

  it.each<readonly [string, (id: string) => string, Record<string, unknown>, number]>([
    ['a note without end', (id) => id, { note: 'x'.repeat(1_001) }, 400],
    ['a body without end', (id) => id, { note: 'x'.repeat(100_000) }, 413],
    ['a note that hides something', (id) => id, { note: 'fine\u202egnihton' }, 400],
    ['an author with an escape code', (id) => id, { by: '\u001b[31manna' }, 400],
    ['half a character', (id) => id, { note: '\ud800' }, 400],
    ['no author', (id) => id, { by: '' }, 400],
    ['another word', (id) => id, { as: 'harmless' }, 400],
    ['a member that is none', (id) => id, { severity: 'low' }, 400],
    ['an id that nobody knows', () => 'f'.repeat(32), {}, 404],
    ['an id that is none', () => '..%2f..%2fx', {}, 404],
    ['an alert of another tenant', (id) => `${id}?tenant=other`, {}, 404],
    ['an alert of an exercise', (id) => `${id}?realm=exercise:7`, {}, 404],
  ])('is not closed by %s', async (_, path, change, status) => {
    const { id } = await alertOf('USR-1', () => true)
    const [name = '', query = ''] = path(id).split('?')
    const body = { as: 'true', by: 'anna', note: 'n', ...change }
    const answer = await decide(`/api/alerts/${name}/close${query === '' ? '' : `?${query}`}`, body)
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({ error: { code: expect.any(String), hint: expect.any(String) } })
    expect((await alertOf('USR-1', () => true)).feedback).toMatchObject({ as: 'benign' })
  })

  it('is not closed by a form that a web page may send', async () => {
    const { id } = await alertOf('USR-1', () => true)
    const headers = { 'content-type': 'text/plain' }
    const body = JSON.stringify({ as: 'true', by: 'anna', note: 'n' })
    expect((await collector.post(body, { path: `/api/alerts/${id}/close`, headers })).status).toBe(415)
  })
})

describe('an edge', () => {
  it('that a person accepted raises nothing more, and one that was denied does at once', async () => {
    const before = Date.now()
    await send(...['cart', 'ledger', 'checkout'].map((caller) => callOf(caller, before)))
    for (const caller of ['cart', 'ledger']) await alertOf(edgeOf(caller), ({ findings }) => findings === 1)
    const words = ['edges', 'accept', identityOf('cart'), payments, '--note', 'release 4.2', '--by', 'anna']
    const accepted = await ask(...words, '--output', 'json')
    expect(accepted).toMatchObject({ code: 0, stderr: '' })
    expect(
      (await ask('edges', 'deny', identityOf('checkout'), payments, '--note', 'retired', '--by', 'ben')).code,
    ).toBe(0)
    const holdsAt = Date.now() + 2_001
    await until(() => Date.now() > holdsAt, 'the decisions hold')
    await send(...['cart', 'ledger', 'checkout'].map((caller) => callOf(caller, holdsAt)))
    await alertOf(edgeOf('ledger'), ({ findings }) => findings === 2)
    const gap = await alertOf(edgeOf('checkout'), ({ severity }) => severity === 'critical')
    expect(gap.explanation.why[0]).toMatch(/^Decided: ben denied it at .+ \(retired\)\.$/)
    expect((await alertOf(edgeOf('cart'), () => true)).findings).toBe(1)
  }, 120_000)

  it('is listed with who decided what, when and why', async () => {
    await until(
      async () => (await ask('edges', 'list', '--state', 'denied')).stdout.includes('retired'),
      'it is listed',
    )
    const { stdout } = await ask('edges', 'list', '--caller', identityOf('cart'), '--output', 'json')
    expect(JSON.parse(stdout)).toMatchObject({
      edges: [{ state: 'known', decision: 'accepted', decidedBy: 'anna', decisionNote: 'release 4.2' }],
    })
    const unseen = await ask('edges', 'accept', identityOf('nobody'), payments, '--note', 'soon')
    expect(unseen.stdout).toContain('no call on that edge was seen so far')
    await until(async () => (await ask('edges', 'list')).stdout.includes('never'), 'it is listed though never seen')
  }, 120_000)

  it('is not accepted by who may only send logs', async () => {
    const line = JSON.stringify({
      schema: 'eastwest.decision/v1',
      decision: 'edge.accept',
      at: new Date().toISOString(),
      by: 'anna',
      note: 'n',
      caller: identityOf('ledger'),
      destination: payments,
    })
    const forged = await collector.post(line)
    expect(forged.json).toMatchObject({ warnings: [expect.stringContaining('forged-decision')] })
    await collector.post(line, { path: '/v1/events?format=eastwest-decision&source=decisions' })
    await until(async () => (await quarantined('forged-decision')) === 2, 'both are in quarantine')
    await send(callOf('ledger', Date.now()))
    await alertOf(edgeOf('ledger'), ({ findings }) => findings === 3)
  })
})

describe('settings', () => {
  const exception = {
    detector: 'refund-burst',
    entity: 'USR-7*',
    author: 'anna',
    reason: 'load test, OPS-12',
    expires: '2025-03-14T11:42:05Z',
  }
  const write = (change: unknown): void =>
    writeFileSync(collector.config, JSON.stringify({ ...settings, ...Object(change) }))

  it('that are wrong change nothing, and every problem is told', async () => {
    write({ exceptions: [{ ...exception, expires: 'soon' }], tenannt: 'x' })
    const { code, stderr } = await ask('config', 'reload')
    expect(code).toBe(1)
    expect(stderr).toContain('exceptions[0].expires')
    expect(stderr).toContain('did you mean "tenant"?')
    expect((await ask('exceptions', 'list')).stdout).toBe('no exceptions\n')
  }, 120_000)

  it('are read again: what can change does, what waits for a restart is named', async () => {
    write({ exceptions: [exception], log: { retentionSeconds: 61 } })
    const { stdout } = await ask('config', 'reload', '--by', 'anna')
    expect(stdout).toBe('in force now: exceptions\nin force after a restart: log.retentionSeconds\n')
    await until(async () => {
      const reply = await collector.get('/api/events?action=settings.apply')
      return (reply.json as { events: unknown[] }).events.length === 1 // the API's own schema
    }, 'the change is a record')
  }, 120_000)

  it('except findings until the exception expires by the time of what happened, and count them', async () => {
    await send(...refunds('USR-70', 1, 3))
    await send(...refunds('USR-71', 5, 3))
    await alertOf('USR-71', ({ findings }) => findings > 0)
    const { stdout } = await ask('exceptions', 'list', '--output', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ exceptions: [{ ...exception, expired: true, ate: 1 }] })
    expect((await collector.get('/api/alerts?entity=USR-70')).json).toEqual({ alerts: [] })
    expect((await ask('doctor')).stdout).toContain('the exception of anna for "USR-7*" at refund-burst expired')
    expect((await collector.get('/metrics')).text).toMatch(/^eastwest_alert_excepted_findings.*refund-burst.* 1$/m)
  }, 120_000)

  it('are read again on SIGHUP too: a channel that is gone is told nothing more', async () => {
    write({ alerts: {} })
    process.kill(collector.pid, 'SIGHUP')
    await until(() => collector.stderr().includes('alerts.channels.on-call'), 'the change is told')
    const told = webhooks.told.length
    await send(...refunds('USR-8', 1, 3))
    await alertOf('USR-8', () => true)
    expect(webhooks.told).toHaveLength(told)
  })
})

describe('what was decided', () => {
  it('stands after a restart', async () => {
    const { data } = collector
    expect(await collector.stop()).toBe(0)
    collector = await runCollector({ settings, data })
    expect((await alertOf('USR-1', () => true)).feedback).toMatchObject({ as: 'benign', by: 'anna' })
    await send(...['cart', 'checkout'].map((caller) => callOf(caller, Date.now())))
    await alertOf(edgeOf('checkout'), ({ findings }) => findings === 2)
    expect((await alertOf(edgeOf('cart'), () => true)).findings).toBe(1)
  }, 120_000)

  it('is seen by a replay of the recorded logs, where it is given', async () => {
    const [logs, decisions] = [`${collector.config}.log`, `${collector.config}.decisions`]
    writeFileSync(logs, `${posted.join('\n')}\n`)
    await until(async () => (await ask('decisions', 'export')).stdout.split('\n').length === 5, 'all are exported')
    writeFileSync(decisions, (await ask('decisions', 'export')).stdout)
    const replay = ['replay', logs, '--settings', collector.config, '--data', collector.data]
    const alone = await runCommand(replay)
    const decided = await runCommand([...replay, '--decisions', decisions])
    expect(alone.stdout).not.toContain('critical')
    expect(decided.stdout).toContain('critical')
    expect(decided.stdout).toMatch(/closed .*refund-burst.*USR-1:/)
    expect((await ask('explain', (await alertOf('USR-1', () => true)).id)).stdout).toContain('Decided: benign, by anna')
    const forged = await runCommand([...replay, decisions])
    expect(forged.stdout).toContain('forged-decision')
    expect(forged.stdout).not.toContain('critical')
    expect(readFileSync(decisions, 'utf8')).toContain('"decision":"edge.accept"')
  }, 180_000)
})
