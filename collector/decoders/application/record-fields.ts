// A record of an application as a flat list of named values, whatever the nesting and the spelling of its keys.

import type { JsonObject, JsonValue } from '../record-view.ts'

export interface RecordField {
  /** The path as the record wrote it, joined by dots. */
  readonly key: string
  /** The path without containers, case and punctuation: `user.id`, `userId` and `USER_ID` are one name. */
  readonly name: string
  readonly value: JsonValue
  /** Objects around it. */
  readonly depth: number
}

/** Objects that loggers put fields into and that add nothing to a field's name. */
const containers = new Set(
  (
    'properties contextmap context ctx mdc fields extra data meta metadata payload jsonpayload details detail attributes ' +
    'attrs params args body custom audit message'
  ).split(' '),
)
const maxDepth = 8
const maxPathChars = 160
const maxRemembered = 8192
const names = new Map<string, string>()

/** A key without case and punctuation; `@` stays, for Serilog's `@t` and `@m`. `''` for keys too long to be ours. */
export function fieldName(key: string): string {
  const known = names.get(key)
  if (known !== undefined) return known
  if (key.length > maxPathChars) return ''
  const name = key.replace(/[\s._\-/]+/g, '').toLowerCase()
  if (names.size >= maxRemembered) names.clear()
  names.set(key, name)
  return name
}

/** The fields of a JSON object; fields of nested objects under their paths. */
export function fieldsOfJson(record: JsonObject): RecordField[] {
  const fields: RecordField[] = []
  collect(record, '', '', 0, fields)
  return fields
}

function collect(object: JsonObject, path: string, prefix: string, depth: number, fields: RecordField[]): void {
  for (const key of Object.keys(object)) {
    const value = object[key] ?? null
    const fullKey = path === '' ? key : `${path}.${key}`
    const own = fieldName(key)
    const name = own === '' || prefix.length + own.length > maxPathChars ? '' : prefix + own
    const nested = isObject(value) && depth < maxDepth && fullKey.length <= maxPathChars
    if (!nested) fields.push({ key: fullKey, name, value, depth })
    else collect(value, fullKey, containers.has(name) ? '' : name, depth + 1, fields)
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const missing = new Set(['', '-', 'null', 'undefined', 'unknown', '(null)', '<nil>', 'n/a', 'none', 'nil'])

/** True for the many ways in which a log says that it does not know. */
export function isMissing(value: JsonValue): boolean {
  return value === null || (typeof value === 'string' && value.length <= 64 && missing.has(value.trim().toLowerCase()))
}

/** Text of a value that is one: text, a number, or a list of them joined by commas; else undefined. */
export function textOfValue(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value) || value.length === 0 || value.length > 64) return undefined
  const texts = value.map((one) =>
    typeof one === 'string' || typeof one === 'number' ? String(one).trim() : undefined,
  )
  return texts.includes(undefined) ? undefined : texts.join(',')
}
