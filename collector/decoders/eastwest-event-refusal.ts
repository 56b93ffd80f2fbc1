// Says what is wrong with an `eastwest-event`, and what was most likely meant.

import type { z } from 'zod'
import { eastwestEventSchema, eastwestEventSchemaName } from '../../schemas/eastwest-event.ts'
import type { ColumnDeclaration } from '../../schemas/events/column.ts'
import { eventColumns } from '../../schemas/events/columns.ts'
import { factSpelledBy } from './application/facts.ts'
import type { Refusal } from './decoder.ts'
import { quoted } from './hidden-characters.ts'
import { nearestName } from './nearest-name.ts'
import type { JsonObject } from './record-view.ts'

const memberNames = Object.keys(eastwestEventSchema.shape)
const columns: ReadonlyMap<string, ColumnDeclaration> = new Map(Object.entries(eventColumns))
/** The member for what applications call it, where that is not spelled like it. */
const memberOfFact: Readonly<Record<string, string>> = {
  time: 'at',
  actionName: 'action',
  eventName: 'action',
  status: 'outcome',
  success: 'outcome',
  permitted: 'outcome',
  reason: 'outcomeReason',
  error: 'outcomeReason',
  order: 'payment',
  targetSubject: 'subject',
}

/** The first problem that the schema found. */
export function refusalOf(error: z.ZodError, given: JsonObject): Refusal {
  const { schema } = given
  if (schema !== undefined && schema !== eastwestEventSchemaName) {
    const detail = `"schema" is ${quoted(typeof schema === 'string' ? schema : JSON.stringify(schema))}; this collector reads "${eastwestEventSchemaName}"`
    return { reason: 'invalid-field', detail }
  }
  const [issue] = error.issues
  if (issue === undefined) return { reason: 'invalid-field', detail: 'it is no event' }
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const meant = memberMeantBy(key)
    const hint = meant === undefined ? 'put it under "attributes"' : `did you mean "${meant}"?`
    return { reason: 'invalid-field', detail: `${quoted(key)} is no member of an event: ${hint}` }
  }
  const path = issue.path.map(String).join('.')
  const value = given[String(issue.path[0])]
  if (value === undefined) return { reason: 'missing-field', detail: `${quoted(path)} is missing` }
  const shown = quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
  return { reason: 'invalid-field', detail: `${quoted(path)} is ${shown}: ${sentence(issue, path)}` }
}

function sentence(issue: z.core.$ZodIssue, path: string): string {
  if (issue.code !== 'invalid_value')
    return issue.message
      .replace(/^Invalid input: /, '')
      .replace(/[\r\n]/g, ' ')
      .slice(0, 200)
  const words = columns.get(path)?.words ?? issue.values.map(String)
  return `it is one of ${listed(words.filter((word) => word !== ''))}`
}

function memberMeantBy(key: string): string | undefined {
  const fact = factSpelledBy(key)
  const member = fact === undefined ? undefined : (memberOfFact[fact] ?? fact)
  return member !== undefined && memberNames.includes(member) ? member : nearestName(key, memberNames)
}

export function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}
