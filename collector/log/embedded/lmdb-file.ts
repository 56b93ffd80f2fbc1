// The one place that speaks to lmdb: how files are opened, written durably and read without its buffer traps.

import { statSync, writeFileSync } from 'node:fs'
import type { Key, RootDatabase } from 'lmdb'
import { LogError } from '../log.ts'

const { open } = await loadLmdb()

const lockBytes = 8192

export type LmdbFile<FileKey extends Key> = RootDatabase<Uint8Array, FileKey>

/** Larger than any record may be: lmdb copies values below this many bytes and hands out its own mapping above. */
export const largestValueBytes = 15 * 1024 * 1024

/** Keys of segment files: a u32, big-endian, so that LMDB's byte order is the order of offsets. */
export const numberKeys = {
  writeKey(key: number, target: Buffer, start: number): number {
    return target.writeUInt32BE(key, start)
  },
  readKey(source: Buffer, start: number): number {
    return source.readUInt32BE(start)
  },
}

/**
 * Opens or creates an LMDB file whose keys are numbers.
 *
 * `overlappingSync` is off: a commit is then LMDB's own sequence (pages, fdatasync, synchronous meta page), so what is
 * committed is flushed and a failed flush is a failed commit. `useWritemap` stays off: a full disk would be SIGBUS.
 * `noMemInit` stays off: it leaks process memory into the file.
 */
export function openNumberFile(path: string, mapBytes: number): LmdbFile<number> {
  prepareLockFile(path)
  const options = { ...shared(path, mapBytes), keyEncoder: numberKeys }
  return open<Uint8Array, number>(options)
}

/** The same for a file whose keys are bytes. */
export function openBytesFile(path: string, mapBytes: number): LmdbFile<Buffer> {
  prepareLockFile(path)
  const options = { ...shared(path, mapBytes), keyEncoding: 'binary' as const }
  return open<Uint8Array, Buffer>(options)
}

/** The package is optional: with the log on Kafka nothing loads this file. @throws LogError that says what to install */
async function loadLmdb(): Promise<typeof import('lmdb')> {
  try {
    return await import('lmdb')
  } catch (cause) {
    throw new LogError(
      'ERR_LOG_ENGINE_MISSING',
      'the log in the data folder needs the optional package "lmdb", which could not be loaded: ' +
        'run "npm install --include=optional" on Linux or macOS, or name a Kafka cluster under "log.kafka"',
      false,
      { cause },
    )
  }
}

/**
 * Gives LMDB's lock file real blocks. LMDB would make it as a hole and write to it through a mapping, which on a full
 * disk is SIGBUS and not an error.
 */
function prepareLockFile(path: string): void {
  const lockPath = `${path}-lock`
  const size = statSync(lockPath, { throwIfNoEntry: false })?.size ?? 0
  if (size < lockBytes) writeFileSync(lockPath, Buffer.alloc(lockBytes), { mode: 0o600 })
}

function shared(path: string, mapBytes: number) {
  return {
    path,
    noSubdir: true,
    encoding: 'binary' as const,
    overlappingSync: false,
    mapSize: mapBytes,
    maxDbs: 1,
    maxReaders: 16,
    permissionsMode: 0o600,
  }
}

/** Runs `write` (puts and removes) as one transaction. Resolves once it is flushed to disk, rejects with its cause. */
export async function commitDurably(file: LmdbFile<number> | LmdbFile<Buffer>, write: () => void): Promise<void> {
  try {
    const committed = file.batch(write)
    const isCommitted = await committed
    await file.flushed
    if (!isCommitted) throw new Error('lmdb did not keep a transaction that it was given')
  } catch (error) {
    throw await causeOf(error)
  }
}

/** lmdb rejects with a wrapper whose `commitError` promise rejects with the errno; left alone that one is unhandled. */
async function causeOf(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause
  }
}

/**
 * The stored bytes, valid until the next read of any LMDB file. lmdb returns one shared buffer with a `length` of its
 * own that native methods do not see; a view over the same memory has an honest one.
 */
export function borrow<FileKey extends Key>(file: LmdbFile<FileKey>, key: FileKey): Buffer | undefined {
  const raw = file.getBinaryFast(key)
  return raw === undefined ? undefined : Buffer.from(raw.buffer, raw.byteOffset, raw.length)
}

/** A copy of the stored bytes that stays valid. */
export function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
