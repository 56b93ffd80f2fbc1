// What arrived, by source and format: how much, since when, and when last.

import type { ClickHouseClient } from '@clickhouse/client'
import type { Source, SourcesQuery } from '../../../schemas/api/queries.ts'
import { runSelect } from './select.ts'

interface StoredSource {
  readonly source: string
  readonly format: string
  readonly arrived: string
  readonly firstMs: string
  readonly lastMs: string
  readonly eventMs: string
}

const mostSources = 500
const milliseconds = (column: string, name: string): string => `toString(toUnixTimestamp64Milli(${column})) AS ${name}`
const text = (ms: string): string => new Date(Number(ms)).toISOString()

export async function querySources(
  client: ClickHouseClient,
  { tenant, realm, days }: SourcesQuery,
): Promise<readonly Source[]> {
  const rows = await runSelect<StoredSource>(client, {
    columns: [
      'source, format, toString(count()) AS arrived',
      milliseconds('min(appended_at)', 'firstMs'),
      milliseconds('max(appended_at)', 'lastMs'),
      milliseconds('max(event_at)', 'eventMs'),
    ].join(', '),
    from: 'events',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String} AND appended_at >= now() - toIntervalDay({days:UInt16})',
        values: { tenant, realm, days },
      },
    ],
    groupBy: 'source, format',
    orderBy: 'max(appended_at), source, format',
    limit: mostSources,
  })
  return rows.map(({ source, format, arrived, firstMs, lastMs, eventMs }) => ({
    source,
    format,
    events: Number(arrived),
    firstArrivedAt: text(firstMs),
    lastArrivedAt: text(lastMs),
    lastEventAt: text(eventMs),
  }))
}
