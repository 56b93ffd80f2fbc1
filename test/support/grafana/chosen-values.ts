// The values of a dashboard's variables as Grafana chooses them when it is opened, or as a test wants them.

import { expandQuery } from './expand-query.ts'
import type { Asked } from './macros.ts'
import type { Dashboard } from './panels.ts'
import type { StoreAnswer } from './store-answer.ts'
import { all, type VariableValue } from './variables.ts'

type Ask = (sql: string) => Promise<StoreAnswer>

/** In the order of the dashboard, in which later variables may ask about earlier ones. */
export async function chooseValues(
  dashboard: Dashboard,
  asked: Asked,
  ask: Ask,
  wanted: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, VariableValue>>> {
  const variables: Record<string, VariableValue> = {}
  for (const { name, type, query, multi, current } of dashboard.templating.list) {
    const initially = current?.value ?? ''
    if (type !== 'query' || typeof query === 'string') {
      variables[name] = { value: wanted[name] ?? initially }
      continue
    }
    const { columns, rows } = await ask(expandQuery(query.rawSql, { ...asked, variables }))
    const [first = { name: '' }] = columns
    const options = rows.map((row) => String(row[first.name]))
    const value = wanted[name] ?? (multi ? all : options.includes(String(initially)) ? initially : (options[0] ?? ''))
    variables[name] = { value, options }
  }
  return variables
}
