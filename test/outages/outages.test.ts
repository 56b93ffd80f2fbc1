// A store that is down or stands still and webhooks that do not answer: nothing is lost, and it is told.

import { afterEach, describe, expect, it } from 'vitest'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'
import { openReceiver } from '../support/webhook-receiver.ts'

let collector: RunningCollector | undefined

afterEach(async () => {
  await collector?.remove()
  collector = undefined
})

const lineOf = (number: number): string =>
  `2025-03-14 11:42:01 | user_id=USR-${number} | action=EXPORT | order=O-${number}\n`

async function post(running: RunningCollector, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number++)
    expect(await running.post(lineOf(number))).toMatchObject({ status: 200, json: { accepted: 1 } })
}

async function allStored(running: RunningCollector, count: number): Promise<void> {
  const sql = 'SELECT toString(count()) AS rows, toString(uniqExact(subject)) AS subjects FROM events'
  const asked = () => askStoreOf(running).one<{ rows: string; subjects: string }>(sql)
  await until(async () => (await asked().catch(() => undefined))?.rows === String(count), 'all are stored', 60_000)
  expect(await asked()).toEqual({ rows: String(count), subjects: String(count) })
  await until(async () => (await running.get('/readyz')).status === 200, 'it is ready again', 60_000)
}

function storePidOf(running: RunningCollector): number {
  const pid = running.storePid()
  if (pid === undefined) throw new Error('there is no store child')
  return pid
}

describe('while lines arrive', () => {
  it('a killed store loses and doubles nothing, and comes back by itself', async () => {
    collector = await runCollector()
    await post(collector, 0, 20)
    process.kill(storePidOf(collector), 'SIGKILL')
    await post(collector, 20, 20)
    await allStored(collector, 40)
    expect(collector.stderr()).toContain('"part":"store"')
    expect(collector.stderr()).toContain('works again')
  }, 120_000)

  it('a store that ends while nothing is written is ready again once it is back', async () => {
    collector = await runCollector()
    await post(collector, 0, 1)
    await allStored(collector, 1)
    process.kill(storePidOf(collector), 'SIGKILL')
    await until(() => collector?.stderr().includes('works again') === true, 'it is told', 60_000)
    await allStored(collector, 1)
  }, 120_000)

  it('a store that stands still is told by /readyz, and what waited is stored once', async () => {
    collector = await runCollector({ settings: { store: { timeoutMs: 1_000 } } })
    await post(collector, 0, 20)
    await allStored(collector, 20)
    const pid = storePidOf(collector)
    process.kill(pid, 'SIGSTOP')
    try {
      await post(collector, 20, 20)
      const running = collector
      await until(
        async () => {
          const { status, text } = await running.get('/readyz')
          return status === 503 && text.includes('store: since')
        },
        'it is told',
        60_000,
      )
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await allStored(collector, 40)
  }, 120_000)

  it('a webhook that never answers holds up neither the alert nor another channel', async () => {
    const silent = await openReceiver(() => undefined)
    const heard = await openReceiver((response) => void response.writeHead(204).end())
    const channel = { type: 'webhook', secrets: [`whsec_${Buffer.alloc(32, 3).toString('base64')}`], timeoutMs: 500 }
    try {
      const channelTo = (url: string) => ({ ...channel, url, allowPrivateAddresses: true })
      const refusing = channelTo('http://127.0.0.1:1/')
      const channels = { silent: channelTo(silent.url), heard: channelTo(heard.url), refusing }
      collector = await runCollector({ settings: { alerts: { channels } } })
      const refund = (second: number) =>
        `2025-03-14 11:42:0${second} | user_id=USR-9 | action=REFUND | order=O-${second} | amount=9.00\n`
      await collector.post([1, 3, 5].map(refund).join(''))
      await until(() => heard.received.length === 1, 'the channel that works is told')
      const running = collector
      await until(async () => {
        const { text } = await running.get('/readyz?verbose')
        return /"channel silent"[^}]*1 waiting/.test(text) && /"channel refusing"[^}]*1 waiting/.test(text)
      }, 'what waits is told')
      await until(() => silent.received.length > 1, 'it is tried again')
      expect(new Set(silent.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    } finally {
      await Promise.all([silent.close(), heard.close()])
    }
  }, 120_000)
})
