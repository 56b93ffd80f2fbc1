// Where a value without quotation marks ends: `password=x` in a line of text, a form, an address or a log message.

import { blank, isIn, lineBreak, nameCharacter, quoteMark, skip } from './characters.ts'
import { urlDepth, type View } from './spellings.ts'

export interface BareContext {
  /** Layers of URL escapes at the sign before the value: deeper separators belong to the value. */
  readonly urlDepth: number
  /** The field is a parameter of an address, which a `#` ends. */
  readonly inQuery: boolean
}

const ampersand = 38
const hash = 35
const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' }
const longestName = 64
const maxPunctuation = 16

/** Looks no further than `limit`. */
export function endOfBareValue(view: View, start: number, context: BareContext, limit = view.text.length): number {
  const { text } = view
  const last = Math.min(limit, text.length - 1)
  let end = start
  while (end < last && (urlDepth(view, end) > context.urlDepth || !endsAt(text, end, context))) end++
  return withoutPunctuation(text, start, end)
}

function endsAt(text: string, at: number, context: BareContext): boolean {
  const code = text.charCodeAt(at)
  if (code <= 32 || quoteMark[code] === 1 || code === ampersand) return true
  if (code === hash) return context.inQuery
  if (code === 60) return text[at + 1] === '/'
  return (code === 44 || code === 59 || code === 124) && startsField(text, at + 1)
}

/** Behind a comma, semicolon or bar: a blank, the end of the text around it, or another field. */
function startsField(text: string, at: number): boolean {
  if (isIn(blank, text, at) || isIn(lineBreak, text, at) || isIn(quoteMark, text, at)) return true
  let end = at
  while (end < at + longestName && isIn(nameCharacter, text, end)) end++
  return end > at && (text[end] === '=' || text[end] === ':')
}

/** The full stop of a sentence and the bracket that was opened before the field are not part of the value. */
function withoutPunctuation(text: string, start: number, end: number): number {
  let stop = end
  while (stop > start && end - stop < maxPunctuation) {
    const lastOne = text.charAt(stop - 1)
    const opener = closers[lastOne]
    const unbalanced = opener !== undefined && !text.slice(start, stop - 1).includes(opener)
    if (!unbalanced && lastOne !== '\\' && !/[.,;:]/.test(lastOne)) break
    stop--
  }
  return stop
}

/** Behind `at` blanks are skipped, and in JSON line breaks as well. */
export function skipSpace(text: string, at: number, acrossLines: boolean): number {
  let end = skip(blank, text, at)
  while (acrossLines && end < text.length - 1 && isIn(lineBreak, text, end)) end = skip(blank, text, end + 1)
  return end
}
