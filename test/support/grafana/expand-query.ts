// A query of a panel as the store is asked it: what the data source does in the browser first, its backend after that.

import { type Asked, expandMacros, readArguments } from './macros.ts'
import { fillVariables, isAll, type Variables } from './variables.ts'

export interface ExpandedFor extends Asked {
  readonly variables: Variables
}

/** @throws RangeError for what Grafana or the data source would leave in the query as it stands */
export function expandQuery(sql: string, asked: ExpandedFor): string {
  const filled = fillVariables(applyConditionalAll(sql, asked.variables), asked.variables)
  // Grafana's own, which are filled in with the variables.
  const ranged = filled.replaceAll('${__from}', String(asked.from)).replaceAll('${__to}', String(asked.to))
  return expandMacros(ranged, asked)
}

const macro = '$__conditionalAll'

/** The inner ones first, as the data source goes about it. */
function applyConditionalAll(sql: string, variables: Variables): string {
  let done = sql
  for (let at = done.lastIndexOf(macro); at >= 0; at = done.lastIndexOf(macro)) {
    const { given, length } = readArguments(done.slice(at + macro.length))
    const [condition = '', plain = ''] = given
    const name = /^\$(?:\{(\w+)\}|(\w+))$/.exec(plain)
    const chosen = variables[name?.[1] ?? name?.[2] ?? '']
    if (given.length !== 2 || chosen === undefined)
      throw new RangeError(`"${macro}" takes a condition and a plain variable, not "${given.join(', ')}"`)
    const isOpen = isAll(chosen) || chosen.value === '' || chosen.value.length === 0
    done = done.slice(0, at) + (isOpen ? '1=1' : condition) + done.slice(at + macro.length + length)
  }
  return done
}
