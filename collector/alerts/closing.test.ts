// An alert that a person closes: durable, told to those who heard of it, once.

import { afterEach, expect, it } from 'vitest'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { closingRecord, finding, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { openReceiver } from '../../test/support/webhook-receiver.ts'
import { canonicalAlert } from './canonical.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function withAlert() {
  const receiver = await openReceiver((response) => response.writeHead(200).end())
  const harness = new AlertsHarness({ channels: { ops: webhookTo(receiver.url) } })
  opened.push(receiver, harness)
  await harness.start()
  const [applied] = await harness.alerts.apply([verdictRecord({ at: 1 })])
  if (applied === undefined) throw new Error('no alert was opened')
  const told = () =>
    receiver.received.map(({ body }) => {
      const { transition, data } = JSON.parse(body) as { transition: string; data: { feedback: unknown } } // as it is sent
      return [transition, data.feedback]
    })
  return { harness, alert: applied.alert, told }
}

it('is told to its channels with who closed it and why, and keeps that over a restart', async () => {
  const { harness, alert, told } = await withAlert()
  const closing = closingRecord({ at: 2, alertId: alert.id })
  const feedback = { as: 'benign', by: 'anna', note: 'a test of ours', at: new Date(closing.decidedAt).toISOString() }
  expect(await harness.alerts.apply([closing])).toMatchObject([
    { alert: { id: alert.id, status: 'closed', feedback }, transitions: ['closed'] },
  ])
  await harness.settled()
  await harness.crash()
  await harness.start()
  expect(await harness.alerts.apply([closing])).toEqual([])
  expect(harness.alerts.alert(alert.id, 'live')).toMatchObject({ status: 'closed', feedback })
  await harness.settled()
  expect(told()).toEqual([
    ['opened', null],
    ['closed', feedback],
  ])
})

it('stands among the verdicts of its batch: what comes after it reopens', async () => {
  const { harness, alert } = await withAlert()
  const later = verdictRecord({
    at: 3,
    verdict: { findings: [finding('e3', noon + 6000), finding('e4', noon + 7000)] },
  })
  const [applied] = await harness.alerts.apply([closingRecord({ at: 2, alertId: alert.id }), later])
  expect(applied).toMatchObject({ alert: { status: 'open' }, transitions: ['closed', 'reopened'] })
})

it('is not reopened by what was appended before the decision and judged after it, unless that is worse', async () => {
  const { harness, alert } = await withAlert()
  const overtaken = verdictRecord({
    at: 3,
    appendedAt: noon + 61_500,
    verdict: { findings: [finding('e3', noon + 6000), finding('e4', noon + 7000)] },
  })
  await harness.alerts.apply([closingRecord({ at: 2, alertId: alert.id })])
  const [applied] = await harness.alerts.apply([overtaken])
  expect(applied).toMatchObject({ alert: { status: 'closed', findings: 2 }, transitions: [] })
  const worse = { severity: 'critical', findings: [finding('e5', noon + 7500, { severity: 'critical' })] } as const
  const [risen] = await harness.alerts.apply([verdictRecord({ at: 4, appendedAt: noon + 61_600, verdict: worse })])
  expect(risen).toMatchObject({ alert: { status: 'open' }, transitions: ['reopened'] })
})

it('says the same in its canonical bytes, whoever closed it', async () => {
  const { harness, alert } = await withAlert()
  const [applied] = await harness.alerts.apply([closingRecord({ at: 2, alertId: alert.id })])
  expect(applied && canonicalAlert(applied.alert)).toBe(canonicalAlert(alert))
})

it('says who closed it, also once it reopened, and takes a decision at or below its position for a repeat', async () => {
  const { harness, alert } = await withAlert()
  const closing = closingRecord({ at: 2, alertId: alert.id })
  const later = verdictRecord({
    at: 3,
    verdict: { findings: [finding('e3', noon + 6000), finding('e4', noon + 7000)] },
  })
  await harness.alerts.apply([closing, later])
  expect(harness.alerts.alert(alert.id, 'live')).toMatchObject({ status: 'open', feedback: { by: 'anna' } })
  expect(await harness.alerts.apply([{ ...closing, by: 'ben', position: { offset: 3, index: 0 } }])).toEqual([])
})

it.each([
  ['of another realm', { realm: 'exercise:7' }],
  ['of another tenant', { tenant: 'other' }],
  ['that nobody knows', { alertId: 'f'.repeat(32) }],
])('changes nothing in an alert %s', async (_, change) => {
  const { harness, alert } = await withAlert()
  expect(await harness.alerts.apply([closingRecord({ at: 2, alertId: alert.id, ...change })])).toEqual([])
  expect(harness.alerts.alert(alert.id, 'live')?.status).toBe('open')
})
