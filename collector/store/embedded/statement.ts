// Tells what one SQL text asks for: to read, to insert the bytes that follow, or to change something.

import { refusal } from './exception.ts'
import { beginsInsert, type InsertStatement, insertStatement } from './insert-statement.ts'
import { isWord, nextToken, type Token } from './sql-tokens.ts'

export interface ReadStatement {
  readonly kind: 'read'
  /** The query up to its FORMAT clause or end, without a closing semicolon. */
  readonly query: string
  readonly format: string | undefined
  /** What follows the format: `SETTINGS …`, or nothing. */
  readonly tail: string
  /** Every name in it outside of strings, in lower case. */
  readonly names: ReadonlySet<string>
  /** What follows `system.` anywhere in it, in lower case. */
  readonly systemTables: ReadonlySet<string>
  /** The word after a leading SHOW, in lower case. */
  readonly shows: string | undefined
  /** Names of its `{name:Type}` places, with the type's text. */
  readonly places: ReadonlyMap<string, string>
}

export interface WriteStatement {
  readonly kind: 'write'
  readonly sql: string
  /** True for an INSERT whose rows come from a query. */
  readonly insert: boolean
  readonly format: string | undefined
  readonly places: ReadonlyMap<string, string>
}

export type Statement = ReadStatement | InsertStatement | WriteStatement

const readWords = new Set(['select', 'with', 'from', 'show', 'describe', 'desc', 'explain', 'exists'])
/** What a statement that changes something may begin with; else it is no statement. */
const changeWords = new Set(
  (
    'insert create alter drop truncate optimize kill system set use rename exchange detach attach undrop check grant ' +
    'revoke backup restore move begin commit rollback delete update execute replace watch parallel'
  ).split(' '),
)

/**
 * Reads one statement.
 * @param text SQL as latin1, one character a byte; of an insert, as much as holds its FORMAT or VALUES word
 * @throws ClickHouseException for several statements, for file access through SQL, and for what is no SQL
 */
export function readStatement(text: string): Statement {
  if (beginsInsert(text)) {
    const insert = insertStatement(text)
    if (insert !== undefined) return insert
  }
  const tokens = allTokens(text)
  const [first] = tokens
  if (first === undefined) throw refusal('SYNTAX_ERROR', 'Syntax error: empty query')
  refuseFiles(tokens)
  const end = tokens.at(-1)?.end ?? 0
  const places = placesOf(tokens)
  const formatAt = formatClause(tokens)
  const format = formatAt === undefined ? undefined : tokens[formatAt + 1]?.text
  const leading = tokens.find((token) => token.text !== '(')
  const keyword = leading?.kind === 'word' ? leading.text.toLowerCase() : ''
  if (!readWords.has(keyword)) {
    if (!changeWords.has(keyword)) {
      const shown = (leading?.text ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 40)
      throw refusal('SYNTAX_ERROR', `Syntax error: failed at position ${(leading?.start ?? 0) + 1}: ${shown}`)
    }
    return { kind: 'write', sql: text.slice(0, end), insert: isWord(leading, 'insert'), format, places }
  }
  const names = new Set(tokens.filter(isName).map((token) => token.text.toLowerCase()))
  const systemTables = systemTablesOf(tokens)
  const shows =
    keyword === 'show' ? (tokens[tokens.indexOf(leading ?? first) + 1]?.text ?? '').toLowerCase() : undefined
  const read = { kind: 'read', format, names, systemTables, shows, places } as const
  if (formatAt === undefined) return { ...read, query: text.slice(0, end), tail: '' }
  const cut = tokens[formatAt]?.start ?? end
  const tail = text.slice(tokens[formatAt + 1]?.end ?? end, end)
  return { ...read, query: text.slice(0, cut), tail }
}

function allTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let ended = false
  for (let token = nextToken(text, 0); token !== undefined; token = nextToken(text, token.end, token)) {
    if (token.text === ';' && token.kind === 'sign') {
      ended = true
      continue
    }
    if (ended) throw refusal('SYNTAX_ERROR', 'Syntax error: multi-statements are not allowed, send one a request')
    tokens.push(token)
  }
  return tokens
}

/** The engine runs inside this process and would read and write files of this machine by these clauses. */
function refuseFiles(tokens: readonly Token[]): void {
  const clause = tokens.find((token) => token.kind === 'word' && /^(infile|outfile)$/i.test(token.text))
  if (clause === undefined) return
  throw refusal('NOT_IMPLEMENTED', `"${clause.text.toUpperCase()}" is not available over HTTP: send or read the body`)
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'quoted-name'
}

/** Position of the closing `FORMAT name`, where the statement has one. */
function formatClause(tokens: readonly Token[]): number | undefined {
  let depth = 0
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]
    if (token?.text === ')' || token?.text === ']') depth++
    if (token?.text === '(' || token?.text === '[') depth--
    if (depth !== 0 || !isWord(token, 'format')) continue
    const follows = tokens[at + 2]
    const closes = follows === undefined || isWord(follows, 'settings')
    if (tokens[at + 1]?.kind === 'word' && closes) return at
  }
  return undefined
}

/** Whatever is meant by it: an alias of that name is taken for the database, too. */
function systemTablesOf(tokens: readonly Token[]): ReadonlySet<string> {
  return new Set(
    tokens.flatMap((token, at) => {
      if (!isName(token) || token.text.toLowerCase() !== 'system' || tokens[at + 1]?.text !== '.') return []
      return [(tokens[at + 2]?.text ?? '').toLowerCase()]
    }),
  )
}

function placesOf(tokens: readonly Token[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>()
  tokens.forEach((token, at) => {
    const name = tokens[at + 1]
    if (token.text !== '{' || token.kind !== 'sign' || name?.kind !== 'word' || tokens[at + 2]?.text !== ':') return
    const type: string[] = []
    for (let next = at + 3; next < tokens.length && tokens[next]?.text !== '}'; next++)
      type.push(tokens[next]?.text ?? '')
    places.set(name.text, type.join(''))
  })
  return places
}
