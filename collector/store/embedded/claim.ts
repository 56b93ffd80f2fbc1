// Remembers the highest claim an owner of the data has made, so that inserts of an older owner are refused.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { refusal } from './exception.ts'

export interface Claim {
  /** `undefined` until the first claim of this data directory. */
  readonly highest: () => number | undefined
  /**
   * Makes an epoch the one whose inserts are taken; durable when it returns. The same epoch again changes nothing.
   * @throws ClickHouseException 236 for an epoch below the highest
   */
  readonly raise: (epoch: number) => void
  /** Refuses like `admit`, and changes nothing. */
  readonly check: (epoch: number | undefined) => void
  /**
   * Lets an insert pass or refuses it. A higher epoch than the highest is its owner's word and raises it.
   * @throws ClickHouseException 236 for a lower epoch, and for none once a claim was made
   */
  readonly admit: (epoch: number | undefined) => void
}

/** The highest epoch that an owner of the data directory has claimed, while no child runs; undefined when none has. */
export function highestClaim(directory: string): number | undefined {
  return read(join(directory, 'store', 'claim'))
}

/** @param path the file that keeps the epoch across restarts */
export function openClaim(path: string): Claim {
  let highest = read(path)
  const check = (epoch: number | undefined): void => {
    if (highest === undefined) return
    if (epoch === undefined) throw stale('none', highest)
    if (epoch < highest) throw stale(String(epoch), highest)
  }
  const raise = (epoch: number): void => {
    check(epoch)
    if (epoch === highest) return
    write(path, epoch)
    highest = epoch
  }
  return {
    highest: () => highest,
    raise,
    check,
    admit: (epoch) => {
      check(epoch)
      if (epoch !== undefined) raise(epoch)
    },
  }
}

/** @throws ClickHouseException 36 for what is no epoch */
export function epochOf(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined
  const text = Array.isArray(header) ? header.join(',') : header
  const epoch = Number(text)
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(epoch)) return epoch
  throw refusal('BAD_ARGUMENTS', 'the header "X-Eastwest-Claim" must be an integer from 0 to 9007199254740991')
}

function stale(given: string, highest: number): Error {
  return refusal(
    'ABORTED',
    `stale owner: this insert carries claim ${given}, the store belongs to claim ${highest}; ` +
      'send the current epoch in the header "X-Eastwest-Claim"',
  )
}

function read(path: string): number | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
  const epoch = Number(text)
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(epoch)) return epoch
  throw new Error(`"${path}" must hold the epoch of the store's owner: remove it to let the next owner claim the store`)
}

function write(path: string, epoch: number): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, `${epoch}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
