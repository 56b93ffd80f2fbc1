// Takes a line of text apart by the layout of its format, and refuses lines whose quotes and numbers do not add up.

import type { Refusal } from '../decoder.ts'
import { stampLength } from '../instant.ts'
import type { RecordView } from '../record-view.ts'
import type { AccessFieldName } from './fields.ts'
import type { NamedValues } from './plain-reader.ts'

/**
 * - `stamp`: `[…]`. `request`: `"method path protocol"`. `quoted`: a value in quotes, which proxies do not escape.
 * - `number`: digits or `-`. `word`: anything without spaces and quotes. `words`: anything up to the next quote.
 */
export type Shape = 'stamp' | 'request' | 'quoted' | 'number' | 'word' | 'words'
/** The values of a line in their order, one space between two of them. */
export type Layout = readonly (readonly [shape: Shape, name: AccessFieldName])[]

/** True for `[2026-11-02T09:14:22.318Z] "…`: how Envoy's and Istio's text lines begin. */
export function beginsLikeAccessLine({ bytes, start, end }: RecordView): boolean {
  if (bytes[start] !== 0x5b || end - start < 24) return false
  const head = Buffer.from(bytes.buffer, bytes.byteOffset + start + 1, Math.min(end - start - 1, 48)).toString('latin1')
  return stampLength(head, 0) > 0 && /^[^"\]]*\] "/.test(head)
}

/** The values of a line by our names, or why it is not of this layout. Takes time in the length of the line. */
export function readTextLine(text: string, layout: Layout): NamedValues | Refusal {
  if (/[\u0000-\u001f\u007f]/.test(text)) return suspect('a control character, which no proxy writes into a line')
  const values: NamedValues = Object.create(null)
  let at = 0
  for (const [shape, name] of layout) {
    if (at > 0 && text[at++] !== ' ') return broken(name)
    const end = shape === 'request' ? readRequest(text, at, values) : readValue(text, at, shape, name, values)
    if (end < 0) return broken(name)
    at = end
  }
  if (at === text.length) return values
  return suspect(
    'more values than the default format has: a client’s quote shifted them, or the format is the operator’s own, which only JSON can carry',
  )
}

export function isRefusal(line: NamedValues | Refusal): line is Refusal {
  return 'reason' in line
}

/** Method up to the first space, protocol from the last one, the path between them. −1 where that cannot be. */
function readRequest(text: string, start: number, values: NamedValues): number {
  const end = text[start] === '"' ? text.indexOf('"', start + 1) : -1
  const request = end < 0 ? '' : text.slice(start + 1, end)
  const first = request.indexOf(' ')
  const last = request.lastIndexOf(' ')
  if (first < 1 || first >= last || last === request.length - 1) return -1
  put(values, 'method', request.slice(0, first))
  put(values, 'path', request.slice(first + 1, last))
  put(values, 'protocol', request.slice(last + 1))
  return end + 1
}

const number = /\d+|-/y
const word = /[^ "]+/y

/** Reads one value and gives the place behind it, −1 where there is none of that shape. */
function readValue(
  text: string,
  start: number,
  shape: Exclude<Shape, 'request'>,
  name: AccessFieldName,
  values: NamedValues,
): number {
  if (shape === 'stamp' || shape === 'quoted') {
    const [open, close] = shape === 'stamp' ? ['[', ']'] : ['"', '"']
    const end = text[start] === open ? text.indexOf(close, start + 1) : -1
    if (end < 0) return -1
    put(values, name, text.slice(start + 1, end))
    return end + 1
  }
  const end = shape === 'words' ? text.indexOf(' "', start) : endOf(shape === 'number' ? number : word, text, start)
  if (end <= start) return -1
  put(values, name, text.slice(start, end))
  return end
}

function put(values: NamedValues, name: AccessFieldName, value: string): void {
  if (value !== '-') values[name] = value
}

function endOf(form: RegExp, text: string, start: number): number {
  form.lastIndex = start
  return form.test(text) ? form.lastIndex : -1
}

function suspect(detail: string): Refusal {
  return { reason: 'log-injection-suspect', detail: `the line holds ${detail}` }
}

function broken(name: AccessFieldName): Refusal {
  return {
    reason: 'log-injection-suspect',
    detail: `quotes and spaces do not add up at "${name}": a client may have forged part of the line, or it is not the default format`,
  }
}
