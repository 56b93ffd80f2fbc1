// What the rows of a query must look like for the visualisation that draws them, as problems in words.

import type { StoreAnswer } from './store-answer.ts'

type Columns = StoreAnswer['columns']

const isTime = (type: string): boolean => /^(Nullable\()?DateTime/.test(type)
const isNumber = (type: string): boolean => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type)
const isText = (type: string): boolean => /^(LowCardinality\(|Nullable\(|Fixed)*String/.test(type)

/** Problems of each kind of panel; `refId` tells the two frames of a node graph apart. */
const shapes: Readonly<
  Record<string, (columns: Columns, refId: string, rows: StoreAnswer['rows']) => readonly string[]>
> = {
  timeseries: (columns) => [
    ...(columns[0]?.name === 'time' && isTime(columns[0].type) ? [] : ['"time" is not its first column']),
    ...(columns.slice(1).some(({ type }) => isNumber(type)) ? [] : ['no column is a number']),
    ...columns
      .slice(1)
      .filter(({ type }) => !isNumber(type) && !isText(type))
      .map(({ name, type }) => `"${name}" is a ${type}`),
    ...(columns.filter(({ type }) => isText(type)).length > 1 ? ['more than one column is a label'] : []),
  ],
  stat: (columns, _, rows) => [
    ...(columns.length === 1 && isNumber(columns[0]?.type ?? '') ? [] : ['it is not one column of numbers']),
    ...(rows.length === 1 ? [] : [`it has ${rows.length} rows`]),
    ...(Object.values(rows[0] ?? {})[0] === null ? ['its number is null'] : []),
  ],
  table: (columns) => [
    ...columns.filter(({ name }) => !/^[a-z][a-z0-9 ]*$/i.test(name)).map(({ name }) => `"${name}" is no heading`),
    ...columns.filter(({ type }) => /^(Array|Tuple|Map)/.test(type)).map(({ name }) => `"${name}" is no single value`),
  ],
  nodeGraph: (columns, refId) => needed(columns, refId === 'nodes' ? ['id', 'title'] : ['id', 'source', 'target']),
  logs: (columns) => [
    ...needed(columns, ['timestamp', 'body', 'level']),
    ...(columns.some(({ name, type }) => name === 'timestamp' && isTime(type)) ? [] : ['"timestamp" is no time']),
  ],
  traces: (columns) =>
    needed(columns, ['traceID', 'spanID', 'parentSpanID', 'serviceName', 'operationName', 'startTime', 'duration']),
}

function needed(columns: Columns, names: readonly string[]): readonly string[] {
  return names.filter((name) => !columns.some((column) => column.name === name)).map((name) => `"${name}" is missing`)
}

export function problemsOf(panelType: string, refId: string, { columns, rows }: StoreAnswer): readonly string[] {
  const shape = shapes[panelType]
  if (shape === undefined) return [`nobody says what a panel of type "${panelType}" needs`]
  return [...(rows.length === 0 ? ['it has no rows'] : []), ...shape(columns, refId, rows)]
}
