// Tells who asks, by any of the three ways in which clients of ClickHouse name themselves.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from './exception.ts'
import type { Account, Accounts } from './passwords.ts'

export type Role = 'writer' | 'reader'

/**
 * Basic, `X-ClickHouse-User` with `X-ClickHouse-Key`, or `user` and `password` in the URL.
 * @throws ClickHouseException 194 without credentials, 516 with wrong ones
 */
export function authenticate(headers: IncomingHttpHeaders, url: URLSearchParams, accounts: Accounts): Role {
  const given = credentials(headers, url)
  if (given === undefined) {
    throw refusal(
      'REQUIRED_PASSWORD',
      'Authentication failed: name a user; the passwords of "reader" and "eastwest" are in the files ' +
        '"store-reader.password" and "store-writer.password" of the data directory',
    )
  }
  // Both are always compared, so that the time taken tells nothing.
  const writer = equal(given, accounts.writer)
  const reader = equal(given, accounts.reader)
  if (writer) return 'writer'
  if (reader) return 'reader'
  throw refusal(
    'AUTHENTICATION_FAILED',
    `${printable(given.username)}: Authentication failed: password is incorrect, or there is no user with such name`,
  )
}

function credentials(headers: IncomingHttpHeaders, url: URLSearchParams): Account | undefined {
  const { authorization } = headers
  if (authorization !== undefined) {
    const [scheme, value] = authorization.split(' ', 2)
    if (scheme?.toLowerCase() !== 'basic' || value === undefined) {
      throw refusal('AUTHENTICATION_FAILED', 'Authentication failed: only Basic is known in the Authorization header')
    }
    const text = Buffer.from(value, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    return colon === -1
      ? { username: text, password: '' }
      : { username: text.slice(0, colon), password: text.slice(colon + 1) }
  }
  const username = header(headers['x-clickhouse-user']) ?? url.get('user')
  if (username === undefined || username === null) return undefined
  return { username, password: header(headers['x-clickhouse-key']) ?? url.get('password') ?? '' }
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** Digests have one length, so that comparing takes the same time whatever was sent. */
function equal(given: Account, account: Account): boolean {
  const name = timingSafeEqual(digest(given.username), digest(account.username))
  const password = timingSafeEqual(digest(given.password), digest(account.password))
  return name && password
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function printable(text: string): string {
  return text.replace(/[^A-Za-z0-9_.@-]/g, '?').slice(0, 64)
}
