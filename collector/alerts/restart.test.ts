// Killed at any append, the alerts room goes on from the log: nothing is lost, nothing is told under two names.

import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webhookMessageSchema } from '../../schemas/webhook.ts'
import { AlertsHarness, testSecret, webhookTo } from '../../test/support/alerts-harness.ts'
import type { Cut } from '../../test/support/cuttable-log.ts'
import { until } from '../../test/support/until.ts'
import { finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { openReceiver, type Received, type Receiver } from '../../test/support/webhook-receiver.ts'

const e = (index: number) => finding(`e${index}`, noon + index * 1000)
const user = (key: string) => ({ keyspace: 'subject' as const, key, name: key, from: 'field' as const })

/** What the detectors say, in batches: the offset moves on only once a batch was applied. */
const batches = [
  [
    verdictRecord({ at: 1, verdict: { severity: 'medium', findings: [e(1)], count: 1 } }),
    verdictRecord({ at: 2, verdict: { severity: 'high', findings: [e(1), e(2)], count: 2 } }),
    verdictRecord({ at: 3, verdict: { entity: user('USR-1'), findings: [e(3)] } }),
  ],
  [
    verdictRecord({ at: 4, verdict: { entity: user('USR-1'), findings: [] } }),
    verdictRecord({ at: 5, verdict: { entity: user('USR-1'), findings: [e(3), e(4)] } }),
    verdictRecord({ at: 6, realm: 'exercise:1', verdict: { entity: user('USR-1'), findings: [e(3)] } }),
  ],
  [
    verdictRecord({ at: 7, verdict: { findings: [e(1), { ...e(2), rung: '5-in-10m' }], count: 3 } }),
    verdictRecord({ at: 8, verdict: { entity: user('USR-2'), severity: 'info', findings: [e(8)] } }),
    verdictRecord({ at: 9, verdict: { findings: [] } }),
  ],
]

let steady: Receiver
/** Fails the first time it hears of each notification. */
let moody: Receiver

beforeAll(async () => {
  steady = await openReceiver((response) => response.writeHead(204).end())
  const known = new Set<string>()
  moody = await openReceiver((response, request) => {
    const name = `${request.path} ${request.headers['webhook-id']}`
    response.writeHead(known.has(name) ? 200 : 503).end()
    known.add(name)
  })
})

afterAll(async () => {
  await steady.close()
  await moody.close()
})

let runs = 0

/** Runs all lives to the end, each but the last cut as told; replays begin at the first batch that was not applied. */
async function run(cuts: readonly Cut[]) {
  const path = `/run-${++runs}`
  const harness = new AlertsHarness({
    channels: {
      steady: webhookTo(`http://127.0.0.1:${steady.port}${path}`),
      moody: webhookTo(`http://127.0.0.1:${moody.port}${path}`, { drills: true }),
    },
    routes: [{ channels: ['steady', 'moody'] }],
  })
  let applied = 0
  let appends = 0
  for (const cut of [...cuts, undefined]) {
    await harness.start(cut)
    const died = until(() => harness.cuttable?.isDead === true, 'the cut', 60_000).catch(() => undefined)
    const work = (async () => {
      while (applied < batches.length) {
        await harness.alerts.apply(batches[applied] ?? [])
        applied += 1
      }
      await harness.settle(() => harness.cuttable?.isDead === true || harness.alerts.outboxDepth() === 0, 'the end')
    })()
    await (cut === undefined ? work : Promise.race([work, died]))
    appends = harness.cuttable?.count ?? 0
    if (cut !== undefined) await harness.crash()
  }
  const alerts = [...harness.alerts.held(0)].map(({ alert }) => alert)
  const states = new Map(harness.states.map((delivery) => [delivery.webhookId, delivery.state]))
  const dead = harness.alerts.deadLetters()
  await harness.close()
  const sent = (receiver: Receiver) => receiver.received.filter((request) => request.path === path)
  return { steady: sent(steady), moody: sent(moody), alerts, states: [...states.values()], appends, dead }
}

const named = (requests: readonly Received[]): string[] => {
  return [...new Set(requests.map(({ headers }) => headers['webhook-id'] ?? ''))].sort()
}

function mostAttempts(requests: readonly Received[]): number {
  const counts = new Map<string, number>()
  for (const { headers } of requests) {
    const id = headers['webhook-id'] ?? ''
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return Math.max(...counts.values())
}

const byId = (alerts: Awaited<ReturnType<typeof run>>['alerts']) => {
  return [...alerts].sort((a, b) => `${a.id}${a.realm}`.localeCompare(`${b.id}${b.realm}`))
}

function expectSame(life: Awaited<ReturnType<typeof run>>, whole: Awaited<ReturnType<typeof run>>, cuts: number): void {
  expect(named(life.steady)).toEqual(named(whole.steady))
  expect(named(life.moody)).toEqual(named(whole.moody))
  expect(mostAttempts(life.steady)).toBeLessThanOrEqual(1 + cuts)
  expect(mostAttempts(life.moody)).toBeLessThanOrEqual(2 + cuts)
  expect(byId(life.alerts)).toEqual(byId(whole.alerts))
  expect(life.states.every((state) => state === 'delivered')).toBe(true)
  expect(life.dead).toEqual([])
  for (const requests of [life.steady, life.moody]) {
    const bodies = new Map<string, string>()
    for (const { headers, body } of requests) {
      const id = headers['webhook-id'] ?? ''
      expect(bodies.get(id) ?? body).toBe(body)
      bodies.set(id, body)
      // Not by `verify`, which compares with the real clock: the test's runs ahead.
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      expect(headers['webhook-signature']).toBe(new Webhook(testSecret).sign(id, at, body))
      webhookMessageSchema.parse(JSON.parse(body))
    }
  }
}

describe('the alerts room', () => {
  let whole: Awaited<ReturnType<typeof run>>

  beforeAll(async () => {
    whole = await run([])
  })

  it('without a crash tells each transition once to each channel that hears it', () => {
    const told = (requests: readonly Received[]) =>
      requests.map(({ body }) => webhookMessageSchema.parse(JSON.parse(body)).transition).sort()
    const live = ['opened', 'opened', 'reopened', 'rung:5-in-10m', 'severity:high', 'withdrawn', 'withdrawn']
    expect(told(whole.steady)).toEqual(live)
    expect(named(whole.moody)).toHaveLength(live.length + 1)
    expect(mostAttempts(whole.moody)).toBe(2)
    expect(whole.appends).toBeGreaterThan(20)
  })

  it('killed at any append, kept or not, ends the same', async () => {
    for (let append = 0; append < whole.appends; append += 1) {
      for (const kept of [false, true]) expectSame(await run([{ append, kept }]), whole, 1)
    }
  }, 120_000)

  it('killed again and again ends the same', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const cuts = Array.from({ length: 4 }, (_, index) => {
        return { append: (seed * 7 + index * 5) % 11, kept: (seed + index) % 2 === 0 }
      })
      expectSame(await run(cuts), whole, cuts.length)
    }
  }, 120_000)

  it('sends what only the alert itself still owes', async () => {
    const harness = new AlertsHarness({ channels: { steady: webhookTo(`http://127.0.0.1:${steady.port}/owed`) } })
    await harness.start()
    harness.cuttable?.refused.add('deliveries')
    await harness.alerts.apply([verdictRecord()])
    await harness.crash()
    expect(steady.received.filter(({ path }) => path === '/owed')).toEqual([])

    await harness.start()
    await harness.settled()
    expect(steady.received.filter(({ path }) => path === '/owed')).toHaveLength(1)
    await harness.close()
  })

  it('sends again what was under way, under the same id', async () => {
    let hold = true
    const silent = await openReceiver((response) => {
      if (!hold) response.writeHead(200).end()
    })
    const harness = new AlertsHarness({ channels: { silent: webhookTo(silent.url) } })
    await harness.start()
    await harness.alerts.apply([verdictRecord()])
    await until(() => silent.received.length === 1, 'the first attempt arrives')
    await harness.crash()

    hold = false
    await harness.start()
    await harness.settled()
    expect(silent.received).toHaveLength(2)
    expect(named(silent.received)).toHaveLength(1)
    expect(harness.states.at(-1)).toMatchObject({ state: 'delivered', attempts: 2 })

    // Nothing is sent a third time.
    await harness.crash()
    await harness.start()
    await harness.settled()
    await harness.close()
    expect(silent.received).toHaveLength(2)
    await silent.close()
  })
})
