// One query of a panel, as the ClickHouse data source of Grafana keeps it.

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'

/** The variable that every dashboard has: whoever imports one chooses the store to read. */
export const dataSource = { type: 'grafana-clickhouse-datasource', uid: '${datasource}' }

/** How the data source's backend shapes the rows; the numbers are its own. */
const formats = { timeseries: 0, table: 1, logs: 2, traces: 3 } as const
export type QueryFormat = keyof typeof formats

export interface ClickHouseQuery extends Dataquery {
  readonly refId: string
  readonly datasource: typeof dataSource
  readonly editorType: 'sql'
  readonly rawSql: string
  readonly format: number
  readonly queryType: QueryFormat
}

/** @param refId name of the frame; a node graph asks for `nodes` and `edges` */
export function query(sql: string, format: QueryFormat, refId = 'A'): Builder<ClickHouseQuery> {
  return {
    build: () => ({
      refId,
      datasource: dataSource,
      editorType: 'sql',
      rawSql: sql.trim(),
      format: formats[format],
      queryType: format,
      // A mark of the SDK, which is no data: JSON leaves it out.
      _implementsDataqueryVariant: () => undefined,
    }),
  }
}
