// Fields whose name says that they hold a credential: JSON members, key=value, key: value, forms, headers, XML, flags.

import { skipSpace } from './bare-value.ts'
import { blank, isIn, nameCharacter, quoteMark } from './characters.ts'
import type { FieldKind, FieldNames } from './field-names.ts'
import { fieldValue } from './field-values.ts'
import type { Found } from './found.ts'
import { depthAt } from './quotes.ts'
import { urlDepth, type View } from './spellings.ts'

/** A name, what it stands for, and where its value begins. */
export interface Field {
  readonly kind: FieldKind
  readonly valueStart: number
  /** What joins name and value: `=`, `:`, `>` (XML), `,` (the next item of a list) or a blank (a flag). */
  readonly sign: string
  /** Layers of URL escapes at the sign. */
  readonly urlDepth: number
  /** Where the quotation mark behind a quoted name stands, or −1 for a bare name. */
  readonly nameQuote: number
  readonly inQuery: boolean
}

const longestName = 96
const longestTag = 256
/** Names of the member that holds the value where the field's name is itself a value: OTLP, HAR, Kubernetes. */
const pairedValue = /(?:,\s{0,8}|\s{1,8})["']?[vV]al(?:ue)?["']?\s{0,8}[:=]/y

/** How far a word is known to be too long for a name: there is no need to measure it again at its next anchor. */
export interface LongWord {
  end: number
}

/** The anchor at `at` lies in a word or just before it; returns from where to look on. */
export function lookAtField(view: View, at: number, names: FieldNames, found: Found[], longWord: LongWord): number {
  const { text } = view
  if (at < longWord.end) return at + 1
  let start = isIn(nameCharacter, text, at) ? at : at + 1
  let end = start
  while (at - start < longestName && isIn(nameCharacter, text, start - 1)) start--
  while (end - start <= longestName && isIn(nameCharacter, text, end)) end++
  if (end - start > longestName) {
    longWord.end = end - 1
    return at + 1
  }
  const kind = names.kindOf(text.slice(start, end))
  const field = kind === undefined ? undefined : fieldAt(view, start, end, kind)
  if (field === undefined) return at + 1
  return Math.max(at + 1, fieldValue(view, field, found))
}

function fieldAt(view: View, start: number, end: number, kind: FieldKind): Field | undefined {
  const { text } = view
  let next = text[end] === ']' ? end + 1 : text.startsWith('[]', end) ? end + 2 : end
  const nameQuote = isIn(quoteMark, text, next) ? next++ : -1
  const spaced = skipSpace(text, next, nameQuote !== -1)
  const found = signAt(view, start, spaced, nameQuote) ?? flagAt(text, start, spaced, next)
  if (found === undefined) return undefined
  const inQuery = text[start - 1] === '?' || text[start - 1] === '&'
  const valueStart = inQuery ? found.end : skipSpace(text, found.end, nameQuote !== -1)
  return { kind, valueStart, sign: found.sign, urlDepth: urlDepth(view, found.end - 1), nameQuote, inQuery }
}

interface Sign {
  readonly sign: string
  readonly end: number
}

function signAt(view: View, start: number, at: number, nameQuote: number): Sign | undefined {
  const { text } = view
  switch (text[at]) {
    case '=':
      return { sign: '=', end: text[at + 1] === '>' || text[at + 1] === '=' ? at + 2 : at + 1 }
    case ':':
      if (text[at + 1] === ':' || text.startsWith('//', at + 1)) return undefined
      return { sign: ':', end: text[at + 1] === '=' ? at + 2 : at + 1 }
    case ',':
      return nameQuote === -1 ? undefined : (paired(text, at) ?? listItem(view, start, at, nameQuote))
    default:
      return nameQuote === -1 ? elementAt(text, start, at) : paired(text, nameQuote + 1)
  }
}

/** `{"name":"password","value":"x"}`, `<add key="password" value="x"/>`: the name is a value itself. */
function paired(text: string, at: number): Sign | undefined {
  pairedValue.lastIndex = at
  return pairedValue.test(text) ? { sign: ':', end: pairedValue.lastIndex } : undefined
}

/** `--password x`. */
function flagAt(text: string, start: number, spaced: number, next: number): Sign | undefined {
  const isFlag = text.startsWith('--', start) && spaced > next && isIn(blank, text, next) && text[spaced] !== '-'
  return isFlag ? { sign: ' ', end: spaced } : undefined
}

/** `<password>`, `<ns:Password Type="text">`. */
function elementAt(text: string, start: number, at: number): Sign | undefined {
  let open = start
  while (start - open < longestName && (isIn(nameCharacter, text, open - 1) || text[open - 1] === ':')) open--
  if (text[open - 1] !== '<') return undefined
  const end = text.slice(at, at + longestTag).search(/[<>]/)
  return end !== -1 && text[at + end] === '>' && text[at + end - 1] !== '/'
    ? { sign: '>', end: at + end + 1 }
    : undefined
}

/** `["cookie","a=b"]`, `["--password","x"]`. */
function listItem(view: View, start: number, comma: number, nameQuote: number): Sign | undefined {
  const { text } = view
  if (!isIn(quoteMark, text, start - 1) || depthAt(view, start - 1) !== depthAt(view, nameQuote)) return undefined
  const isItem = text[start - 2] === '[' || text.startsWith('--', start)
  return isItem ? { sign: ',', end: comma + 1 } : undefined
}
