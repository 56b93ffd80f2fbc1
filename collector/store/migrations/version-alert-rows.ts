// Moves alerts and findings to tables in which the newest change wins, whatever revision an earlier life had reached.

import { alertRows, findingRows, views } from '../../../schemas/tables.ts'
import { createTable, createView, type SchemaOptions } from '../ddl.ts'
import type { Migration } from './catalog.ts'

// As they were when this was written: columns that came later are not in the tables that are left.
const moves = [
  {
    from: 'alert_revisions',
    to: alertRows,
    columns:
      'tenant, realm, id, revision, detector, rule, severity, severity_id, confidence, status, title, keyspace, entity, ' +
      'slot, count, first_seen_at, last_seen_at, raised_at, updated_at, body',
    changedAt: 'updated_at',
  },
  {
    from: 'findings',
    to: findingRows,
    columns: 'tenant, realm, alert_id, event_id, detector, rung, severity, event_at, standing, revision, appended_at',
    changedAt: 'appended_at',
  },
]

export const versionAlertRows: Migration = {
  number: 2,
  name: 'version-alert-rows',
  statements: (schema) => [
    // A cluster never held the tables of before.
    ...(schema.cluster === undefined ? moves.flatMap((move) => moveRows(move, schema)) : []),
    ...views
      .filter(({ name }) => name === 'alerts' || name === 'findings')
      .map((view) => createView(view, schema.cluster)),
  ],
}

function moveRows({ from, to, columns, changedAt }: (typeof moves)[number], schema: SchemaOptions): readonly string[] {
  return [
    ...createTable(to, schema),
    // A database that is new, or whose move was cut off after the drop, has nothing to move.
    `CREATE TABLE IF NOT EXISTS ${from} AS ${to.name}`,
    `INSERT INTO ${to.name} (${columns}, version)
        SELECT ${columns}, toUInt64(toUnixTimestamp64Milli(${changedAt})) * 1048576 + revision FROM ${from}`,
    `DROP TABLE IF EXISTS ${from}`,
  ]
}
