// Events as stored: filtered by whom, what, where and when, newest first.

import type { ClickHouseClient } from '@clickhouse/client'
import type { EventsQuery } from '../../../schemas/api/events-query.ts'
import type { Page, PlainEvent } from '../../../schemas/api/queries.ts'
import { absentNumber, snakeCase } from '../../../schemas/events/column.ts'
import { eventColumnNames, eventColumns } from '../../../schemas/events/columns.ts'
import { conditionsOf } from './event-conditions.ts'
import { branchesOf, lookUpsOf, narrowing } from './look-ups.ts'
import { pageOf } from './page.ts'
import { runSelect, type Select } from './select.ts'

type StoredEvent = Readonly<Record<string, string | number>>

// Instants travel as epoch ms, 64-bit numbers as text (JSON would lose their ends), everything else as it is.
const columns = eventColumnNames
  .map((name) => {
    const column = snakeCase(name)
    const { type } = eventColumns[name]
    if (type === 'instant') return `toString(toUnixTimestamp64Milli(${column})) AS ${name}`
    if (type === 'i64') return `toString(${column}) AS ${name}`
    return `${column} AS ${name}`
  })
  .join(', ')

export async function queryEvents(client: ClickHouseClient, query: EventsQuery): Promise<Page<PlainEvent>> {
  const rows = await runSelect<StoredEvent>(client, eventsSelect(query))
  return pageOf(rows, query.limit, plainEventOf, (row) => ({ at: Number(row.eventAt), id: String(row.eventId) }))
}

/** Exported for the test that asks the engine how it would read. */
export function eventsSelect(query: EventsQuery): Select {
  const [first, ...others] = lookUpsOf(query)
  return {
    columns,
    from: query.copies === 'true' ? 'event_rows' : 'events',
    where: [...conditionsOf(query), ...others.map(narrowing)],
    ...(first === undefined ? {} : { branches: branchesOf(first) }),
    orderBy: 'event_at DESC, event_id DESC',
    limit: query.limit + 1,
  }
}

/** The events of these ids that are stored, in the order of the ids. */
export async function queryEventsById(
  client: ClickHouseClient,
  tenant: string,
  realm: string,
  ids: readonly string[],
): Promise<readonly PlainEvent[]> {
  if (ids.length === 0) return []
  const rows = await runSelect<StoredEvent>(client, {
    columns,
    from: 'events',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String} AND event_id IN {ids:Array(UUID)}',
        values: { tenant, realm, ids },
      },
    ],
    orderBy: 'event_at',
    limit: ids.length * 4,
  })
  const byId = new Map(rows.map((row) => [String(row.eventId), row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    return row === undefined ? [] : [plainEventOf(row)]
  })
}

/** Only what the event says: absent columns are left out. */
function plainEventOf(row: StoredEvent): PlainEvent {
  const plain: Record<string, string | number | Record<string, unknown>> = {}
  for (const name of eventColumnNames) {
    const value = row[name]
    if (value === undefined || value === '') continue
    const column = eventColumns[name]
    if (name === 'attributes') plain[name] = attributesOf(String(value))
    else if (column.type === 'instant') {
      if (Number(value) !== 0) plain[name] = new Date(Number(value)).toISOString()
    } else if (column.type === 'dictionary' || column.type === 'text' || column.type === 'id') plain[name] = value
    else if (Number(value) !== absentNumber(column) || name === 'offset' || name === 'index')
      plain[name] = Number(value)
  }
  return plain
}

function attributesOf(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : text
  } catch {
    return text
  }
}
