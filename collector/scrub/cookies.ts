// Values of Cookie and Set-Cookie headers: names and attributes stay, values go.

import { blank, characterSet, isIn, skip } from './characters.ts'
import type { Found } from './found.ts'
import { isPlaceholder } from './placeholders.ts'
import { isHardQuote, opensInText } from './quotes.ts'
import { urlDepth, type View } from './spellings.ts'

const attributes = new Set('path domain expires max-age samesite version priority comment'.split(' '))
const flags = new Set(['secure', 'httponly', 'partitioned'])
const endsName = characterSet('=;, \t\r\n"\'`<>{}')
/** Ends a value where no quotation mark says how far the header goes. */
const endsBareValue = characterSet('; \t\r\n"\'`<>{}')
const longestName = 256

export interface CookieRange {
  readonly start: number
  readonly end: number
  /** Layers of URL escapes at the start of the value: a `;` that is deeper belongs to a value. */
  readonly urlDepth: number
  /** False when `end` is only the end of the record: then the value ends where it stops looking like cookies. */
  readonly closed: boolean
  readonly isSetCookie: boolean
}

/** Returns where the header's value ends. */
export function cookieValues(view: View, range: CookieRange, found: Found[]): number {
  const { text } = view
  let at = skip(blank, text, range.start)
  for (let first = true; at < range.end; first = false) {
    const nameEnd = endOfName(text, at, range.end)
    const name = text.slice(at, nameEnd).toLowerCase()
    const valueStart = nameEnd + 1
    const valueEnd = text[nameEnd] === '=' ? endOfValue(view, valueStart, range, attributes.has(name)) : nameEnd
    const isNamed = text[nameEnd] === '=' && name !== '' && !/^=+$/.test(text.slice(valueStart, valueEnd))
    if (!isNamed) {
      if (first) return unnamed(view, at, valueEnd, range, found)
      if (!flags.has(name) && !range.closed) return at
      if (!flags.has(name)) add(view, at, valueEnd, found)
    } else if (!isAttribute(name, range)) add(view, valueStart, valueEnd, found)
    at = next(view, valueEnd, range)
    if (at === -1) return valueEnd
  }
  return at
}

/** A header value that is no list of cookies goes as a whole. */
function unnamed(view: View, start: number, valueEnd: number, range: CookieRange, found: Found[]): number {
  const end = range.closed ? range.end : valueEnd
  add(view, start, end, found)
  return Math.max(end, start)
}

function isAttribute(name: string, range: CookieRange): boolean {
  return name.startsWith('$') || (range.isSetCookie && attributes.has(name))
}

function add(view: View, start: number, end: number, found: Found[]): void {
  const value = view.text.slice(start, end)
  const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  const range = quoted ? { start: start + 1, end: end - 1 } : { start, end }
  if (!isPlaceholder(quoted ? value.slice(1, -1) : value)) found.push(range)
}

function endOfName(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + longestName)
  let at = start
  while (at < limit && !isIn(endsName, text, at)) at++
  return at
}

function endOfValue(view: View, start: number, range: CookieRange, isAttributeValue: boolean): number {
  const { text } = view
  const quoted = text[start] === '"' && start < range.end && (range.closed || opensInText(view, start))
  for (let at = quoted ? start + 1 : start; at < range.end; at++) {
    const code = text.charCodeAt(at)
    if (urlDepth(view, at) > range.urlDepth) continue
    if (!range.closed && isHardQuote(view, at)) return at
    if (quoted && code === 34) return at + 1
    if (quoted && !range.closed) continue
    if (code === 59 || code === 10 || code === 13) return at
    if (code === 44 && startsCookie(text, at + 1, range.end)) return at
    if (!range.closed && endsBareValue[code] === 1 && !(isAttributeValue && code === 32)) return at
  }
  return range.end
}

/** Behind a comma: a further cookie of a joined header, not the rest of a date. */
function startsCookie(text: string, at: number, end: number): boolean {
  const start = skip(blank, text, at)
  const nameEnd = endOfName(text, start, Math.min(end, start + 64))
  return nameEnd > start && text[nameEnd] === '='
}

/** Start of the next cookie, or −1 when the list ends. */
function next(view: View, at: number, range: CookieRange): number {
  const { text } = view
  const separator = skip(blank, text, at)
  if (separator >= range.end) return -1
  if (text[separator] === ';' || text[separator] === ',') return skip(blank, text, separator + 1)
  if (range.closed && (text[separator] === '\n' || text[separator] === '\r')) return separator + 1
  return -1
}
