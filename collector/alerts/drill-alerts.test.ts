// Alerts of exercises: told to channels for drills alone, counted apart, and the first to make room.

import { afterEach, describe, expect, it } from 'vitest'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { verdictRecord } from '../../test/support/verdict-record.ts'
import { openReceiver, type Receiver } from '../../test/support/webhook-receiver.ts'
import { alertsSettings } from './settings.ts'

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

const user = (key: string) => ({ keyspace: 'subject' as const, key, name: key, from: 'field' as const })
const dayMs = 86_400_000

describe('alerts of an exercise', () => {
  it('are told to a channel for as long as it says drills, to the end', async () => {
    const { harness, receiver, told } = await started(({ url }) => ({
      channels: { room: webhookTo(url, { drills: true }), ops: webhookTo(url) },
    }))
    const drill = verdictRecord({ realm: 'exercise:1' })
    await harness.alerts.apply([drill])
    await harness.settled()
    expect(told()).toEqual(['opened'])
    expect(harness.alerts.status().openAlerts).toBe(0)
    const channels = { room: webhookTo(receiver.url), ops: webhookTo(receiver.url) }
    harness.alerts.change(alertsSettings.parse({ channels }), [])
    const [closed] = await harness.alerts.tick(drill.appendedAt + dayMs)
    expect(closed?.alert.status).toBe('closed')
    expect(harness.alerts.outboxDepth()).toBe(0)
    await harness.settled()
    expect(told()).toEqual(['opened'])
  })

  it('make room for those of reality first', async () => {
    const { harness } = await started(() => ({ maxAlerts: 100 }))
    const alerts = (from: number, count: number, realm: string) =>
      Array.from({ length: count }, (_, index) =>
        verdictRecord({ at: from + index, realm, verdict: { entity: user(`USR-${from + index}`) } }),
      )
    await harness.alerts.apply([...alerts(1, 97, 'live'), ...alerts(201, 3, 'exercise:1'), ...alerts(98, 2, 'live')])
    const realms = () => [...harness.alerts.held(0)].map(({ alert }) => alert.realm)
    expect(realms()).toHaveLength(100)
    expect(realms().filter((realm) => realm === 'live')).toHaveLength(99)
  })
})
