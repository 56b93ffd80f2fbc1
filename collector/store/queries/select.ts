// Builds a SELECT from fixed pieces and bound values: nothing a caller sends ever becomes SQL text.

import type { ClickHouseClient } from '@clickhouse/client'
import { asStoreError } from '../store-error.ts'

export interface Condition {
  /** SQL with `{name:Type}` placeholders only. */
  readonly sql: string
  readonly values: Readonly<Record<string, string | number | readonly string[]>>
}

export interface Select {
  readonly columns: string
  readonly from: string
  readonly where: readonly Condition[]
  /**
   * Several: the rows that fit `where` and any of these, each of which is looked for by itself, so that its index serves.
   * A row fits one of them at most.
   */
  readonly branches?: readonly Condition[]
  readonly groupBy?: string
  readonly orderBy: string
  readonly limit: number
}

/** A condition, or none when the value is absent. */
export function when<Value>(value: Value | undefined, condition: (value: Value) => Condition): readonly Condition[] {
  return value === undefined ? [] : [condition(value)]
}

/** All of them as one. */
export function together(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
    values: Object.assign({}, ...conditions.map(({ values }) => values)),
  }
}

export async function runSelect<Row>(client: ClickHouseClient, select: Select): Promise<readonly Row[]> {
  const { sql, values } = statementOf(select)
  try {
    const result = await client.query({ query: sql, query_params: { ...values }, format: 'JSONEachRow' })
    return await result.json<Row>()
  } catch (cause) {
    throw asStoreError(cause, `reading "${select.from}"`)
  }
}

/** The statement with its places, and what stands in them. */
export function statementOf({ columns, from, where, branches = [], groupBy, orderBy, limit }: Select): Condition {
  const ends = `${groupBy === undefined ? '' : ` GROUP BY ${groupBy}`} ORDER BY ${orderBy} LIMIT ${limit}`
  const [only, ...others] = branches
  if (only === undefined || others.length === 0) {
    const all = together([...where, ...branches])
    return {
      sql: `SELECT ${columns} FROM ${from}${all.sql === '' ? '' : ` WHERE ${all.sql}`}${ends}`,
      values: all.values,
    }
  }
  // A grouped select needs all rows of each branch; another one never more than the whole may have.
  const most = groupBy === undefined ? ` ORDER BY ${orderBy} LIMIT ${limit}` : ''
  const parts = branches.map((branch) => together([...where, branch]))
  const union = parts.map(({ sql }) => `SELECT * FROM ${from} WHERE ${sql}${most}`).join(' UNION ALL ')
  return {
    sql: `SELECT ${columns} FROM (${union})${ends}`,
    values: Object.assign({}, ...parts.map(({ values }) => values)),
  }
}
