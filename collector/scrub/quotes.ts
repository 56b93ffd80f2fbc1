// Quotation marks in a view: which one opens a value, which one closes it, and which one no value may reach across.

import { characterSet, isIn, quoteMark } from './characters.ts'
import { jsonDepth, urlDepth, type View } from './spellings.ts'

const plainQuote = 34
const closesStructure = characterSet(',}]: \t\r\n')

/** In a JSON record a plain `"` is where a string begins or ends, whatever stands around it. */
export function isHardQuote(view: View, index: number): boolean {
  return view.json && view.text.charCodeAt(index) === plainQuote && depthAt(view, index) === 0
}

/** A mark in running text that opens a value: not the end of the string that the text itself stands in. */
export function opensInText(view: View, index: number): boolean {
  const { text } = view
  return isIn(quoteMark, text, index) && !isHardQuote(view, index) && !isIn(closesStructure, text, index + 1)
}

/**
 * Where the value behind the mark at `open` ends: at the next mark of its kind that is not escaped deeper, or at the end
 * of whatever encloses it.
 */
export function closingQuote(view: View, open: number): number {
  const { text } = view
  const mark = text.charCodeAt(open)
  const depth = depthAt(view, open)
  const last = text.length - 1
  if (view.layer === undefined) {
    const same = text.indexOf(text.charAt(open), open + 1)
    const hard = view.json && mark !== plainQuote ? text.indexOf('"', open + 1) : -1
    return Math.min(same === -1 ? last : same, hard === -1 ? last : hard)
  }
  for (let index = open + 1; index < last; index++) {
    const code = text.charCodeAt(index)
    if (code === mark && depthAt(view, index) <= depth) return index
    if (code === plainQuote && isHardQuote(view, index)) return index
  }
  return last
}

export function depthAt(view: View, index: number): number {
  return jsonDepth(view, index) + urlDepth(view, index)
}
