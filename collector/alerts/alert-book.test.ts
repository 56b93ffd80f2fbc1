// Held alerts: folded in batches, closed and forgotten in time, told to those who heard of them.

import { afterEach, describe, expect, it } from 'vitest'
import { alertSchema } from '../../schemas/alerts.ts'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { openReceiver, type Receiver } from '../../test/support/webhook-receiver.ts'
import { canonicalAlert } from './canonical.ts'

const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function started(settings: (receiver: Receiver) => object) {
  const receiver = await openReceiver((response) => response.writeHead(200).end())
  const harness = new AlertsHarness(settings(receiver))
  opened.push(receiver, harness)
  await harness.start()
  return { harness, receiver, told: () => receiver.received.map(({ body }) => JSON.parse(body).transition as string) }
}

const toAll = ({ url }: Receiver) => ({ channels: { ops: webhookTo(url) } })
const user = (key: string) => ({ keyspace: 'subject' as const, key, name: key, from: 'field' as const })
const dayMs = 86_400_000

describe('applying verdicts', () => {
  it('gives back each changed alert once, as it now is, with all it told on the way', async () => {
    const { harness } = await started(toAll)
    const [e1, e2] = [finding('e1', noon), finding('e2', noon + 1000)]
    const applied = await harness.alerts.apply([
      verdictRecord({ at: 1, verdict: { severity: 'low', findings: [e1] } }),
      verdictRecord({ at: 2, verdict: { entity: user('USR-1') } }),
      verdictRecord({ at: 3, verdict: { severity: 'high', findings: [e2], count: 7 } }),
    ])
    expect(applied).toMatchObject([
      {
        alert: { severity: 'high', revision: 2, count: 7 },
        findings: [e2],
        gone: [e1],
        transitions: ['opened', 'severity:high'],
      },
      { alert: { entity: { key: 'USR-1' } }, transitions: ['opened'] },
    ])
    for (const { alert } of applied) alertSchema.parse(alert)
  })

  it('folds verdicts of records that replaced the log’s, however low their offsets', async () => {
    const { harness } = await started(toAll)
    await harness.alerts.apply([verdictRecord({ at: 500 })])
    await harness.stop()
    harness.replaceRecords()
    await harness.start()
    const newer = verdictRecord({ at: 3, verdict: { count: 7 } })
    expect(await harness.alerts.apply([newer])).toMatchObject([{ alert: { revision: 2, count: 7 } }])
    await harness.stop()
    await harness.start()
    expect(await harness.alerts.apply([verdictRecord({ at: 2 }), newer])).toEqual([])
  })

  it('keeps realms apart: the same id in an exercise is another alert', async () => {
    const { harness } = await started(toAll)
    const [live] = await harness.alerts.apply([verdictRecord({ at: 1 })])
    const [drill] = await harness.alerts.apply([verdictRecord({ at: 2, realm: 'exercise:7' })])
    expect(drill?.alert.id).toBe(live?.alert.id)
    expect(drill && canonicalAlert(drill.alert)).toBe(live && canonicalAlert(live.alert))
    expect([...harness.alerts.held(0)]).toHaveLength(2)
    await harness.settled()
    expect(harness.told).toEqual(['opened to 1', 'opened to 0'])
  })

  it('ends with the same canonical bytes in any order of batches that keeps each alert in order', async () => {
    const all = Array.from({ length: 30 }, (_, index) =>
      verdictRecord({ at: index, verdict: { entity: user(`USR-${index % 5}`), count: index } }),
    )
    const canonical = async (sizes: readonly number[]) => {
      const { harness } = await started(() => ({}))
      let from = 0
      for (const size of sizes) {
        await harness.alerts.apply(all.slice(from, from + size))
        from += size
      }
      return [...harness.alerts.held(0)].map(({ alert }) => canonicalAlert(alert)).sort()
    }
    const whole = await canonical([30])
    expect(whole).toHaveLength(5)
    expect(await canonical([1, 2, 3, 4, 20])).toEqual(whole)
    expect(await canonical(Array.from({ length: 30 }, () => 1))).toEqual(whole)
  })

  it('a slot that continues an open alert is held and shown, and not told', async () => {
    const { harness, told } = await started(toAll)
    await harness.alerts.apply([verdictRecord({ at: 1, verdict: { slot: 'ten' } })])
    const [next] = await harness.alerts.apply([
      verdictRecord({ at: 2, verdict: { slot: 'eleven', continues: 'ten', findings: [finding('e9', noon + 60_000)] } }),
    ])
    expect(next).toMatchObject({ alert: { status: 'open' }, transitions: [] })
    const [, held] = [...harness.alerts.held(0)]
    expect(held?.alert.continues).toBe([...harness.alerts.held(0)][0]?.alert.id)
    await harness.settled()
    expect(told()).toEqual(['opened'])
  })

  it('takes a batch larger than the log takes at once', async () => {
    const { harness } = await started(() => ({}))
    const why = Array.from({ length: 64 }, () => 'w'.repeat(1_000))
    const explanation = { why, windowFrom: noon, windowTo: noon, margins: [], wouldNotFireIf: why }
    const many = Array.from({ length: 400 }, (_, index) =>
      verdictRecord({ at: index, verdict: { entity: user(`USR-${index}`), explanation } }),
    )
    expect(await harness.alerts.apply(many)).toHaveLength(400)
    await harness.crash()
    await harness.start()
    expect([...harness.alerts.held(0)]).toHaveLength(400)
  })

  it('that failed half way gives back the other half too when it is given again', async () => {
    const { harness } = await started(() => ({}))
    const why = Array.from({ length: 64 }, () => 'w'.repeat(1_000))
    const explanation = { why, windowFrom: noon, windowTo: noon, margins: [], wouldNotFireIf: why }
    const many = Array.from({ length: 20 }, (_, index) =>
      verdictRecord({ at: index, verdict: { entity: user(`USR-${index}`), explanation } }),
    )
    await harness.crash()
    // The second part of the batch dies with the disk.
    await harness.start()
    let appends = 0
    const { log } = harness.cuttable ?? {}
    const append = log?.append
    if (log === undefined || append === undefined) throw new Error('not started')
    log.append = async (topic, records) => {
      if (appends++ === 1) harness.cuttable?.refused.add('alerts')
      return append(topic, records)
    }
    await expect(harness.alerts.apply(many)).rejects.toMatchObject({ retryable: true })
    harness.cuttable?.refused.clear()
    const applied = await harness.alerts.apply(many)
    expect(applied).toHaveLength(20)
    expect(applied.every(({ transitions }) => transitions.join() === 'opened')).toBe(true)
  })
})

describe('whoever was told', () => {
  it('hears of a withdrawal, and nobody else', async () => {
    const pager = await openReceiver((response) => response.writeHead(200).end())
    opened.push(pager)
    const { harness, told } = await started(({ url }) => ({
      channels: { ops: webhookTo(url), pager: webhookTo(pager.url) },
      routes: [
        { match: { severity: 'low' }, channels: ['ops'] },
        { match: { severity: 'critical' }, channels: ['pager'] },
      ],
    }))
    await harness.alerts.apply([verdictRecord({ at: 1, verdict: { severity: 'low' } })])
    await harness.alerts.apply([verdictRecord({ at: 2, verdict: { findings: [] } })])
    await harness.settled()
    expect(told()).toEqual(['opened', 'withdrawn'])
    expect(pager.received).toEqual([])

    await harness.alerts.apply([verdictRecord({ at: 3, verdict: { severity: 'critical' } })])
    await harness.alerts.apply([verdictRecord({ at: 4, verdict: { severity: 'info' } })])
    await harness.settled()
    expect(told().slice(2).sort()).toEqual(['reopened', 'withdrawn'])
    expect(pager.received).toHaveLength(2)
  })

  it('hears of closing, after a day of append time without change', async () => {
    const { harness, told } = await started(toAll)
    const record = verdictRecord()
    await harness.alerts.apply([record])
    expect(await harness.alerts.tick(record.appendedAt + dayMs - 1)).toEqual([])
    const closed = await harness.alerts.tick(record.appendedAt + dayMs)
    expect(closed).toMatchObject([{ alert: { status: 'closed', revision: 2 }, transitions: ['closed'] }])
    expect(await harness.alerts.tick(record.appendedAt + dayMs + 1)).toEqual([])
    await harness.settled()
    expect(told().sort()).toEqual(['closed', 'opened'])
    expect(harness.alerts.status().openAlerts).toBe(0)
  })

  it('hears nothing of an alert that no route leads to', async () => {
    const { harness, told } = await started(({ url }) => ({
      channels: { ops: webhookTo(url) },
      routes: [{ match: { severity: 'critical' }, channels: ['ops'] }],
    }))
    await harness.alerts.apply([verdictRecord({ at: 1 })])
    await harness.alerts.apply([verdictRecord({ at: 2, verdict: { findings: [] } })])
    expect(harness.alerts.outboxDepth()).toBe(0)
    expect(told()).toEqual([])
  })
})

describe('held alerts', () => {
  it('are forgotten after their time, with their deliveries, and nothing is sent again at the next start', async () => {
    const { harness, receiver } = await started(toAll)
    const raisedAt = harness.time.now()
    await harness.alerts.apply([verdictRecord({ appendedAt: raisedAt })])
    await harness.settled()
    await harness.alerts.tick(raisedAt + dayMs)
    await harness.settled()
    expect(receiver.received).toHaveLength(2)

    harness.time.advance(2 * dayMs)
    await harness.alerts.tick(raisedAt + 3 * dayMs)
    expect([...harness.log.readCompacted('deliveries')]).toEqual([])
    await harness.crash()
    await harness.start()
    await harness.settled()
    expect(receiver.received).toHaveLength(2)
    expect([...harness.alerts.held(0)]).toHaveLength(1)

    await harness.alerts.tick(raisedAt + 31 * dayMs)
    expect([...harness.alerts.held(0)]).toEqual([])
    expect([...harness.log.readCompacted('alerts')]).toEqual([])
    expect(harness.told).toContain('forgot 1 by age')
  })

  it('are bounded: the longest unchanged go first, those at rest before those open', async () => {
    const { harness } = await started(() => ({ maxAlerts: 100 }))
    const open = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) =>
        verdictRecord({ at: from + index, verdict: { entity: user(`USR-${from + index}`) } }),
      )
    await harness.alerts.apply(open(1, 100))
    await harness.alerts.apply([verdictRecord({ at: 500, verdict: { entity: user('USR-50'), findings: [] } })])
    await harness.alerts.apply(open(101, 1))
    const keys = () => [...harness.alerts.held(0)].map(({ alert }) => alert.entity.key)
    expect(keys()).toHaveLength(100)
    expect(keys()).not.toContain('USR-50')
    await harness.alerts.apply(open(102, 3))
    expect(keys()).toHaveLength(100)
    expect(keys()).not.toContain('USR-3')
    expect(keys()).toContain('USR-4')
    expect(harness.told).toContain('forgot 3 by capacity')
  })

  it('can be asked for by when they changed', async () => {
    const { harness } = await started(() => ({}))
    await harness.alerts.apply([verdictRecord({ at: 1, appendedAt: noon, verdict: { entity: user('USR-1') } })])
    await harness.alerts.apply([verdictRecord({ at: 2, appendedAt: noon + 10, verdict: { entity: user('USR-2') } })])
    const since = (at: number) => [...harness.alerts.held(at)].map(({ alert }) => alert.entity.key)
    expect(since(0)).toEqual(['USR-1', 'USR-2'])
    expect(since(noon + 1)).toEqual(['USR-2'])
    await harness.crash()
    await harness.start()
    expect(since(noon + 1)).toEqual(['USR-2'])
    expect(since(noon + 11)).toEqual([])
  })
})

describe('a test message', () => {
  it('arrives signed and says that nothing happened', async () => {
    const { harness, receiver } = await started(toAll)
    const outcome = await harness.alerts.sendTest('ops')
    expect(outcome.delivered).toBe(true)
    expect(outcome.text).toMatch(/^delivered to "ops" at http:\/\/127\.0\.0\.1:\d+: HTTP 200 in \d+ ms$/)
    expect(JSON.parse(receiver.received[0]?.body ?? '{}')).toMatchObject({
      type: 'alert.opened',
      data: { realm: 'exercise:channel-test', title: expect.stringContaining('nothing happened') },
    })
    expect(harness.alerts.outboxDepth()).toBe(0)
  })

  it('to a channel that is not there names those that are', async () => {
    const { harness } = await started(toAll)
    expect(await harness.alerts.sendTest('opps')).toEqual({
      delivered: false,
      text: 'no channel is named "opps"; channels: ops',
    })
    const none = await started(() => ({}))
    expect((await none.harness.alerts.sendTest('ops')).text).toContain('"alerts.channels"')
  })

  it('that fails says why', async () => {
    const { harness, receiver } = await started(toAll)
    await receiver.close()
    const { delivered, text } = await harness.alerts.sendTest('ops')
    expect(delivered).toBe(false)
    expect(text).toMatch(/^not delivered to "ops" at http:.*: ECONNREFUSED \(connection\) in \d+ ms$/)
  })
})
