// The log taken away under a collector that was stopped: the next one begins anew, and nothing that comes then is lost.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

const opened: RunningCollector[] = []
afterEach(async () => {
  for (const collector of opened.splice(0)) await collector.remove()
})

interface Listed {
  readonly title: string
  readonly count: number
  readonly status: string
}

const user = 'USR-99'

function refundAt(second: number): string {
  const at = `2025-03-14 11:42:${String(second).padStart(2, '0')}`
  return `${at} | user_id=${user} | action=REFUND | order=ORD-${second} | refund_id=R-${second} | amount=90.00\n`
}

async function alertsOf(collector: RunningCollector): Promise<readonly Listed[]> {
  return ((await collector.get('/api/alerts')).json as { alerts: readonly Listed[] }).alerts // the API's own schema
}

async function eventsStored(collector: RunningCollector): Promise<number> {
  const { json } = await collector.get(`/api/events?subject=${user}&limit=1000`)
  return (json as { events: readonly unknown[] }).events.length // the API's own schema
}

describe('a log that was replaced', () => {
  it.each([
    ['the records', 'log/ingest-0'],
    ['the whole log', 'log'],
  ])('stores, judges and tells what comes after %s went', async (_what, path) => {
    // Started twice, so that the new log's first claim lies below the store's.
    const start = await runCollector()
    opened.push(start)
    expect(await start.stop()).toBe(0)
    const first = await runCollector({ data: start.data })
    opened.splice(0, 1, first)
    // Each its own record, so that the new log's offsets lie below those of the old one for a while.
    for (let second = 1; second <= 9; second++) await first.post(refundAt(second))
    await until(async () => (await alertsOf(first))[0]?.count === 9, 'the alert of nine refunds is listed')
    await until(async () => (await eventsStored(first)) === 9, 'nine refunds are stored')
    expect(await first.stop()).toBe(0)
    rmSync(join(first.data, path), { recursive: true })

    const second = await runCollector({ data: first.data })
    opened.splice(0, 1, second)
    for (let at = 11; at <= 14; at++) expect((await second.post(refundAt(at))).status).toBe(200)
    await until(async () => (await eventsStored(second)) === 13, 'four more refunds are stored')
    await until(async () => (await alertsOf(second))[0]?.count === 4, 'the alert says what the new log holds')
    expect(await alertsOf(second)).toMatchObject([{ status: 'open', count: 4 }])
  })
})
