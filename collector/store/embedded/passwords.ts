// Keeps the two generated passwords of the embedded store as files that only their owner can read.

import { chmodSync, closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface Account {
  readonly username: string
  readonly password: string
}

export interface Accounts {
  readonly writer: Account
  readonly reader: Account
}

const passwordBytes = 32
const wellFormed = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads both passwords, or makes them once.
 * @param directory the data directory; `store-writer.password` and `store-reader.password` lie in it, mode 0600
 * @throws Error that names the file where it holds something else; nothing is overwritten
 */
export function readOrMakeAccounts(directory: string, randomBytes: (size: number) => Buffer): Accounts {
  return {
    writer: { username: 'eastwest', password: readOrMake(join(directory, 'store-writer.password'), randomBytes) },
    reader: { username: 'reader', password: readOrMake(join(directory, 'store-reader.password'), randomBytes) },
  }
}

function readOrMake(path: string, randomBytes: (size: number) => Buffer): string {
  const facts = lstatSync(path, { throwIfNoEntry: false })
  if (facts === undefined) return make(path, randomBytes(passwordBytes).toString('base64url'))
  if (!facts.isFile()) throw new Error(`"${path}" must be a plain file: remove it and a new password is made`)
  if ((facts.mode & 0o077) !== 0) chmodSync(path, 0o600)
  const password = readFileSync(path, 'utf8').trim()
  if (!wellFormed.test(password)) {
    throw new Error(`"${path}" does not hold a generated password: remove it and a new one is made`)
  }
  return password
}

/** Written beside and renamed, so that a crash leaves no half password. */
function make(path: string, password: string): string {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, `${password}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  return password
}
