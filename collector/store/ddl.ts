// Writes the DDL of the declared tables and views.

import { type Table, type TableColumn, tables, type View, views } from '../../schemas/tables.ts'

export interface Retention {
  /** Days that rows stay after their append time. */
  readonly days: number
}

/** A MergeTree that the one writer fills in few, large, ordered inserts. */
export function createTable(table: Table, retention: Retention): string {
  const lines = table.columns.map(columnLine)
  for (const column of table.columns) {
    if (column.index !== undefined) lines.push(`  INDEX ${indexLine(column.name, column.index)}`)
  }
  const clauses = [
    `CREATE TABLE IF NOT EXISTS ${table.name}`,
    `(\n${lines.join(',\n')}\n)`,
    `ENGINE = ${table.engine}`,
    ...(table.appendColumn === '' ? [] : [`PARTITION BY toDate(${table.appendColumn})`]),
    `ORDER BY (${table.orderBy})`,
    ...(table.appendColumn === '' ? [] : [`TTL toDateTime(${table.appendColumn}) + INTERVAL ${retention.days} DAY`]),
    ...(settingsOf(table) === '' ? [] : [`SETTINGS ${settingsOf(table)}`]),
    `COMMENT ${literal(table.holds)}`,
  ]
  return clauses.join('\n')
}

export function createView(view: View): string {
  return `CREATE OR REPLACE VIEW ${view.name} AS ${view.select}`
}

/** Columns that a table from before them lacks, each behind the one declared before it, with their indexes. */
export function addColumns({ name, columns }: Table, added: readonly string[]): readonly string[] {
  return columns.flatMap((column, at) => {
    const before = columns[at - 1]
    if (!added.includes(column.name) || before === undefined) return []
    const alter = `ALTER TABLE ${name}`
    const lines = [`${alter} ADD COLUMN IF NOT EXISTS ${columnLine(column).trim()} AFTER ${quote(before.name)}`]
    if (column.index !== undefined)
      lines.push(`${alter} ADD INDEX IF NOT EXISTS ${indexLine(column.name, column.index)}`)
    return lines
  })
}

/** What the first migration runs. */
export function initialDdl(retention: Retention): readonly string[] {
  return [...tables.map((table) => createTable(table, retention)), ...views.map(createView)]
}

function settingsOf(table: Table): string {
  return [table.settings, table.appendColumn === '' ? '' : 'ttl_only_drop_parts = 1']
    .filter((part) => part !== '')
    .join(', ')
}

function columnLine(column: TableColumn): string {
  const codec = column.codec === undefined ? '' : ` CODEC(${column.codec})`
  return `  ${quote(column.name)} ${column.type} COMMENT ${literal(column.meaning)}${codec}`
}

function indexLine(column: string, index: string): string {
  return `${column}_index ${quote(column)} TYPE ${index} GRANULARITY 1`
}

function quote(name: string): string {
  return `\`${name}\``
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
