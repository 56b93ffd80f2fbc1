// People are answered where roles share the work: what they see, what they decide and who hears of it, and what is refused.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { accessLineWith } from '../support/access-line.ts'
import { runCommand } from '../support/command.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { openFleetSettings } from '../support/fleet.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import { type KafkaBroker, openKafka } from '../support/kafka/kafka-broker.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { openTestStore, type TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

const scrubKey = `serving:${Buffer.alloc(32, 5).toString('base64url')}\n`
const soonMs = 60_000
let broker: KafkaBroker
let store: TestStore
let webhooks: SignedWebhooks
let settings: unknown
let worker: FleetProcess
let server: FleetProcess

beforeAll(async () => {
  broker = await openKafka()
  store = await openTestStore()
  webhooks = await openSignedWebhooks()
  settings = await openFleetSettings({
    broker,
    store,
    partitions: { ingest: 2, keyed: 2, findings: 2 },
    batchMs: 100,
    more: { tenant: 'acme', alerts: { channels: { 'on-call': webhooks.channel } } },
  })
  ;[worker, server] = await Promise.all([
    startFleetProcess('receive,normalize,detect,deliver', settings, { scrubKey }),
    startFleetProcess('serve', settings, { scrubKey }),
  ])
}, 180_000)

afterAll(async () => {
  await Promise.all([worker.stop(), server.stop()])
  await webhooks.receiver.close()
  await store.close()
  await broker.stop()
}, 60_000)

async function send(...lines: readonly string[]): Promise<void> {
  const body = `${lines.join('\n')}\n`
  const reply = await fetch(`${worker.url}/v1/events`, { method: 'POST', body })
  expect(await reply.json()).toMatchObject({ accepted: lines.length })
}

function burst(user: string): readonly string[] {
  return [1, 5, 7].map(
    (second) =>
      `2025-03-14 11:42:0${second} | user_id=${user} | action=REFUND | order=O-${user}-${second} | amount=89.99`,
  )
}

interface Reply {
  readonly status: number
  readonly json: unknown
}

async function ask(path: string, decided?: object): Promise<Reply> {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(decided) }
  const reply = await fetch(`${server.url}${path}`, decided === undefined ? {} : posted)
  return { status: reply.status, json: await reply.json() }
}

async function alerts(query: string): Promise<readonly Alert[]> {
  const { json } = await ask(`/api/alerts?${query}`)
  return alertSchema.array().parse((json as { alerts: unknown }).alerts) // the schema checks what is inside
}

async function alertOf(user: string): Promise<Alert> {
  await until(async () => (await alerts(`entity=${user}`)).length > 0, `the alert on ${user} is listed`, soonMs)
  const [alert] = await alerts(`entity=${user}`)
  if (alert === undefined) throw new Error('it was there a moment ago')
  return alert
}

/** Alerts of the stream as they come, of anybody who is told for as long as it is read. */
async function follow(): Promise<{ readonly heard: readonly Alert[]; close(): void }> {
  const over = new AbortController()
  const reply = await fetch(`${server.url}/api/stream`, { signal: over.signal })
  const heard: Alert[] = []
  const read = async (): Promise<void> => {
    let text = ''
    for await (const chunk of (reply.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += chunk
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1]
        if (data !== undefined) heard.push(alertSchema.parse(JSON.parse(data)))
      }
    }
  }
  void read().catch(() => undefined)
  return { heard, close: () => over.abort() }
}

const toldOf = (user: string) => webhooks.told.filter(({ data }) => JSON.stringify(data).includes(`"${user}"`))

describe('a process that serves', () => {
  it('shows the console, and tells of an alert as it is raised and as it is stored', async () => {
    expect(await (await fetch(`${server.url}/`)).text()).toContain('<title>eastwest</title>')
    const stream = await follow()
    await send(...burst('U-seen'))
    await until(() => stream.heard.some(({ entity }) => entity.name === 'U-seen'), 'the stream tells of it', soonMs)
    const alert = await alertOf('U-seen')
    expect(alert).toMatchObject({ tenant: 'acme', detector: 'refund-burst', status: 'open' })
    const { json } = await ask(`/api/alerts/${alert.id}/explain`)
    expect(json).toMatchObject({ alert: { id: alert.id }, events: [{}, {}, {}] })
    const revisions = stream.heard.map(({ id, revision }) => `${id} ${revision}`)
    expect(new Set(revisions).size).toBe(revisions.length)
    stream.close()
  }, 120_000)

  it('closes an alert by hand: its owner does, the channel hears of it once, and everybody sees who it was', async () => {
    await send(...burst('U-closed'))
    const { id } = await alertOf('U-closed')
    const decided = { as: 'benign', by: 'ana', note: 'a trade fair, asked for with Bearer abcdefghijklmnopqrstuvwxyz' }
    const { status, json } = await ask(`/api/alerts/${id}/close`, decided)
    expect([status, json]).toMatchObject([
      200,
      { applied: true, alert: { id, status: 'closed', feedback: { as: 'benign', by: 'ana' } } },
    ])
    expect(JSON.stringify(json)).not.toContain('abcdefghijklmnopqrstuvwxyz')
    await until(() => toldOf('U-closed').some(({ type }) => type === 'alert.closed'), 'the channel hears of it', soonMs)
    await until(async () => (await alertOf('U-closed')).status === 'closed', 'it is stored', soonMs)
    expect(toldOf('U-closed').map(({ type }) => type)).toEqual(['alert.opened', 'alert.closed'])
    const decisions = async (): Promise<unknown> => (await ask('/api/events?format=eastwest-decision')).json
    await until(async () => JSON.stringify(await decisions()).includes(id), 'the decision is stored', soonMs)
    expect(await decisions()).toMatchObject({ events: [{ action: 'alert.close', actor: 'ana', resource: id }] })
  }, 120_000)

  it('takes what commands decide, and knows no alert that is not there', async () => {
    await send(...burst('U-command'))
    const { id } = await alertOf('U-command')
    const words = ['--as', 'true', '--by', 'ben', '--note', 'ticket 7', '--url', server.url]
    expect(await runCommand(['alerts', 'close', id, ...words])).toMatchObject({ code: 0 })
    expect(await alertOf('U-command')).toMatchObject({ feedback: { by: 'ben', note: 'ticket 7' } })
    const nobody = await ask(`/api/alerts/${'0'.repeat(32)}/close`, { as: 'true', by: 'ben', note: 'n' })
    expect(nobody).toMatchObject({ status: 404, json: { error: { code: 'no-such-alert' } } })
  }, 120_000)

  it('denies an edge, which the share that knows it judges by, and lists', async () => {
    const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
    const caller = 'spiffe://cluster.local/ns/shop/sa/reports'
    const reply = await ask('/api/edges/deny', { caller, destination: payments, by: 'ana', note: 'no business there' })
    expect(reply).toMatchObject({ status: 200, json: { warnings: [expect.stringContaining('no call on that edge')] } })
    const call = (at: number) =>
      accessLineWith({
        start_time: new Date(at).toISOString(),
        request_id: `denied-${at}`,
        source_principal: caller,
        xfcc: `By=${payments};Hash=ab;URI=${caller}`,
      })
    // A decision holds for calls stamped more than two seconds later.
    const { at } = reply.json as { at: string } // its status says that it is one
    await until(() => Date.now() > Date.parse(at) + 2_500, 'the decision holds')
    await send(call(Date.now()))
    await until(
      async () => (await alerts('detector=unexpected-caller')).some(({ severity }) => severity === 'critical'),
      'the denied call raises an alert',
      soonMs,
    )
    await until(
      async () => {
        const { json } = await ask(`/api/edges?caller=${encodeURIComponent(caller)}`)
        return JSON.stringify(json).includes('"decision":"denied","decidedBy":"ana"')
      },
      'the edge is listed as denied',
      soonMs,
    )
  }, 120_000)

  it('says what a detector lacks where records are normalized, and what only one process can answer', async () => {
    const ready = await (await fetch(`${worker.url}/readyz?verbose`)).json()
    expect(ready).toMatchObject({ ready: true, abstentions: expect.arrayContaining([expect.anything()]) })
    const doctor = await runCommand(['doctor', '--url', server.url])
    expect(doctor.stdout).toContain('is told by the processes that normalize')
    expect(await ask('/api/exercises')).toMatchObject({ status: 409, json: { error: { code: 'one-process-only' } } })
    expect(await ask('/api/exceptions')).toMatchObject({ status: 409, json: { error: { code: 'one-process-only' } } })
    const reload = await ask('/api/config/reload', { by: 'ana' })
    expect(reload).toMatchObject({ status: 409, json: { error: { code: 'one-process-only' } } })
    expect(await ask('/v1/events', {})).toMatchObject({ status: 404, json: { error: { code: 'no-receiver' } } })
    server.signal('SIGHUP')
    await until(() => server.stderr().includes('settings are read at the start'), 'it says when they are read')
    const test = await ask('/api/channels/on-call/test', {})
    expect(test).toMatchObject({ status: 200, json: { delivered: true } })
  }, 60_000)

  it('tells of an event anew from what is stored, where its owner is not asked', async () => {
    await send(...burst('U-asked'))
    const { evidence } = await alertOf('U-asked')
    const asked = (): Promise<Reply> => ask(`/api/why-not?event=${evidence[0]?.eventId}&detector=refund-burst`)
    await until(async () => (await asked()).status === 200, 'the event is stored', soonMs)
    expect(JSON.stringify((await asked()).json)).toContain('judged anew over 3 stored events')
  }, 60_000)

  it('is looked at as a collector alone is, but for exercises', async () => {
    const browser = await openBrowser()
    const { page, troubles, goTo, close } = await openConsole(browser, server.url)
    await page.waitForSelector('tr:has-text("U-asked")')
    await goTo('#/map')
    await page.waitForSelector('#map canvas')
    await goTo('#/lists')
    await page.waitForSelector('td:has-text("no business there")')
    await page.waitForSelector('text=each counts for itself')
    await goTo('#/sources')
    await page.waitForSelector('text=is told by the processes that normalize')
    await goTo('#/exercises')
    await page.waitForSelector('.problem:has-text("exercises run in one process")')
    expect(await page.locator('nav a').allTextContents()).not.toContain('Exercises')
    expect(troubles).toEqual([])
    await close()
    await browser.close()
  }, 60_000)

  it('goes on through a take-over, and tells nothing twice', async () => {
    const stream = await follow()
    const successor = await startFleetProcess('receive,normalize,detect,deliver', settings, { scrubKey })
    await worker.kill()
    worker = successor
    await send(...burst('U-later'))
    await until(() => stream.heard.some(({ entity }) => entity.name === 'U-later'), 'the stream tells of it', soonMs)
    const revisions = stream.heard.map(({ entity, revision }) => `${entity.name} ${revision}`)
    expect(revisions.filter((each) => !each.startsWith('U-later '))).toEqual([])
    expect(new Set(revisions).size).toBe(revisions.length)
    stream.close()
  }, 120_000)
})
