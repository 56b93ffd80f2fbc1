// Alerts as stored: a page of the newest revisions, or one by id.
//
// Bodies are large, and `FINAL` reads those of a whole table to sort a page of it: a page's ids come first, its bodies by id.

import type { ClickHouseClient } from '@clickhouse/client'
import { type Alert, alertSchema } from '../../../schemas/alerts.ts'
import type { CitedEvents } from '../../../schemas/api/asked-names.ts'
import type { AlertsQuery, Page } from '../../../schemas/api/queries.ts'
import { severities } from '../../../schemas/findings.ts'
import { clickhouseInstant } from '../insert-rows.ts'
import { pageOf, readCursor } from './page.ts'
import { runSelect, when } from './select.ts'

interface Place {
  readonly raisedMs: string
  readonly id: string
}

interface StoredAlert extends Place {
  readonly body: string
}

const columns = 'body, toString(toUnixTimestamp64Milli(raised_at)) AS raisedMs, id'
const instantType = "DateTime64(3, 'UTC')"

export async function queryAlerts(client: ClickHouseClient, query: AlertsQuery): Promise<Page<Alert>> {
  const rows = await runSelect<Place>(client, {
    columns: 'id, toString(toUnixTimestamp64Milli(raised_at)) AS raisedMs',
    from: 'alerts',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String}',
        values: { tenant: query.tenant, realm: query.realm },
      },
      { sql: 'severity_id >= {severity:UInt8}', values: { severity: severities.indexOf(query.severity) + 1 } },
      ...when(query.status === 'any' ? undefined : query.status, (status) => ({
        sql: 'status = {status:String}',
        values: { status },
      })),
      ...when(query.detector, (detector) => ({ sql: 'detector = {detector:String}', values: { detector } })),
      ...when(query.entity, (entity) => ({ sql: 'entity = {entity:String}', values: { entity } })),
      ...when(query.from, (from) => ({
        sql: `raised_at >= {from:${instantType}}`,
        values: { from: clickhouseInstant(from) },
      })),
      ...when(query.to, (to) => ({ sql: `raised_at < {to:${instantType}}`, values: { to: clickhouseInstant(to) } })),
      ...when(query.happenedFrom, (from) => ({
        sql: `last_seen_at >= {seenFrom:${instantType}}`,
        values: { seenFrom: clickhouseInstant(from) },
      })),
      ...when(query.happenedTo, (to) => ({
        sql: `first_seen_at < {seenTo:${instantType}}`,
        values: { seenTo: clickhouseInstant(to) },
      })),
      ...when(query.updatedFrom, (from) => ({
        sql: `updated_at >= {changedFrom:${instantType}}`,
        values: { changedFrom: clickhouseInstant(from) },
      })),
      ...when(readCursor(query.cursor), ({ at, id }) => ({
        sql: `(raised_at, id) < ({at:${instantType}}, {after:String})`,
        values: { at: clickhouseInstant(at), after: id },
      })),
    ],
    orderBy: 'raised_at DESC, id DESC',
    limit: query.limit + 1,
  })
  const { entries: ids, ...rest } = pageOf(
    rows,
    query.limit,
    ({ id }) => id,
    (row) => ({ at: Number(row.raisedMs), id: row.id }),
  )
  const found = await alertsById(client, query.tenant, query.realm, ids)
  return { entries: ids.flatMap((id) => found.get(id) ?? []), ...rest }
}

/** Their newest revisions, without a word on those that are gone meanwhile. */
async function alertsById(
  client: ClickHouseClient,
  tenant: string,
  realm: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Alert>> {
  const found = new Map<string, Alert>()
  for (let at = 0; at < ids.length; at += mostIds) {
    const some = ids.slice(at, at + mostIds)
    const rows = await runSelect<Pick<StoredAlert, 'body'>>(client, {
      columns: 'argMax(body, version) AS body',
      from: 'alert_rows',
      where: [
        {
          sql: 'tenant = {tenant:String} AND realm = {realm:String} AND id IN {ids:Array(String)}',
          values: { tenant, realm, ids: some },
        },
      ],
      groupBy: 'id',
      orderBy: 'id',
      limit: some.length,
    })
    for (const row of rows) {
      const alert = parseBody(row)
      found.set(alert.id, alert)
    }
  }
  return found
}

export async function queryAlert(
  client: ClickHouseClient,
  tenant: string,
  realm: string,
  id: string,
): Promise<Alert | undefined> {
  const [row] = await runSelect<StoredAlert>(client, {
    columns,
    from: 'alerts',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String} AND id = {id:String}',
        values: { tenant, realm, id },
      },
    ],
    orderBy: 'id',
    limit: 1,
  })
  return row === undefined ? undefined : parseBody(row)
}

function parseBody(row: Pick<StoredAlert, 'body'>): Alert {
  return alertSchema.parse(JSON.parse(row.body))
}

/** Bound values travel in the address of the request, which has its bound too. */
const mostIds = 150

/**
 * Alerts that cite any of these events, as a finding that stands or as evidence, the newest first. `ids` happened between
 * `from` and `to`, epoch ms, both included.
 */
export async function queryAlertsCiting(
  client: ClickHouseClient,
  cited: CitedEvents,
  limit: number,
): Promise<readonly Alert[]> {
  const found = new Map<string, Alert>()
  for (let at = 0; at < cited.ids.length; at += mostIds) {
    const some = { ...cited, ids: cited.ids.slice(at, at + mostIds) }
    for (const alert of await alertsCitingSome(client, some, limit)) found.set(alert.id, alert)
  }
  return [...found.values()].sort((a, b) => (a.raisedAt < b.raisedAt ? 1 : -1)).slice(0, limit)
}

async function alertsCitingSome(
  client: ClickHouseClient,
  { tenant, realm, ids, from, to }: CitedEvents,
  limit: number,
): Promise<readonly Alert[]> {
  const between = { from: clickhouseInstant(from), to: clickhouseInstant(to) }
  const rows = await runSelect<StoredAlert>(client, {
    columns,
    from: 'alerts',
    where: [
      { sql: 'tenant = {tenant:String} AND realm = {realm:String}', values: { tenant, realm } },
      {
        sql: `last_seen_at >= {from:${instantType}} AND first_seen_at <= {to:${instantType}}`,
        values: between,
      },
      {
        sql: `id IN (SELECT alert_id FROM findings WHERE tenant = {tenant:String} AND realm = {realm:String} AND standing = 1
          AND event_at >= {from:${instantType}} AND event_at <= {to:${instantType}} AND event_id IN {ids:Array(String)})
          OR hasAny(arrayMap(each -> JSONExtractString(each, 'eventId'), JSONExtractArrayRaw(body, 'evidence')), {ids:Array(String)})`,
        values: { ids },
      },
    ],
    orderBy: 'raised_at DESC, id DESC',
    limit,
  })
  return rows.map(parseBody)
}

/** Those of these ids that an alert has. */
export async function queryStoredAlertIds(
  client: ClickHouseClient,
  tenant: string,
  realm: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let at = 0; at < ids.length; at += mostIds) {
    const some = ids.slice(at, at + mostIds)
    const rows = await runSelect<{ id: string }>(client, {
      columns: 'id',
      from: 'alerts',
      where: [
        {
          sql: 'tenant = {tenant:String} AND realm = {realm:String} AND id IN {ids:Array(String)}',
          values: { tenant, realm, ids: some },
        },
      ],
      orderBy: 'id',
      limit: some.length,
    })
    for (const { id } of rows) found.add(id)
  }
  return found
}
