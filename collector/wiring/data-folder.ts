// The data folder: where the log, the store and the deployment's key live.

import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, statfsSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ScrubKey } from '../scrub/scrub-key.ts'

export interface DataFolder {
  readonly path: string
  readonly log: string
  readonly store: string
}

export class DataFolderError extends Error {
  readonly code = 'ERR_DATA_FOLDER'
  readonly retryable = false
}

/** Makes the folder where it is missing, readable by its owner alone. */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new DataFolderError(
      `cannot make the data folder "${path}": ${messageOf(cause)}; choose another with --data`,
      { cause },
    )
  }
  if (!statSync(path).isDirectory()) throw new DataFolderError(`"${path}" is no folder; choose another with --data`)
  return { path, log: join(path, 'log'), store: join(path, 'store') }
}

const keyFile = 'scrub.key'

/** The deployment's key: references and event ids hang on it, so it is made once and kept. */
export function openScrubKey(folder: string): ScrubKey {
  return readScrubKey(folder) ?? makeScrubKey(folder)
}

/** The key in force of a data folder, or undefined where there is none. */
export function readScrubKey(folder: string): ScrubKey | undefined {
  return readScrubKeys(folder)[0]
}

/**
 * Every key of a data folder, a line each: the first is in force, those below were before it and are kept so that what
 * they made can still be looked up. None where there is no key yet.
 */
export function readScrubKeys(folder: string): readonly ScrubKey[] {
  let text: string
  try {
    text = readFileSync(join(folder, keyFile), 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw new DataFolderError(`cannot read the key in "${folder}": ${messageOf(cause)}`, { cause })
  }
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', secret = ''] = line.trim().split(':')
      const bytes = Buffer.from(secret, 'base64url')
      if (!/^[a-z0-9]{4,16}$/.test(id) || bytes.length !== 32)
        throw new DataFolderError(`the key file "${join(folder, keyFile)}" is damaged: restore it from a backup`)
      return { id, secret: bytes }
    })
}

/** A key that lives as long as the process: for replays without a deployment. */
export function ephemeralScrubKey(): ScrubKey {
  return { id: randomBytes(3).toString('hex'), secret: randomBytes(32) }
}

function makeScrubKey(folder: string): ScrubKey {
  const key = ephemeralScrubKey()
  const fresh = join(folder, `${keyFile}.${key.id}`)
  writeFileSync(fresh, `${key.id}:${Buffer.from(key.secret).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // Whole or not at all, and never in place of another's: processes of one deployment may start at once.
    linkSync(fresh, join(folder, keyFile))
    return key
  } catch (cause) {
    const theirs = readScrubKey(folder)
    if (theirs === undefined)
      throw new DataFolderError(`cannot keep a key in "${folder}": ${messageOf(cause)}`, { cause })
    return theirs
  } finally {
    unlinkSync(fresh)
  }
}

/** What the disk of a folder has left for us; nothing where it does not say. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
