// What a tenant of a server reads are views: every query of the dashboards is one that those take, too.

import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenantUsers, tenantViews } from '../../collector/store/access-sql.ts'
import { openStoreClient } from '../../collector/store/client.ts'
import { chooseValues } from '../support/grafana/chosen-values.ts'
import { expandQuery } from '../support/grafana/expand-query.ts'
import { committedDashboards, intervalOf, panelsOf } from '../support/grafana/panels.ts'
import type { StoreAnswer } from '../support/grafana/store-answer.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

let store: TestStore
let tenant: ClickHouseClient

beforeAll(async () => {
  store = await openTestStore()
  const { child, writer } = store
  // The engine here has no users of its own; the tables lie in its only database. All else is as operators run it.
  for (const statement of tenantViews('default'))
    await writer.command({
      query: statement.replace(/ DEFINER = .* SQL SECURITY DEFINER/, '').replace('FROM `eastwest`.', 'FROM `default`.'),
    })
  tenant = openStoreClient({
    url: child.url,
    ...child.writer,
    database: tenantUsers('default').views,
    timeoutMs: 20_000,
  })
})
afterAll(async () => {
  await tenant?.close()
  await store?.close()
})

async function ask(sql: string): Promise<StoreAnswer> {
  const { data } = await (await tenant.query({ query: sql, format: 'JSON' })).json<Record<string, unknown>>()
  return { columns: [], rows: data, rowsRead: 0, bytesRead: 0 }
}

describe.each(committedDashboards().map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_, dashboard) => {
  it('asks what a view answers', async () => {
    const asked = { from: 0, to: 86_400_000, intervalMs: 1000 }
    const variables = await chooseValues(dashboard, asked, ask)
    const queries = panelsOf(dashboard).flatMap((panel) =>
      panel.targets.map(({ rawSql }) =>
        expandQuery(rawSql, { ...asked, intervalMs: intervalOf(panel, asked.from, asked.to), variables }),
      ),
    )
    for (const sql of queries) expect((await ask(sql)).rows.length).toBeLessThanOrEqual(1)
  })
})
