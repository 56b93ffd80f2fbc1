// Who calls whom, as learned, by destination and caller.

import type { ClickHouseClient } from '@clickhouse/client'
import type { Edge, EdgesQuery, Page } from '../../../schemas/api/queries.ts'
import { pageOf, readCursor } from './page.ts'
import { runSelect, when } from './select.ts'

interface StoredEdge extends Omit<Edge, 'firstSeenAt' | 'lastSeenAt' | 'decidedAt' | 'updatedAt'> {
  readonly firstMs: string
  readonly lastMs: string
  readonly decidedMs: string
  readonly updatedMs: string
}

export async function queryEdges(client: ClickHouseClient, query: EdgesQuery): Promise<Page<Edge>> {
  const rows = await runSelect<StoredEdge>(client, {
    columns:
      'tenant, realm, destination, caller, caller_from AS callerFrom, state, hours, days, instances, routes, ' +
      'toString(toUnixTimestamp64Milli(first_seen_at)) AS firstMs, toString(toUnixTimestamp64Milli(last_seen_at)) AS lastMs, ' +
      'decision, decided_by AS decidedBy, toString(toUnixTimestamp64Milli(decided_at)) AS decidedMs, ' +
      'decision_note AS decisionNote, toString(toUnixTimestamp64Milli(updated_at)) AS updatedMs',
    from: 'edges FINAL',
    where: [
      {
        sql: 'tenant = {tenant:String} AND realm = {realm:String}',
        values: { tenant: query.tenant, realm: query.realm },
      },
      ...when(query.caller, (caller) => ({ sql: 'caller = {caller:String}', values: { caller } })),
      ...when(query.destination, (destination) => ({
        sql: 'destination = {destination:String}',
        values: { destination },
      })),
      ...when(query.state, (state) => ({ sql: 'state = {state:String}', values: { state } })),
      ...when(readCursor(query.cursor), ({ id }) => ({
        sql: "concat(destination, '\\n', caller) > {after:String}",
        values: { after: id },
      })),
    ],
    orderBy: "concat(destination, '\\n', caller)",
    limit: query.limit + 1,
  })
  return pageOf(rows, query.limit, edgeOf, (row) => ({ at: 0, id: `${row.destination}\n${row.caller}` }))
}

function edgeOf({ firstMs, lastMs, decidedMs, updatedMs, ...row }: StoredEdge): Edge {
  return {
    ...row,
    firstSeenAt: iso(firstMs),
    lastSeenAt: iso(lastMs),
    decidedAt: iso(decidedMs),
    updatedAt: iso(updatedMs),
  }
}

/** Empty for what never was. */
function iso(epochMs: string): string {
  if (epochMs === '0') return ''
  return new Date(Number(epochMs)).toISOString()
}
