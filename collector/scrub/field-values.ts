// The value of a field that holds a credential: where it stands, and which of it goes.

import { isParametric } from './authorization.ts'
import { endOfBareValue } from './bare-value.ts'
import { isIn, quoteMark } from './characters.ts'
import { cookieValues } from './cookies.ts'
import { schemeEnd } from './credential.ts'
import type { Field } from './fields.ts'
import type { Found } from './found.ts'
import { numberEnd } from './json-leaves.ts'
import { nestedValues } from './nested-values.ts'
import { numberValue, textValue } from './one-value.ts'
import { looksRandom } from './placeholders.ts'
import { closingQuote, depthAt, isHardQuote, opensInText } from './quotes.ts'
import type { View } from './spellings.ts'

/** A guess needs to see no more of a value than this. */
const guessedChars = 64
const longestScheme = 32

/** Returns from where to look on: behind the value when it was taken, at its start when it was left. */
export function fieldValue(view: View, field: Field, found: Found[]): number {
  const { text } = view
  const at = field.valueStart
  const first = text.charAt(at)
  if (field.kind === 'query' && !field.inQuery) return at
  if (isIn(quoteMark, text, at)) return opensValue(view, field, at) ? quotedValue(view, field, at, found) : at
  if (field.nameQuote !== -1) {
    if (first === '[' || first === '{') return nestedValues(view, field, found)
    const end = numberEnd(text, at)
    if (end > at) return numberValue(view, field.kind, at, end, field.nameQuote, found)
  }
  return bareValue(view, field, found)
}

function opensValue(view: View, field: Field, at: number): boolean {
  if (field.nameQuote === -1) return opensInText(view, at)
  if (view.text[at] !== view.text[field.nameQuote]) return !isHardQuote(view, at)
  return depthAt(view, at) >= depthAt(view, field.nameQuote)
}

function quotedValue(view: View, field: Field, open: number, found: Found[]): number {
  const end = closingQuote(view, open)
  return textValue(view, field.kind, open + 1, end, found) ? end : open + 1
}

function bareValue(view: View, field: Field, found: Found[]): number {
  const { text } = view
  const start = field.valueStart
  if (field.sign === '>') return elementValue(view, field, found)
  if (field.kind === 'cookie' || field.kind === 'set-cookie') {
    const isSetCookie = field.kind === 'set-cookie'
    const range = { start, end: text.length - 1, urlDepth: field.urlDepth, closed: false, isSetCookie }
    return cookieValues(view, range, found)
  }
  const from = start + schemeEnd(text.slice(start, Math.min(text.length - 1, start + longestScheme)))
  if (field.kind === 'authorization') return bareAuthorization(view, field, from, found)
  const isGuess = field.kind === 'guess' || field.kind === 'query'
  if (isGuess) {
    const seen = endOfBareValue(view, from, field, from + guessedChars)
    if (!looksRandom(text.slice(from, seen))) return start
  }
  const end = endOfBareValue(view, from, field)
  if (field.kind === 'token' && field.sign !== '=' && /^[A-Za-z]{1,16}$/.test(text.slice(from, end))) return start
  return end > from && textValue(view, field.kind, from, end, found) ? end : start
}

function bareAuthorization(view: View, field: Field, from: number, found: Found[]): number {
  const start = field.valueStart
  const end = isParametric(view.text, start) ? endOfLine(view, from) : endOfBareValue(view, from, field)
  return end > from && textValue(view, 'authorization', start, end, found) ? end : start
}

/** `<password>x</password>`: up to the element's end. */
function elementValue(view: View, field: Field, found: Found[]): number {
  const start = field.valueStart
  const end = endOfLine(view, start, '<')
  const isElement = end > start && view.text.startsWith('</', end)
  return isElement && textValue(view, field.kind, start, end, found) ? end : start
}

/** Up to the line break, the character, or the end of the JSON string that the text stands in. */
function endOfLine(view: View, start: number, character = '\n'): number {
  const { text } = view
  for (let end = start; end < text.length - 1; end++) {
    const here = text[end]
    if (here === '\n' || here === '\r' || here === character || isHardQuote(view, end)) return end
  }
  return text.length - 1
}
