// Refuses what the engine's read-only mode lets through: functions that read files, and names given as parameters.

import { refusal } from './exception.ts'
import type { ReadStatement } from './statement.ts'

// `file('/etc/passwd')` is a plain function and needs no grant in an embedded engine (measured with chdb 3.4.0), also
// through `APPLY(file)`, `arrayMap(file, …)` and an Identifier parameter; `eval` runs SQL out of a string.
const forbiddenNames = new Set(['file', 'eval', 'catboostevaluate'])

/** @throws ClickHouseException 497 */
export function refuseFileFunctions(statement: ReadStatement, parameters: ReadonlyMap<string, string>): void {
  for (const name of statement.names) {
    if (forbiddenNames.has(name)) throw denied(name)
  }
  for (const [place, type] of statement.places) {
    if (type.toLowerCase() !== 'identifier') continue
    const value = parameters.get(place) ?? ''
    if (!/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,2}$/.test(value)) throw denied(place)
    const part = value.split('.').find((name) => forbiddenNames.has(name.toLowerCase()))
    if (part !== undefined) throw denied(part)
  }
}

function denied(name: string): Error {
  return refusal(
    'ACCESS_DENIED',
    `reader: Not enough privileges. The name "${name}" is not available to this user, rename a column by an alias`,
  )
}

/** @throws ClickHouseException 456 for a place without a value; a value left over from another query must not fill it */
export function requireParameters(places: ReadonlyMap<string, string>, parameters: ReadonlyMap<string, string>): void {
  for (const place of places.keys()) {
    if (!parameters.has(place)) throw refusal('UNKNOWN_QUERY_PARAMETER', `Substitution \`${place}\` is not set`)
  }
}

/** What `SET` takes to bind parameters; each value is escaped byte for byte, so that no byte of it can end the literal. */
export function parameterAssignments(parameters: ReadonlyMap<string, string>): string {
  return assignments(new Map([...parameters].map(([name, value]) => [`param_${name}`, value])))
}

/** What `SET` takes; the names are checked already. */
export function assignments(settings: ReadonlyMap<string, string>): string {
  return [...settings].map(([name, value]) => `${name} = '${escapedBytes(value)}'`).join(', ')
}

/** Letters, digits and signs that mean nothing in a literal stay; every other byte becomes `\xHH`. */
function escapedBytes(value: string): string {
  return value.replace(/[^A-Za-z0-9 _.,:;/@()[\]{}<>=+*%#&|!?^~-]+/g, (run) =>
    Buffer.from(run).toString('hex').replace(/../g, '\\x$&'),
  )
}
