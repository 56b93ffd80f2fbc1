// Quarantine as stored, newest first.

import type { ClickHouseClient } from '@clickhouse/client'
import type { Page, QuarantineEntry, QuarantineQuery } from '../../../schemas/api/queries.ts'
import { clickhouseInstant } from '../insert-rows.ts'
import { pageOf, readCursor } from './page.ts'
import { runSelect, when } from './select.ts'

interface StoredEntry extends Omit<QuarantineEntry, 'appendedAt'> {
  readonly appendedMs: string
  readonly coordinate: string
}

const instantType = "DateTime64(3, 'UTC')"

export async function queryQuarantine(
  client: ClickHouseClient,
  query: QuarantineQuery,
): Promise<Page<QuarantineEntry>> {
  const rows = await runSelect<StoredEntry>(client, {
    columns:
      'tenant, realm, topic, incarnation, partition, toInt64(offset) AS offset, index, parts, source, format, reason, detail, head, bytes, sha256, ' +
      "toString(toUnixTimestamp64Milli(appended_at)) AS appendedMs, concat(leftPad(toString(offset), 16, '0'), ':', leftPad(toString(index), 10, '0')) AS coordinate",
    from: 'quarantine',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String}',
        values: { tenant: query.tenant, realm: query.realm },
      },
      ...when(query.reason, (reason) => ({ sql: 'reason = {reason:String}', values: { reason } })),
      ...when(query.source, (source) => ({ sql: 'source = {source:String}', values: { source } })),
      ...when(query.from, (from) => ({
        sql: `appended_at >= {from:${instantType}}`,
        values: { from: clickhouseInstant(from) },
      })),
      ...when(query.to, (to) => ({ sql: `appended_at < {to:${instantType}}`, values: { to: clickhouseInstant(to) } })),
      ...when(readCursor(query.cursor), ({ at, id }) => ({
        sql: `(appended_at, coordinate) < ({at:${instantType}}, {after:String})`,
        values: { at: clickhouseInstant(at), after: id },
      })),
    ],
    orderBy: 'appended_at DESC, coordinate DESC',
    limit: query.limit + 1,
  })
  return pageOf(rows, query.limit, entryOf, (row) => ({ at: Number(row.appendedMs), id: row.coordinate }))
}

function entryOf({ appendedMs, coordinate: _, ...row }: StoredEntry): QuarantineEntry {
  return {
    ...row,
    offset: Number(row.offset),
    bytes: Number(row.bytes),
    appendedAt: new Date(Number(appendedMs)).toISOString(),
  }
}
