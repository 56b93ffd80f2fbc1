// Where a token was seen: by source, workload and what was done, with first, last and whom.

import type { ClickHouseClient } from '@clickhouse/client'
import type { TokenNames } from '../../../schemas/api/asked-names.ts'
import type { Sighting } from '../../../schemas/api/asking.ts'
import { scopeOf } from './event-conditions.ts'
import { branchesOf, tokenColumns } from './look-ups.ts'
import { type Condition, runSelect, together } from './select.ts'

interface StoredSighting extends Omit<Sighting, 'as' | 'events' | 'firstSeenAt' | 'lastSeenAt'> {
  readonly seen: Sighting['as']
  readonly eventCount: string
  readonly firstMs: string
  readonly lastMs: string
}

const mostNames = 20

const distinct = (column: string, name: string): string =>
  `arraySort(groupUniqArrayIf(${mostNames})(toString(${column}), ${column} != '')) AS ${name}`

const columns = [
  "if(token IN {names:Array(String)} OR token_id IN {names:Array(String)}, 'presented', 'issued') AS seen",
  'source, format, workload, kind, action, outcome, toString(count()) AS eventCount',
  'toString(toUnixTimestamp64Milli(min(event_at))) AS firstMs',
  'toString(toUnixTimestamp64Milli(max(event_at))) AS lastMs',
  distinct('subject', 'subjects'),
  distinct('client', 'clients'),
  distinct('caller', 'callers'),
  distinct('session', 'sessions'),
  distinct('client_ip', 'addresses'),
].join(', ')

/** At most `limit` groups and one more, those seen first before others. */
export async function querySightings(
  client: ClickHouseClient,
  names: TokenNames,
  limit: number,
): Promise<readonly Sighting[]> {
  const rows = await runSelect<StoredSighting>(client, {
    columns,
    from: 'events',
    where: [scopeOf(names)],
    branches: branchesFor(names),
    groupBy: 'seen, source, format, workload, kind, action, outcome',
    orderBy: 'min(event_at), source, format, workload, kind, action, outcome',
    limit: limit + 1,
  })
  return rows.map(({ seen, eventCount, firstMs, lastMs, ...row }) => ({
    as: seen,
    ...row,
    events: Number(eventCount),
    firstSeenAt: new Date(Number(firstMs)).toISOString(),
    lastSeenAt: new Date(Number(lastMs)).toISOString(),
  }))
}

function branchesFor({ references, id }: TokenNames): readonly Condition[] {
  const values = id === undefined ? references : [...references, id.value]
  const branches = branchesOf({ name: 'names', columns: tokenColumns, values })
  if (id === undefined) return branches
  return branches.map((branch, at) =>
    together([
      branch,
      {
        sql: `${tokenColumns[at] ?? ''} IN {references:Array(String)} OR token_issuer IN ('', {issuer:String})`,
        values: { references, issuer: id.issuer },
      },
    ]),
  )
}
