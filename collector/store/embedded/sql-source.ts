// Puts a request's SQL together from its URL, body or form, and keeps the data of an insert out of it.

import { refusal } from './exception.ts'
import { beginsInsert, type InsertStatement, insertStatement } from './insert-statement.ts'
import { joined, splitBody, wholeBody } from './request-body.ts'
import { readStatement, type Statement } from './statement.ts'

export interface Source {
  readonly statement: Statement
  /** The bytes an insert brings; empty for other statements. */
  readonly data: AsyncIterable<Uint8Array>
}

const headBytes = 64 * 1024

/**
 * @param query of the URL or the form; the body follows it after a line feed, as on a server
 * @param maxSqlBytes bound of everything that is read as SQL; data of an insert are not
 */
export async function readSource(
  query: string | undefined,
  body: AsyncIterable<Uint8Array>,
  maxSqlBytes: number,
): Promise<Source> {
  if (query !== undefined && query.length > maxSqlBytes) throw tooLarge(maxSqlBytes)
  const first = query === undefined ? Buffer.alloc(0) : Buffer.from(`${query}\n`)
  const firstInsert = insertIn(first)
  if (firstInsert !== undefined) return dataAfter(firstInsert, first, body)
  const { head, rest } = await splitBody(joined(first, body), headBytes)
  const insert = insertIn(head)
  if (insert !== undefined) return dataAfter(insert, head, rest)
  const whole = await wholeBody(joined(head, rest), maxSqlBytes)
  return { statement: readStatement(sqlText(whole)), data: joined(Buffer.alloc(0), none()) }
}

/** The SQL of a slice of a statement, as the engine takes it. */
export function engineText(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

function sqlText(bytes: Buffer): string {
  // The engine's interface takes texts that end at the first NUL.
  if (bytes.includes(0)) throw refusal('SYNTAX_ERROR', 'Syntax error: the query holds a NUL byte')
  return bytes.toString('latin1')
}

/** `undefined` where these bytes are no INSERT with data, or not enough of one to tell. */
function insertIn(bytes: Buffer): InsertStatement | undefined {
  try {
    const text = bytes.toString('latin1')
    const insert = beginsInsert(text) ? insertStatement(text) : undefined
    if (insert !== undefined) sqlText(bytes.subarray(0, insert.dataAt))
    return insert
  } catch {
    // Told by whoever reads the whole text.
    return undefined
  }
}

function dataAfter(statement: InsertStatement, head: Buffer, rest: AsyncIterable<Uint8Array>): Source {
  return { statement, data: joined(head.subarray(statement.dataAt), rest) }
}

async function* none(): AsyncGenerator<Uint8Array> {
  // Nothing follows.
}

function tooLarge(maxSqlBytes: number): Error {
  return refusal('QUERY_IS_TOO_LARGE', `the query is larger than ${maxSqlBytes} bytes`)
}
