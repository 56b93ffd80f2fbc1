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
  readonly orderBy: string
  readonly limit: number
}

/** A condition, or none when the value is absent. */
export function when<Value>(value: Value | undefined, condition: (value: Value) => Condition): readonly Condition[] {
  return value === undefined ? [] : [condition(value)]
}

export async function runSelect<Row>(client: ClickHouseClient, select: Select): Promise<readonly Row[]> {
  const where = select.where.length === 0 ? '' : `WHERE ${select.where.map(({ sql }) => `(${sql})`).join(' AND ')}`
  try {
    const result = await client.query({
      query: `SELECT ${select.columns} FROM ${select.from} ${where} ORDER BY ${select.orderBy} LIMIT ${select.limit}`,
      query_params: Object.assign({}, ...select.where.map(({ values }) => values)),
      format: 'JSONEachRow',
    })
    return await result.json<Row>()
  } catch (cause) {
    throw asStoreError(cause, `reading "${select.from}"`)
  }
}
