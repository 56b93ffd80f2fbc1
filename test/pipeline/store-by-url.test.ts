// A collector whose store is a server elsewhere, with a user that may do what the operator's page grants and no more.

import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writerGrants } from '../../collector/store/access-sql.ts'
import { openStoreClient } from '../../collector/store/client.ts'
import { openClusterEngine } from '../support/clickhouse/cluster-engine.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import type { TestStore } from '../support/store.ts'
import { until } from '../support/until.ts'

let server: TestStore
let client: ClickHouseClient
let collector: RunningCollector | undefined

beforeAll(async () => {
  server = await openClusterEngine({ grants: ['CREATE DATABASE ON eastwest.*', ...writerGrants()] })
  await server.writer.command({ query: 'CREATE DATABASE eastwest' })
  const { url, writer } = server.child
  client = openStoreClient({ url, ...writer, database: 'eastwest', timeoutMs: 20_000 })
})
afterAll(async () => {
  await collector?.remove()
  await client.close()
  await server.close()
})

const line = '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99'

async function ordersShown(): Promise<readonly string[]> {
  const { text } = (await collector?.get('/api/events?subject=USR-99')) ?? { text: '' }
  return text.match(/ORD-\d+/g)?.toSorted() ?? []
}

it('makes its tables there, stores what comes, and stores nothing twice when it starts again', async () => {
  const { url, writer } = server.child
  const settings = { store: { url, ...writer, database: 'eastwest' } }
  collector = await runCollector({ settings })
  expect((await collector.post(`${line}\n`)).status).toBe(200)
  await until(async () => (await ordersShown()).length === 1, 'the row is stored', 60_000)
  await collector.kill()
  collector = await runCollector({ settings, data: collector.data })
  expect(collector.storePid()).toBeUndefined()
  await collector.post(`${line.replace('1201', '1202')}\n`)
  await until(async () => (await ordersShown()).length > 1, 'the second row is stored', 60_000)
  const result = await client.query({
    query: 'SELECT payment FROM event_rows ORDER BY payment',
    format: 'JSONCompactEachRow',
  })
  expect(await result.json()).toEqual([['ORD-1201'], ['ORD-1202']])
})
