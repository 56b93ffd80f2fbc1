// Lets one process at a time write a log, through locks that the kernel releases however the holder dies.

import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LogError } from '../log.ts'
import { type LmdbFile, openBytesFile } from './lmdb-file.ts'

export interface WriterLock {
  readonly release: () => Promise<void>
}

/**
 * LMDB guards every environment by an fcntl lock on its lock file and a table of readers in it. Whoever opens the
 * environment while nobody else has it open gets the exclusive lock first and empties the table; whoever comes later
 * finds the table as it is. So: open an environment that exists for nothing else, and if the table names anyone, the
 * log is taken; else enter it with a read transaction that is kept, and look again, since another may have done the
 * same in between. The kernel drops a dead holder's lock, so a killed holder's entry is gone at the next open. It holds
 * across containers that share the volume, whose process ids say nothing to one another.
 */
export async function takeWriterLock(directory: string): Promise<WriterLock> {
  // fcntl locks belong to the process: within one, this set is the lock.
  const place = realpathSync(directory)
  if (heldHere.has(place)) throw locked(directory, process.pid)
  heldHere.add(place)
  try {
    const release = await takeAcrossProcesses(place)
    return {
      release: async () => {
        await release()
        heldHere.delete(place)
      },
    }
  } catch (error) {
    heldHere.delete(place)
    throw error
  }
}

const heldHere = new Set<string>()
const attempts = 3
const betweenAttemptsMs = 50

async function takeAcrossProcesses(directory: string): Promise<() => Promise<void>> {
  for (let attempt = 1; ; attempt += 1) {
    const environment = openLockFile(directory)
    const holder = readers(environment)[0] ?? enter(environment)
    if (typeof holder === 'function') {
      return async () => {
        holder()
        await environment.close()
      }
    }
    await environment.close()
    // A holder that has just died may still be listed while a third process has the file open: look again.
    if (attempt === attempts) throw locked(directory, holder)
    await delay(betweenAttemptsMs)
  }
}

/** Enters the table of readers; returns the way out, or the process that was there as well. */
function enter(environment: LmdbFile<Buffer>): (() => void) | number {
  let leave: () => void
  try {
    // Keeping the transaction keeps the entry; lmdb would give it up with the object.
    const transaction = environment.useReadTransaction()
    leave = () => transaction.done()
  } catch {
    // Another process with our own number, in another container, is entering at this moment.
    return process.pid
  }
  const listed = readers(environment)
  if (listed.length <= 1) return leave
  leave()
  return listed.find((pid) => pid !== process.pid) ?? process.pid
}

/** The process ids in the table of readers, one for each entry. */
function readers(environment: LmdbFile<Buffer>): readonly number[] {
  environment.readerCheck()
  return [...environment.readerList().matchAll(/^\s*(\d+)\s+[0-9a-f]+\s+(?:\d+|-)\s*$/gm)].map((match) =>
    Number(match[1]),
  )
}

function openLockFile(directory: string): LmdbFile<Buffer> {
  const path = join(directory, 'lock.mdb')
  try {
    return openBytesFile(path, 1024 * 1024)
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new LogError(
      'ERR_LOG_IO',
      `the lock file "${path}" cannot be opened: ${cause}; look at the disk and its permissions, and if the file is damaged delete it while no collector runs`,
      false,
      { cause: error },
    )
  }
}

function locked(directory: string, pid: number): LogError {
  const who =
    pid === process.pid
      ? `process ${pid} (this one, or one with the same number in another container)`
      : `process ${pid}`
  return new LogError(
    'ERR_LOG_LOCKED',
    `the log in "${directory}" is in use by ${who}; stop that collector first or give this one another data directory with --data`,
    false,
  )
}
