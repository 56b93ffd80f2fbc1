// The variables of dashboards: which store, tenant and realm every one has, what a dashboard adds, and where traces are.

import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  type VariableOption,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { uidOf } from './addresses.ts'
import { dataSource } from './query.ts'
import { chosen } from './sql.ts'

const option = (text: string, value = text): VariableOption => ({ selected: true, text, value })

export interface Choice {
  readonly name: string
  readonly label: string
  readonly description: string
  /** Rows of the value, and of what is shown of it. */
  readonly sql: string
  readonly initially?: string
  /** Several, or all. */
  readonly many?: boolean
}

/** A value out of the rows of a query; any other can be typed, or come with a link. */
export function choice({ name, label, description, sql, initially, many = false }: Choice): Builder<VariableModel> {
  const built = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(dataSource)
    .query({ refId: name, queryType: 'sql', rawSql: sql.trim() })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .allowCustomValue(true)
    .multi(many)
    .includeAll(many)
  if (many) return built.current(option('All', '$__all'))
  return initially === undefined ? built : built.current(option(initially))
}

/** A value that somebody types, or that comes with a link. */
export function typed(name: string, label: string, description: string, value = ''): Builder<VariableModel> {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(value)
    .current(option(value))
}

/** What every dashboard has. */
export function sharedVariables(): readonly Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Store')
      .description('The ClickHouse that eastwest writes to.')
      .type(dataSource.type),
    choice({
      name: 'tenant',
      label: 'Tenant',
      description: 'Whose events and alerts.',
      sql: "SELECT DISTINCT tenant FROM events WHERE $__timeFilter_ms(event_at) ORDER BY tenant != 'default', tenant",
      initially: 'default',
    }),
    choice({
      name: 'realm',
      label: 'Realm',
      description: 'live is what really happened; an exercise is seen alone, in a realm of its own.',
      sql: `SELECT realm FROM (SELECT 'live' AS realm UNION DISTINCT SELECT DISTINCT realm FROM events WHERE tenant = ${chosen('tenant')} AND $__timeFilter_ms(event_at))
ORDER BY realm != 'live', realm`,
      initially: 'live',
    }),
    typed(
      'traces',
      'Traces at',
      'Address that the id of a trace is put behind, such as that of a Tempo or Jaeger page.',
      `/d/${uidOf('trace')}?var-trace=`,
    ),
  ]
}
