// What a record knew beyond the columns, as one bounded JSON text.

import type { JsonValue } from './record-view.ts'

export const maxAttributes = 100
export const maxAttributeChars = 1024
export const maxAttributesChars = 8192
const maxKeyChars = 128

/**
 * A JSON object of the entries in their order, `''` when there are none. Values that are too long are cut and end in
 * `…`; entries that find no room are counted under `omitted`. Keys stay as they are written, cut at 128 characters.
 */
export function attributesText(entries: Iterable<readonly [key: string, value: JsonValue]>): string {
  let text = ''
  let kept = 0
  let omitted = 0
  for (const [key, value] of entries) {
    const pair = `${JSON.stringify(key.slice(0, maxKeyChars))}:${boundedJson(value)}`
    if (kept === maxAttributes || text.length + pair.length > maxAttributesChars) {
      omitted += 1
      continue
    }
    text += text === '' ? `{${pair}` : `,${pair}`
    kept += 1
  }
  if (omitted > 0) text += `${text === '' ? '{' : ','}"omitted":${omitted}`
  return text === '' ? '' : `${text}}`
}

function boundedJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(cutText(value, maxAttributeChars))
  const json = JSON.stringify(value)
  return json.length <= maxAttributeChars ? json : JSON.stringify(cutText(json, maxAttributeChars))
}

/** The first characters of a text that may be long; a cut is marked by `…` and never splits a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const last = text.charCodeAt(maxChars - 2)
  const end = last >= 0xd800 && last <= 0xdbff ? maxChars - 2 : maxChars - 1
  return `${text.slice(0, end)}…`
}
