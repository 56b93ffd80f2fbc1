// Events as stored: filtered by whom, what, where and when, newest first.

import type { ClickHouseClient } from '@clickhouse/client'
import type { EventsQuery, Page, PlainEvent } from '../../../schemas/api/queries.ts'
import { absentNumber, snakeCase } from '../../../schemas/events/column.ts'
import { eventColumnNames, eventColumns } from '../../../schemas/events/columns.ts'
import { clickhouseInstant } from '../insert-rows.ts'
import { pageOf, readCursor } from './page.ts'
import { type Condition, runSelect, when } from './select.ts'

type StoredEvent = Readonly<Record<string, string | number>>

const instantType = "DateTime64(3, 'UTC')"

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
  const rows = await runSelect<StoredEvent>(client, {
    columns,
    from: query.copies === 'true' ? 'event_rows' : 'events',
    where: conditionsOf(query),
    orderBy: 'event_at DESC, event_id DESC',
    limit: query.limit + 1,
  })
  return pageOf(rows, query.limit, plainEventOf, (row) => ({ at: Number(row.eventAt), id: String(row.eventId) }))
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

function conditionsOf(query: EventsQuery): readonly Condition[] {
  const equals = (column: string, name: string) => (value: string) => ({
    sql: `${column} = {${name}:String}`,
    values: { [name]: value },
  })
  return [
    {
      sql: 'tenant = {tenant:String} AND realm = {realm:String}',
      values: { tenant: query.tenant, realm: query.realm },
    },
    ...when(query.id, (id) => ({ sql: 'toString(event_id) = {id:String}', values: { id } })),
    ...when(query.subject, (subject) => ({
      sql: 'subject = {subject:String} OR actor = {subject:String}',
      values: { subject },
    })),
    ...when(query.session, equals('session', 'session')),
    ...when(query.token, (token) => ({
      sql: "token = {token:String} OR endsWith(token, concat('.', {token:String})) OR token_id = {token:String}",
      values: { token },
    })),
    ...when(query.trace, (trace) => ({ sql: 'trace_id = {trace:String}', values: { trace: trace.toLowerCase() } })),
    ...when(query.request, equals('request_id', 'request')),
    ...when(query.workload, (workload) => ({
      sql: 'workload = {workload:String} OR caller = {workload:String} OR destination = {workload:String}',
      values: { workload },
    })),
    ...when(query.kind, equals('kind', 'kind')),
    ...when(query.outcome, equals('outcome', 'outcome')),
    ...when(query.action, equals('action', 'action')),
    ...when(query.format, equals('format', 'format')),
    ...when(query.from, (from) => ({
      sql: `event_at >= {from:${instantType}}`,
      values: { from: clickhouseInstant(from) },
    })),
    ...when(query.to, (to) => ({ sql: `event_at < {to:${instantType}}`, values: { to: clickhouseInstant(to) } })),
    ...when(readCursor(query.cursor), ({ at, id }) => ({
      sql: `(event_at, event_id) < ({at:${instantType}}, toUUIDOrZero({after:String}))`,
      values: { at: clickhouseInstant(at), after: id },
    })),
  ]
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
