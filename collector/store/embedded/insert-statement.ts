// Reads the head of an INSERT and finds where its data begin, so that the data are never read as SQL.

import { refusal } from './exception.ts'
import { isWord, nextToken, type Token } from './sql-tokens.ts'

export interface InsertStatement {
  readonly kind: 'insert'
  /** `INSERT INTO table (columns)`. */
  readonly target: string
  /** `name = value, …` of its SETTINGS clause, or nothing. */
  readonly settings: string
  readonly format: string
  /** Where the data begin. */
  readonly dataAt: number
}

/** True when the text begins an INSERT, whose data need not be SQL and are never read as such. */
export function beginsInsert(text: string): boolean {
  const first = nextToken(text, 0)
  return first?.kind === 'word' && first.text.toLowerCase() === 'insert'
}

/** `undefined` for an INSERT that brings its rows by a query. */
export function insertStatement(text: string): InsertStatement | undefined {
  const first = nextToken(text, 0)
  const head: Token[] = []
  let depth = 0
  let settingsAt: number | undefined
  for (let token = first; token !== undefined; token = nextToken(text, token.end, token)) {
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (depth === 0 && token.kind === 'word') {
      const keyword = token.text.toLowerCase()
      if (keyword === 'select' || keyword === 'with' || keyword === 'from') return undefined
      if (keyword === 'function' && head.length <= 3) {
        throw refusal('NOT_IMPLEMENTED', 'INSERT INTO FUNCTION is not available in the embedded store')
      }
      if (keyword === 'settings') settingsAt = head.length
      if (keyword === 'values') return insertInto(text, head, settingsAt, 'Values', token.end)
      if (keyword === 'format') {
        const format = nextToken(text, token.end)
        if (format?.kind !== 'word') throw refusal('SYNTAX_ERROR', 'Syntax error: a format must follow FORMAT')
        return insertInto(text, head, settingsAt, format.text, dataStart(text, format.end))
      }
    }
    if (token.text === '(' && depth === 1 && isWord(nextToken(text, token.end), 'select')) return undefined
    head.push(token)
  }
  throw refusal('SYNTAX_ERROR', 'Syntax error: INSERT needs FORMAT, VALUES or SELECT')
}

function insertInto(
  text: string,
  head: readonly Token[],
  settingsAt: number | undefined,
  format: string,
  dataAt: number,
): InsertStatement {
  const targetTokens = head.slice(0, settingsAt ?? head.length)
  const settingTokens = settingsAt === undefined ? [] : head.slice(settingsAt + 1)
  return { kind: 'insert', target: spanOf(text, targetTokens), settings: spanOf(text, settingTokens), format, dataAt }
}

function spanOf(text: string, tokens: readonly Token[]): string {
  const [first] = tokens
  const last = tokens.at(-1)
  return first === undefined || last === undefined ? '' : text.slice(first.start, last.end)
}

/** Data begin after the blanks of the format's line, and after the first line feed if only blanks precede it. */
function dataStart(text: string, from: number): number {
  const blanks = /[ \t\f]*;?[ \t\f]*\r?\n?/y
  blanks.lastIndex = from
  return from + (blanks.exec(text)?.[0].length ?? 0)
}
