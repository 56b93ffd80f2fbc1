// Cuts SQL into words, names, strings and signs the way ClickHouse's lexer does, and refuses what it cannot cut for sure.

import { refusal } from './exception.ts'

export type TokenKind = 'word' | 'quoted-name' | 'string' | 'number' | 'sign'

export interface Token {
  readonly kind: TokenKind
  /** The text as written; of a quoted name without its quotes. */
  readonly text: string
  readonly start: number
  /** First position after it. */
  readonly end: number
}

const space = /[ \t\n\r\f\v]+/y
const lineComment = /(?:--|\/\/|#!|# )[^\n]*/y
const word = /[A-Za-z_$][A-Za-z0-9_$]*/y
const digitRun = '[0-9]+(?:_[0-9]+)*'
const number = new RegExp(`0[xX][0-9a-fA-F]+|0[bB][01]+|${digitRun}(?:\\.${digitRun})?(?:[eE][+-]?[0-9]+)?`, 'y')
const fraction = new RegExp(`\\.${digitRun}(?:[eE][+-]?[0-9]+)?`, 'y')
const binaryLiteral = /(?:[xX]'[0-9a-fA-F]*'|[bB]'[01]*')/y
const twoSigns = /->|::|<=>|<=|>=|<>|!=|==|\|\||@@/y
const oneSign = /[()[\]{},;:+\-*/%=<>?!|^~@&]/y

/**
 * Cuts one token. Where ClickHouse's lexer has rules that a second one could read differently (here-documents, escapes
 * in quoted names, typographic quotes), the text is refused: what passes here means the same to the engine.
 * @param text SQL as latin1, one character a byte
 * @param previous the token before it, on which the meaning of a dot depends
 * @returns the token, or `undefined` at the end
 * @throws ClickHouseException 62 where the text is no SQL, or not sure to be
 */
export function nextToken(text: string, from: number, previous?: Token): Token | undefined {
  let at = from
  for (;;) {
    const gap = match(space, text, at)?.length ?? match(lineComment, text, at)?.length ?? blockCommentLength(text, at)
    if (gap === 0) break
    at += gap
  }
  if (at >= text.length) return undefined
  const taken = take(text, at, previous)
  if (taken !== undefined) return taken
  throw refusal('SYNTAX_ERROR', `Syntax error: ${fault(text, at)} at position ${at + 1}`)
}

function take(text: string, at: number, previous: Token | undefined): Token | undefined {
  const literal = match(binaryLiteral, text, at)
  if (literal !== undefined) return token('string', literal, at)
  const name = match(word, text, at)
  if (name !== undefined) {
    // x'…' and b'…' that are not well formed would be cut differently by the engine.
    if (/^[xXbB]$/.test(name) && text[at + 1] === "'") return undefined
    return name.startsWith('$') ? undefined : token('word', name, at)
  }
  const first = text[at]
  if (first === '.' && reachesInto(text, at, previous)) return token('sign', '.', at)
  const digits = match(number, text, at) ?? match(fraction, text, at)
  // To the engine `.5file` is a number and a name, and `0x1.f` a number: what runs on is refused rather than guessed.
  if (digits !== undefined) {
    const runsOn = previous?.text === '.' ? /[A-Za-z0-9_$]/ : /[A-Za-z0-9_$.]/
    return runsOn.test(text[at + digits.length] ?? '') ? undefined : token('number', digits, at)
  }
  if (first === "'" || first === '"' || first === '`') return quoted(text, at, first)
  if (text.startsWith('/*', at)) return undefined
  const sign = match(twoSigns, text, at) ?? match(oneSign, text, at)
  return sign === undefined ? undefined : token('sign', sign, at)
}

/** After a name or a bracket a dot reaches into it; elsewhere, after `}` too, the engine has it begin a number. */
function reachesInto(text: string, at: number, previous: Token | undefined): boolean {
  if (previous === undefined || previous.kind === 'string') return false
  if (previous.kind !== 'sign' || previous.text === ')' || previous.text === ']') return true
  return previous.text === '}' && /[^0-9eE]/.test(text[at + 1] ?? '')
}

/** By hand, not by pattern: a string may be megabytes long. */
function quoted(text: string, start: number, quote: string): Token | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const sign = text[at]
    if (sign === '\\') {
      if (quote !== "'") return undefined
      at++
    } else if (sign === quote) {
      if (text[at + 1] !== quote) {
        const end = at + 1
        if (quote === "'") return { kind: 'string', text: text.slice(start, end), start, end }
        return { kind: 'quoted-name', text: text.slice(start + 1, at), start, end }
      }
      at++
    }
  }
  return undefined
}

function blockCommentLength(text: string, at: number): number {
  if (!text.startsWith('/*', at)) return 0
  const end = text.indexOf('*/', at + 2)
  // The engine nests comments; one within another is refused.
  return end === -1 || text.slice(at + 2, end + 1).includes('/*') ? 0 : end + 2 - at
}

function token(kind: TokenKind, text: string, start: number): Token {
  return { kind, text, start, end: start + text.length }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function fault(text: string, at: number): string {
  const sign = text[at] ?? ''
  if (sign === "'") return 'a string that does not end'
  if (sign === '`' || sign === '"') return 'a quoted name that does not end, or holds a backslash'
  if (sign === '/') return 'a comment that does not end, or holds another'
  if (sign === '$') return 'here-documents and $ in names are not accepted by the embedded store; bind a parameter'
  if (/[0-9.]/.test(sign)) return 'a number that runs into a name'
  return 'a character that SQL does not have'
}

/** True for the keyword, in any case, written without quotes. */
export function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === text
}
