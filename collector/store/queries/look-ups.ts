// Finds rows by values that carry a bloom filter: one branch for each column a value may stand in.

import type { EventsQuery } from '../../../schemas/api/events-query.ts'
import { type Condition, together } from './select.ts'

/** Values that may stand in any of some columns, each with an index of its own. */
export interface LookUp {
  /** Name of the bound parameter. */
  readonly name: string
  readonly columns: readonly [string, ...string[]]
  readonly values: readonly string[]
}

/** Columns that hold a token's names: presented by reference or by the issuer's id, issued by either. */
export const tokenColumns = ['token', 'token_id', 'issued_token', 'issued_refresh_token'] as const

/** What a query looks up, the most selective first. */
export function lookUpsOf(query: EventsQuery): readonly LookUp[] {
  const found: readonly (LookUp | undefined)[] = [
    lookUp('token', tokenColumns, query.token),
    lookUp('request', ['request_id'], query.request),
    lookUp('session', ['session'], query.session),
    lookUp('family', ['token_family'], query.tokenFamily),
    lookUp(
      'trace',
      ['trace_id'],
      query.trace?.map((id) => id.toLowerCase()),
    ),
    lookUp('subject', ['subject'], query.subject),
    lookUp('actor', ['actor'], query.actor),
    lookUp('user', ['subject', 'actor'], query.user),
  ]
  return found.filter((each) => each !== undefined)
}

function lookUp(
  name: string,
  columns: LookUp['columns'],
  values: string | readonly string[] | undefined,
): LookUp | undefined {
  if (values === undefined) return undefined
  return { name, columns, values: typeof values === 'string' ? [values] : values }
}

/**
 * The same rows as `look-up OR …` over its columns, each row in one branch only. The embedded engine joins the indexes of
 * an OR; servers that are older use none for it, since each index alone cannot tell that a granule holds nothing.
 */
export function branchesOf({ name, columns, values }: LookUp): readonly Condition[] {
  return columns.map((column, at) =>
    together([
      { sql: `${column} IN {${name}:Array(String)}`, values: { [name]: values } },
      ...columns.slice(0, at).map((earlier) => ({ sql: `${earlier} NOT IN {${name}:Array(String)}`, values: {} })),
    ]),
  )
}

/** A look-up that only narrows what another one finds. */
export function narrowing({ name, columns, values }: LookUp): Condition {
  return {
    sql: columns.map((column) => `${column} IN {${name}:Array(String)}`).join(' OR '),
    values: { [name]: values },
  }
}
