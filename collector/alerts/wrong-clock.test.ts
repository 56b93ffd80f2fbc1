// A host whose wall clock is set while notifications wait: they are sent when as much time has gone by as was meant.

import { afterEach, describe, expect, it } from 'vitest'
import { AlertsHarness, webhookTo } from '../../test/support/alerts-harness.ts'
import { until } from '../../test/support/until.ts'
import { verdictRecord } from '../../test/support/verdict-record.ts'
import { type Answer, openReceiver } from '../../test/support/webhook-receiver.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const steps = [
  ['back by an hour', -hourMs],
  ['ahead by an hour', hourMs],
  ['back by years', -5_000 * dayMs],
  ['ahead by years', 5_000 * dayMs],
] as const

async function started(answer: Answer, settings: Record<string, unknown> = {}, window?: number) {
  const receiver = await openReceiver(answer)
  const harness = new AlertsHarness({ channels: { ops: webhookTo(receiver.url) }, ...settings }, window)
  opened.push(receiver, harness)
  await harness.start()
  const hasFailed = (times: number) => (): boolean =>
    harness.states.at(-1)?.state === 'pending' && harness.states.at(-1)?.attempts === times
  return { receiver, harness, hasFailed }
}

const fails =
  (times: number): Answer =>
  (response, _, count) =>
    response.writeHead(count <= times ? 500 : 204).end()

const alertsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    const key = `USR-${at}`
    return verdictRecord({ at: at + 1, verdict: { entity: { keyspace: 'subject', key, name: key, from: 'field' } } })
  })

describe('a wall clock set', () => {
  it.each(steps)('%s before a notification is recorded keeps it no moment longer', async (_, stepMs) => {
    const { receiver, harness } = await started(fails(0))
    harness.cuttable?.refused.add('deliveries')
    await harness.alerts.apply([verdictRecord()])
    await until(() => harness.told.includes('the log refused'), 'the record is refused')
    harness.time.stepWall(stepMs)
    harness.cuttable?.refused.clear()
    harness.time.advance(1_000)
    await until(() => receiver.received.length === 1, 'it is sent at once')
  })

  it.each(steps)('%s while a notification waits changes nothing in its waiting', async (_, stepMs) => {
    const { receiver, harness, hasFailed } = await started(fails(2))
    await harness.alerts.apply([verdictRecord()])
    await until(hasFailed(1), 'it failed once')
    harness.time.advance(5_000)
    await until(hasFailed(2), 'it failed twice')
    harness.time.stepWall(stepMs)
    harness.time.advance(299_000)
    await until(() => harness.cuttable?.isIdle === true, 'nothing is under way')
    expect(harness.states.at(-1)).toMatchObject({ state: 'pending', attempts: 2 })
    harness.time.advance(1_000)
    await until(() => receiver.received.length === 3, 'it is sent after five minutes')
  })

  it.each(steps)('%s while the process is down keeps nothing waiting for longer than was meant', async (_, stepMs) => {
    const { receiver, harness, hasFailed } = await started(fails(2))
    await harness.alerts.apply([verdictRecord()])
    await until(hasFailed(1), 'it failed once')
    harness.time.advance(5_000)
    await until(hasFailed(2), 'it failed twice')
    await harness.crash()
    harness.time.stepWall(stepMs)
    await harness.start()
    harness.time.advance(300_000)
    await until(() => receiver.received.length === 3, 'it is sent within five minutes')
  })

  it.each(steps)('%s takes nothing of the time for which a notification is retried', async (_, stepMs) => {
    const { receiver, harness, hasFailed } = await started(fails(3), { retryForMs: hourMs })
    await harness.alerts.apply([verdictRecord()])
    await until(hasFailed(1), 'it failed once')
    harness.time.stepWall(stepMs)
    const startedAt = harness.time.clock()
    await harness.settled()
    expect(receiver.received).toHaveLength(4)
    expect(harness.alerts.deadLetters()).toEqual([])
    expect(harness.time.clock() - startedAt).toBeLessThan(hourMs)
  })

  it.each(steps)('%s lets an endpoint rest for as long as it should', async (_, stepMs) => {
    const { receiver, harness } = await started(fails(6))
    await harness.alerts.apply(alertsOf(8))
    await until(
      () =>
        harness.told.includes('breaker of ops open') &&
        harness.attempting === 0 &&
        harness.cuttable?.isIdle === true &&
        harness.states.at(-1)?.state === 'pending',
      'the breaker opens',
    )
    const before = receiver.received.length
    harness.time.stepWall(stepMs)
    harness.time.advance(29_000)
    await until(() => harness.cuttable?.isIdle === true, 'nothing is under way')
    expect(receiver.received).toHaveLength(before)
    harness.time.advance(1_000)
    await until(() => receiver.received.length === before + 1, 'it is asked again after half a minute')
  })

  it.each(steps)('%s keeps nothing that waits in the log alone for longer than was meant', async (_, stepMs) => {
    const { receiver, harness } = await started(fails(0), {}, 10)
    harness.cuttable?.refused.add('deliveries')
    await harness.alerts.apply(alertsOf(40))
    await until(() => harness.told.includes('the log refused'), 'the records are refused')
    harness.time.stepWall(stepMs)
    harness.cuttable?.refused.clear()
    harness.time.advance(1_000)
    await until(() => receiver.received.length === 40, 'all are sent at once')
  })
})
