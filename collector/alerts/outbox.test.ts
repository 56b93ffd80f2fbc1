// What becomes of notifications when receivers fail, refuse, vanish or hang, and that none of them disturbs another.

import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { until } from '../../test/support/until.ts'
import { finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { type Answer, openReceiver, type Receiver } from '../../test/support/webhook-receiver.ts'

const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function receiving(answer: Answer): Promise<Receiver> {
  const receiver = await openReceiver(answer)
  opened.push(receiver)
  return receiver
}

async function started(settings: unknown, window?: number): Promise<AlertsHarness> {
  const harness = new AlertsHarness(settings, window)
  opened.push(harness)
  await harness.start()
  return harness
}

const answer =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end()

const alertsOf = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => {
    const key = `USR-${from + index}`
    return verdictRecord({
      at: from + index,
      verdict: { entity: { keyspace: 'subject', key, name: key, from: 'field' } },
    })
  })

const hourMs = 3_600_000

describe('a delivery', () => {
  it('is retried for 72 hours, then is a dead letter in sight, and can be sent again under its id', async () => {
    let code = 500
    const receiver = await receiving((response) => response.writeHead(code).end())
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    const startedAt = harness.time.now()
    await harness.alerts.apply([verdictRecord()])
    await harness.settled()
    expect(harness.time.now() - startedAt).toBeGreaterThanOrEqual(72 * hourMs)
    expect(harness.time.now() - startedAt).toBeLessThan(73 * hourMs)
    expect(receiver.received).toHaveLength(10)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(harness.alerts.deadLetters()).toMatchObject([
      { state: 'dead', attempts: 10, lastError: 'server-error: HTTP 500', transition: 'opened' },
    ])
    expect(harness.alerts.status().channels).toMatchObject([{ name: 'ops', dead: 1, waiting: 0 }])
    expect(harness.told).toContain('dead letter for ops: server-error: HTTP 500')

    code = 200
    expect(await harness.alerts.replayDeadLetters('no such id')).toBe(0)
    expect(await harness.alerts.replayDeadLetters()).toBe(1)
    await harness.settled()
    expect(receiver.received).toHaveLength(11)
    expect(receiver.received[10]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id'])
    expect(receiver.received[10]?.body).toBe(receiver.received[0]?.body)
    expect(harness.alerts.deadLetters()).toEqual([])
    expect(harness.alerts.status().channels).toMatchObject([{ dead: 0 }])
  })

  it('replayed twice at once is sent once', async () => {
    const receiver = await receiving(answer(500))
    const harness = await started({ channels: { ops: webhookTo(receiver.url) }, retryForMs: 0 })
    await harness.alerts.apply([verdictRecord()])
    await harness.settled()
    expect(receiver.received).toHaveLength(1)
    const replays = await Promise.all([harness.alerts.replayDeadLetters(), harness.alerts.replayDeadLetters()])
    expect(replays).toEqual([1, 0])
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
  })

  it('waits as long as the receiver asks, within reason', async () => {
    const receiver = await receiving((response, _, count) =>
      response.writeHead(count === 1 ? 429 : 200, { 'retry-after': '3600' }).end(),
    )
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    const startedAt = harness.time.now()
    await harness.alerts.apply([verdictRecord()])
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
    expect(harness.time.now() - startedAt).toBeGreaterThanOrEqual(hourMs)
    expect(harness.time.now() - startedAt).toBeLessThan(hourMs + 120_000)
  })

  it('is cut off at the timeout of its channel', async () => {
    const receiver = await receiving(() => undefined)
    const harness = await started({ channels: { ops: webhookTo(receiver.url, { timeoutMs: 15_000 }) }, retryForMs: 0 })
    await harness.alerts.apply([verdictRecord()])
    await until(() => receiver.received.length === 1, 'the attempt arrives')
    harness.time.advance(14_999)
    expect(harness.alerts.outboxDepth()).toBe(1)
    harness.time.advance(1)
    await harness.settled()
    expect(harness.alerts.deadLetters()).toMatchObject([{ lastError: 'timeout: no complete reply in time' }])
  })
})

describe('a channel', () => {
  it('that answers 410 gets no more, and says so; a successful test message enables it', async () => {
    let code = 410
    const receiver = await receiving((response) => response.writeHead(code).end())
    const harness = await started({ channels: { ops: webhookTo(receiver.url, { concurrency: 1 }) } })
    await harness.alerts.apply(alertsOf(5))
    await harness.settled()
    expect(receiver.received).toHaveLength(1)
    expect(harness.alerts.deadLetters()).toHaveLength(5)
    expect(harness.told).toContain('ops disabled')
    const [channel] = harness.alerts.status().channels
    expect(channel?.disabledBecause).toMatch(/410 Gone/)

    expect(await harness.alerts.sendTest('ops')).toMatchObject({ delivered: false })
    expect(harness.alerts.status().channels[0]?.disabledBecause).not.toBe('')
    code = 200
    expect(await harness.alerts.sendTest('ops')).toMatchObject({ delivered: true })
    expect(harness.alerts.status().channels[0]?.disabledBecause).toBe('')
    expect(await harness.alerts.replayDeadLetters()).toBe(5)
    await harness.settled()
    expect(receiver.received).toHaveLength(3 + 5)
  })

  it('that never answers holds up no other, and has no more requests open than it may', async () => {
    const silent = await receiving(() => undefined)
    const steady = await receiving(answer(200))
    const harness = await started({
      channels: { silent: webhookTo(silent.url, { concurrency: 4 }), steady: webhookTo(steady.url) },
    })
    for (let batch = 0; batch < 10; batch += 1) await harness.alerts.apply(alertsOf(20, 1 + batch * 20))
    await until(() => steady.received.length === 200, 'the other channel has everything')
    expect(silent.received).toHaveLength(4)
    expect(harness.alerts.outboxDepth()).toBeGreaterThanOrEqual(200)
    expect(new Set(steady.received.map(({ headers }) => headers['webhook-id'])).size).toBe(200)
  })

  it('that is down is left alone for a while, then asked with one delivery, and gets everything once it is back', async () => {
    let down = true
    const receiver = await receiving((response) => response.writeHead(down ? 503 : 200).end())
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    await harness.alerts.apply(alertsOf(20))
    await until(() => harness.told.includes('breaker of ops open') && harness.attempting === 0, 'the breaker opens')
    expect(receiver.received.length).toBeLessThanOrEqual(6)
    expect(harness.alerts.status().channels).toMatchObject([
      { breaker: 'open', waiting: 20, lastError: 'server-error: HTTP 503' },
    ])
    const before = receiver.received.length
    harness.time.advance(29_000)
    expect(receiver.received).toHaveLength(before)
    harness.time.advance(1_000)
    await until(() => receiver.received.length === before + 1, 'one probe')
    down = false
    await harness.settled()
    expect(harness.told).toContain('breaker of ops closed')
    expect(harness.states.filter(({ state }) => state === 'delivered')).toHaveLength(20)
  })

  it('that is not in the settings any more leaves dead letters that say so, and gets them once it is back', async () => {
    const receiver = await receiving((response, _, count) => response.writeHead(count === 1 ? 500 : 200).end())
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    await harness.alerts.apply([verdictRecord()])
    await until(() => harness.states.some(({ attempts, state }) => attempts === 1 && state === 'pending'), 'it failed')
    await harness.crash()
    await harness.start(undefined, {})
    await harness.settled()
    expect(harness.alerts.deadLetters()).toMatchObject([
      { channel: 'ops', lastError: 'no channel is named "ops" in the settings any more' },
    ])
    await harness.crash()
    await harness.start()
    expect(await harness.alerts.replayDeadLetters()).toBe(1)
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
  })

  it('holds a bounded window of deliveries in memory and the rest in the log, and delivers all, each once', async () => {
    let down = true
    const receiver = await receiving((response) => response.writeHead(down ? 503 : 200).end())
    const harness = await started({ channels: { ops: webhookTo(receiver.url, { concurrency: 4 }) } }, 10)
    for (let batch = 0; batch < 5; batch += 1) await harness.alerts.apply(alertsOf(40, 1 + batch * 40))
    await until(() => harness.states.filter(({ version }) => version === 1).length === 200, 'all are recorded')
    expect(harness.alerts.status().channels).toMatchObject([{ waiting: 200, waitingInLog: 190 }])
    down = false
    await harness.settled()
    const delivered = harness.states.filter(({ state }) => state === 'delivered')
    expect(delivered).toHaveLength(200)
    expect(new Set(delivered.map(({ webhookId }) => webhookId)).size).toBe(200)
    expect(harness.told.filter((line) => line === 'the log refused')).toEqual([])
  })

  it('that fills the window by itself is waited for: the log is not looked through meanwhile', async () => {
    const held: ServerResponse[] = []
    const receiver = await receiving((response) => void held.push(response))
    const harness = await started({ channels: { ops: webhookTo(receiver.url, { concurrency: 4 }) } }, 2)
    await harness.alerts.apply(alertsOf(6))
    await until(() => held.length === 2, 'the window is under way')
    const looked = harness.cuttable?.lookedThrough ?? 0
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect((harness.cuttable?.lookedThrough ?? 0) - looked).toBeLessThanOrEqual(1)
    const answered = new Set<ServerResponse>()
    await until(() => {
      for (const response of held) if (!answered.has(response)) answered.add(response.writeHead(200).end())
      return harness.states.filter(({ state }) => state === 'delivered').length === 6
    }, 'all are delivered')
  })

  it('hears nothing twice after a restart in the middle of a long queue', async () => {
    const receiver = await receiving(answer(200))
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } }, 10)
    await harness.alerts.apply(alertsOf(60))
    await until(() => receiver.received.length >= 15, 'some are delivered')
    await harness.crash()
    await harness.start()
    await harness.settled()
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(60)
    // At most what was under way at the crash.
    expect(ids.length).toBeLessThanOrEqual(62)
  })
})

describe('a log that refuses', () => {
  it('deliveries: nothing is sent without a record, alerts are kept, and all is sent once it takes them', async () => {
    const receiver = await receiving(answer(200))
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    harness.cuttable?.refused.add('deliveries')
    expect(await harness.alerts.apply([verdictRecord()])).toHaveLength(1)
    expect(await harness.alerts.apply([verdictRecord({ at: 2, verdict: { severity: 'critical' } })])).toHaveLength(1)
    for (let second = 0; second < 5; second += 1) {
      await until(() => harness.told.length > second, 'it is refused again')
      harness.time.advance(1_000)
    }
    expect(receiver.received).toEqual([])
    expect(harness.alerts.outboxDepth()).toBe(2)
    harness.cuttable?.refused.clear()
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
  })

  it('the record of a success: it is recorded later and not sent again', async () => {
    let harness: AlertsHarness | undefined
    const receiver = await receiving((response) => {
      harness?.cuttable?.refused.add('deliveries')
      response.writeHead(200).end()
    })
    harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    await harness.alerts.apply([verdictRecord()])
    await until(() => harness?.told.includes('the log refused') === true, 'the record is refused')
    harness.cuttable?.refused.clear()
    harness.time.advance(1_000)
    await until(() => harness?.alerts.outboxDepth() === 0, 'the success is recorded')
    expect(receiver.received).toHaveLength(1)
    expect(harness.states.at(-1)?.state).toBe('delivered')
  })

  it('alerts: the batch is refused whole, changes nothing, and may be given again', async () => {
    const receiver = await receiving(answer(200))
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    harness.cuttable?.refused.add('alerts')
    await expect(harness.alerts.apply([verdictRecord()])).rejects.toMatchObject({ code: 'ERR_LOG_DISK_FULL' })
    expect(harness.alerts.outboxDepth()).toBe(0)
    expect([...harness.alerts.held(0)]).toEqual([])
    harness.cuttable?.refused.clear()
    expect(await harness.alerts.apply([verdictRecord()])).toMatchObject([{ transitions: ['opened'] }])
    await harness.settled()
    expect(receiver.received).toHaveLength(1)
  })
})

describe('closing', () => {
  it('lets attempts under way end, and cuts off what hangs, which is sent again after the next start', async () => {
    let isSlow = true
    const receiver = await receiving((response) => {
      if (!isSlow) response.writeHead(200).end()
    })
    const harness = await started({ channels: { ops: webhookTo(receiver.url) } })
    await harness.alerts.apply([verdictRecord({ verdict: { findings: [finding('e1', noon)] } })])
    await until(() => receiver.received.length === 1, 'the attempt arrives')
    await harness.stop()
    isSlow = false
    await harness.start()
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
    expect(harness.states.at(-1)).toMatchObject({ state: 'delivered', attempts: 2 })
  })
})
