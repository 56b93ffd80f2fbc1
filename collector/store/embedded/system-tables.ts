// Keeps readers to those of the engine's own tables that a client needs to find its way; no grant and no setting does it here.

import { refusal } from './exception.ts'
import type { QueryRequest } from './query-request.ts'
import type { ReadStatement } from './statement.ts'

// The engine asks for no grant on its `system` tables unless a server's configuration says so, which this one does not read
// (measured with chdb 3.4.0). The plugin of Grafana lists databases, tables, columns and functions; clients ask which settings
// hold for them.
const readable = new Set(['columns', 'databases', 'functions', 'numbers', 'one', 'settings', 'tables'])
const shown = new Set([
  ...['tables', 'databases', 'columns', 'fields', 'create', 'index', 'indexes', 'indices', 'keys', 'functions'],
  ...['setting', 'settings', 'full', 'extended', 'temporary'],
])
/** Finds tables by patterns in strings. */
const finders = new Set(['merge'])

/** @throws ClickHouseException 497 */
export function refuseSystemTables(statement: ReadStatement, { database, parameters }: QueryRequest): void {
  if (isSystem(database)) throw denied('database "system": ask for its tables by their full names')
  for (const name of statement.systemTables) {
    if (!readable.has(name)) throw denied(`table "system.${name}"`)
  }
  if (statement.shows !== undefined && !shown.has(statement.shows)) throw denied(`statement "SHOW ${statement.shows}"`)
  for (const name of statement.names) if (finders.has(name)) throw denied(`name "${name}", rename a column by an alias`)
  for (const [place, type] of statement.places) {
    if (type.toLowerCase() !== 'identifier') continue
    if ((parameters.get(place) ?? '').split('.').some(isSystem)) throw denied('name "system" as a parameter')
  }
}

function isSystem(name: string): boolean {
  return name.toLowerCase() === 'system'
}

function denied(what: string): Error {
  const text = what.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
  return refusal('ACCESS_DENIED', `reader: Not enough privileges. Not available to this user: the ${text}`)
}
