// From access log lines to learned edges: listed while the collector runs, and again after a restart.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessLineWith } from '../support/access-line.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector

beforeAll(async () => {
  collector = await runCollector()
})
afterAll(() => collector.remove())

const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const identityOf = (caller: string): string => `spiffe://cluster.local/ns/shop/sa/${caller}`

function callOf(caller: string, hour: number, replica: number): string {
  return accessLineWith({
    start_time: `2026-11-02T0${hour}:14:22.318Z`,
    request_id: `${caller}-${hour}`,
    downstream_remote_address: `10.20.3.${replica}:51834`,
    source_principal: identityOf(caller),
    xfcc: `By=${payments};Hash=ab;URI=${identityOf(caller)}`,
  })
}

async function edgesOf(caller: string): Promise<readonly Record<string, unknown>[]> {
  const { status, json } = await collector.get(`/api/edges?caller=${encodeURIComponent(identityOf(caller))}`)
  expect(status).toBe(200)
  return (json as { edges: readonly Record<string, unknown>[] }).edges // the API's own schema
}

async function edgeOf(caller: string, state: string): Promise<Record<string, unknown>> {
  let found: Record<string, unknown> | undefined
  await until(async () => {
    ;[found] = await edgesOf(caller)
    return found?.state === state
  }, `the edge of "${caller}" is listed as ${state}`)
  return found ?? {}
}

describe('learned edges', () => {
  it('are listed with their support, and change as calls come', async () => {
    const lines = [1, 2, 3].map((hour) => callOf('cart', hour, hour)).concat(callOf('ledger', 1, 9))
    expect((await collector.post(lines.join('\n'))).status).toBe(200)
    expect(await edgeOf('cart', 'known')).toMatchObject({
      tenant: 'default',
      realm: 'live',
      destination: payments,
      callerFrom: 'mtls',
      firstSeenAt: '2026-11-02T01:14:22.318Z',
      lastSeenAt: '2026-11-02T03:00:00.000Z',
      hours: 3,
      days: 1,
      instances: 2,
      routes: ['POST /v1/refunds/{id}'],
    })
    expect(await edgeOf('ledger', 'learning')).toMatchObject({ hours: 1 })
    await collector.post([2, 3].map((hour) => callOf('ledger', hour, hour)).join('\n'))
    expect(await edgeOf('ledger', 'known')).toMatchObject({ hours: 3, instances: 2 })
  })

  it('are still one row each after a restart', async () => {
    const { data } = collector
    expect(await collector.stop()).toBe(0)
    collector = await runCollector({ data })
    await collector.post(callOf('ledger', 4, 4))
    await until(
      async () => (await edgesOf('ledger'))[0]?.lastSeenAt === '2026-11-02T04:00:00.000Z',
      'the newest call is shown',
    )
    expect(await edgesOf('ledger')).toHaveLength(1)
    expect(await edgesOf('cart')).toHaveLength(1)
  })
})
