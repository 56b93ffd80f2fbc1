// Walks the JSON array or object at one place of a view, as deep as it goes, without building it.

import { blank, digit, isIn, lineBreak } from './characters.ts'
import { closingQuote, depthAt } from './quotes.ts'
import type { View } from './spellings.ts'

/** One string or number: the key it stands under (through arrays), and its range. */
export interface Leaf {
  readonly key: string
  readonly start: number
  readonly end: number
  readonly isText: boolean
  /** In an object rather than in an array. */
  readonly isMember: boolean
}

/**
 * Visits the leaves from the bracket at `open` to the one that closes it, or until `visit` says false. Quotation
 * marks are escaped as the one at `quoteAt`: a mark less deep ends the text that the JSON stands in. Stops where more than
 * `maxLevel` brackets are open. Returns where it stopped.
 */
export function walkLeaves(
  view: View,
  open: number,
  quoteAt: number,
  maxLevel: number,
  visit: (leaf: Leaf) => boolean,
): number {
  const { text } = view
  const depth = depthAt(view, quoteAt)
  const last = text.length - 1
  const brackets: string[] = []
  let key = ''
  for (let at = open; at < last; ) {
    const character = text.charAt(at)
    if (character === '{' || character === '[') {
      if (brackets.length === maxLevel) return at
      brackets.push(character)
      if (character === '{') key = ''
      at++
    } else if (character === '}' || character === ']') {
      brackets.pop()
      at++
      if (brackets.length === 0) return at
    } else if (character === '"' || character === "'") {
      if (character === '"' && depthAt(view, at) < depth) return at
      const end = closingQuote(view, at)
      const next = skipWhite(text, end + 1)
      const isMember = brackets.at(-1) === '{'
      if (isMember && text[next] === ':') {
        key = text.slice(at + 1, end)
        at = next + 1
        continue
      }
      if (!visit({ key, start: at + 1, end, isText: true, isMember })) return end
      at = Math.min(end + 1, last)
    } else if (isIn(digit, text, at) || character === '-') {
      const end = numberEnd(text, at)
      const isMember = brackets.at(-1) === '{'
      if (!visit({ key, start: at, end, isText: false, isMember })) return end
      at = Math.max(end, at + 1)
    } else {
      at++
    }
  }
  return last
}

/** Where the JSON number at `at` ends; `at` itself when there is none. */
export function numberEnd(text: string, at: number): number {
  let end = at
  while (/[0-9.eE+-]/.test(text.charAt(end))) end++
  const isNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text.slice(at, Math.min(end, at + 64)))
  const next = text.charAt(end)
  return isNumber && end - at <= 64 && (next === '' || /[,}\]\s]/.test(next)) ? end : at
}

function skipWhite(text: string, at: number): number {
  let next = at
  while (isIn(blank, text, next) || (isIn(lineBreak, text, next) && next < text.length - 1)) next++
  return next
}
