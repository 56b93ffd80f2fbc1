// Settings of the alerts room that change while it works: nothing owed is lost, nothing is sent twice.

import { afterEach, expect, it } from 'vitest'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { until } from '../../test/support/until.ts'
import { finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { type Answer, openReceiver, type Receiver } from '../../test/support/webhook-receiver.ts'
import { alertsSettings } from './settings.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

const fine: Answer = (response) => {
  response.writeHead(200).end()
}

async function receiver(answer: Answer = fine): Promise<Receiver> {
  const made = await openReceiver(answer)
  opened.push(made)
  return made
}

async function started(settings: object): Promise<AlertsHarness> {
  const harness = new AlertsHarness(settings)
  opened.push(harness)
  await harness.start()
  return harness
}

const settingsOf = (settings: object) => alertsSettings.parse(settings)
const user = (key: string) => ({ entity: { keyspace: 'subject' as const, key, name: key, from: 'field' as const } })
const transitions = ({ received }: Receiver): readonly string[] => {
  return received.map(({ body }) => JSON.parse(body).transition as string)
}

it('a channel that leads elsewhere is told there from then on, closing included', async () => {
  const [before, after] = [await receiver(), await receiver()]
  const harness = await started({ channels: { ops: webhookTo(before.url) } })
  await harness.alerts.apply([verdictRecord({ at: 1 })])
  await harness.settled()
  harness.alerts.change(settingsOf({ channels: { ops: webhookTo(after.url) } }), [])
  await harness.alerts.apply([verdictRecord({ at: 2, verdict: { findings: [] } })])
  await harness.settled()
  expect([transitions(before), transitions(after)]).toEqual([['opened'], ['withdrawn']])
})

it('a new channel is told, and one that is gone gets nothing more: what waits for it becomes a dead letter', async () => {
  const [gone, added] = [await receiver((response) => response.writeHead(503).end()), await receiver()]
  const harness = await started({ channels: { gone: webhookTo(gone.url) } })
  await harness.alerts.apply([verdictRecord({ at: 1 })])
  await until(() => gone.received.length > 0, 'it is tried once')
  harness.alerts.change(settingsOf({ channels: { added: webhookTo(added.url) } }), [])
  await harness.settled()
  expect(harness.alerts.deadLetters()).toMatchObject([{ channel: 'gone', state: 'dead' }])
  await harness.alerts.apply([verdictRecord({ at: 2, verdict: user('USR-2') })])
  await harness.settled()
  expect(transitions(added)).toEqual(['opened'])
})

it('an attempt under way ends the old way, and is not made again the new way', async () => {
  let answerLate: () => void = () => undefined
  const slow = await receiver((response) => {
    answerLate = () => response.writeHead(200).end()
  })
  const after = await receiver()
  const harness = await started({ channels: { ops: webhookTo(slow.url) } })
  await harness.alerts.apply([verdictRecord({ at: 1 })])
  await until(() => slow.received.length === 1, 'an attempt is under way')
  harness.alerts.change(settingsOf({ channels: { ops: webhookTo(after.url) } }), [])
  answerLate()
  await harness.settled()
  expect([transitions(slow), transitions(after)]).toEqual([['opened'], []])
})

it('routes and the quiet time hold at once', async () => {
  const ops = await receiver()
  const channels = { ops: webhookTo(ops.url) }
  const harness = await started({ channels })
  await harness.alerts.apply([verdictRecord({ at: 1 })])
  const routes = [{ match: { severity: 'critical' }, channels: ['ops'] }]
  harness.alerts.change(settingsOf({ channels, routes }), [])
  await harness.alerts.apply([verdictRecord({ at: 2, verdict: user('USR-2') })])
  harness.alerts.change(settingsOf({ channels, quietMs: 0 }), [])
  const findings = [finding('e3', noon + 6000), finding('e4', noon + 6001)]
  await harness.alerts.apply([verdictRecord({ at: 3, verdict: { findings } })])
  await harness.settled()
  expect(harness.told).toEqual(['opened to 1', 'opened to 0', 'continued-after-quiet to 1'])
})
