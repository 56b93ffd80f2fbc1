// Alerts as stored: a page of the newest revisions, or one by id.

import type { ClickHouseClient } from '@clickhouse/client'
import { type Alert, alertSchema } from '../../../schemas/alerts.ts'
import type { AlertsQuery, Page } from '../../../schemas/api/queries.ts'
import { severities } from '../../../schemas/findings.ts'
import { clickhouseInstant } from '../insert-rows.ts'
import { pageOf, readCursor } from './page.ts'
import { runSelect, when } from './select.ts'

interface StoredAlert {
  readonly body: string
  readonly raisedMs: string
  readonly id: string
}

const columns = 'body, toString(toUnixTimestamp64Milli(raised_at)) AS raisedMs, id'
const instantType = "DateTime64(3, 'UTC')"

export async function queryAlerts(client: ClickHouseClient, query: AlertsQuery): Promise<Page<Alert>> {
  const rows = await runSelect<StoredAlert>(client, {
    columns,
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
      ...when(readCursor(query.cursor), ({ at, id }) => ({
        sql: `(raised_at, id) < ({at:${instantType}}, {after:String})`,
        values: { at: clickhouseInstant(at), after: id },
      })),
    ],
    orderBy: 'raised_at DESC, id DESC',
    limit: query.limit + 1,
  })
  return pageOf(rows, query.limit, parseBody, (row) => ({ at: Number(row.raisedMs), id: row.id }))
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

function parseBody(row: StoredAlert): Alert {
  return alertSchema.parse(JSON.parse(row.body))
}
