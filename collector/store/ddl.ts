// Writes the DDL of the declared tables and views, for one server or for a cluster.

import { type Table, type TableColumn, tables, type View, views } from '../../schemas/tables.ts'
import { distributedEngine, localEngine, localName, onCluster, type StoreCluster } from './cluster-layout.ts'

export interface SchemaOptions {
  /** Days that rows stay after their append time. */
  readonly days: number
  /** Left out: one server, the embedded one or another. */
  readonly cluster?: StoreCluster | undefined
}

/** A MergeTree that the one writer fills in few, large, ordered inserts; on a cluster what reads it everywhere, too. */
export function createTable(table: Table, { days, cluster }: SchemaOptions): readonly string[] {
  const lines = table.columns.map((column) => columnLine(column))
  for (const column of table.columns) {
    if (column.index !== undefined) lines.push(`  INDEX ${indexLine(column.name, column.index)}`)
  }
  const clauses = [
    `CREATE TABLE IF NOT EXISTS ${localName(table.name, cluster)}${onCluster(cluster)}`,
    `(\n${lines.join(',\n')}\n)`,
    `ENGINE = ${localEngine(table.engine, cluster)}`,
    ...(table.appendColumn === '' ? [] : [`PARTITION BY toDate(${table.appendColumn})`]),
    `ORDER BY (${table.orderBy})`,
    ...(table.appendColumn === '' ? [] : [`TTL toDateTime(${table.appendColumn}) + INTERVAL ${days} DAY`]),
    ...(settingsOf(table) === '' ? [] : [`SETTINGS ${settingsOf(table)}`]),
    `COMMENT ${literal(table.holds)}`,
  ]
  const local = clauses.join('\n')
  return cluster === undefined ? [local] : [local, createDistributed(table, cluster)]
}

function createDistributed(table: Table, cluster: StoreCluster): string {
  return [
    `CREATE TABLE IF NOT EXISTS ${table.name}${onCluster(cluster)}`,
    `(\n${table.columns.map((column) => columnLine(uncompressed(column))).join(',\n')}\n)`,
    `ENGINE = ${distributedEngine(table.name, cluster)}`,
    `COMMENT ${literal(table.holds)}`,
  ].join('\n')
}

export function createView(view: View, cluster?: StoreCluster): string {
  return `CREATE OR REPLACE VIEW ${view.name}${onCluster(cluster)} AS ${view.select}`
}

/** Columns that a table from before them lacks, each behind the one declared before it, with their indexes. */
export function addColumns(
  { name, columns }: Table,
  added: readonly string[],
  { cluster }: SchemaOptions,
): readonly string[] {
  const alter = `ALTER TABLE ${localName(name, cluster)}${onCluster(cluster)}`
  return columns.flatMap((column, at) => {
    const before = columns[at - 1]
    if (!added.includes(column.name) || before === undefined) return []
    const add = (to: TableColumn): string =>
      `ADD COLUMN IF NOT EXISTS ${columnLine(to).trim()} AFTER ${quote(before.name)}`
    const lines = [`${alter} ${add(column)}`]
    if (column.index !== undefined)
      lines.push(`${alter} ADD INDEX IF NOT EXISTS ${indexLine(column.name, column.index)}`)
    if (cluster !== undefined) lines.push(`ALTER TABLE ${name}${onCluster(cluster)} ${add(uncompressed(column))}`)
    return lines
  })
}

/** What the first migration runs. */
export function initialDdl(schema: SchemaOptions): readonly string[] {
  return [
    ...tables.flatMap((table) => createTable(table, schema)),
    ...views.map((view) => createView(view, schema.cluster)),
  ]
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

/** As a table that keeps nothing itself has it. */
function uncompressed({ codec: _, ...column }: TableColumn): TableColumn {
  return column
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
