// Keeps bytes on their way to and from the engine in private files, so that untrusted bytes never stand in SQL text.

import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { refusal } from './exception.ts'

export interface Spool {
  /**
   * Writes bytes to a new file.
   * @returns its path as SQL text may hold it: ASCII without quotes, backslashes or wildcards
   * @throws ClickHouseException 229 beyond `maxBytes`, 243 when the disk is full; the file is then gone
   */
  readonly take: (bytes: AsyncIterable<Uint8Array>, maxBytes: number) => Promise<SpooledFile>
  /** Names a new file for the engine to write; it is not there yet. */
  readonly reserve: () => SpooledFile
  /** Removes what a process that was killed left behind. Only for the holder of the engine's lock. */
  readonly clear: () => void
  /** Leaves nothing on the memory disk. */
  readonly close: () => void
}

export interface SpooledFile {
  readonly path: string
  readonly bytes: number
  /** Removes the file; never rejects. */
  readonly drop: () => Promise<void>
}

/** Free memory disk below which the data directory is used: containers often have 64 MiB of it. */
const roomyBytes = 1024 * 1024 * 1024
const writeBytes = 1024 * 1024

/**
 * Opens a spool on the memory disk, or in the store's own directory where there is none or too little of it.
 * @param storeDirectory absolute, and the working directory of this process
 * @param memoryDisk usually `/dev/shm`
 */
export function openSpool(storeDirectory: string, memoryDisk: string): Spool {
  const own = join(storeDirectory, 'spool')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const fast = fastFolder(storeDirectory, memoryDisk)
  // Relative to the working directory, the path is free of whatever the data directory is called.
  const slow = relative(storeDirectory, own)
  let count = 0

  const reserve = (): { path: string; drop: () => Promise<void> } => {
    // Asked each time: somebody may tidy the memory disk up under a running store.
    const folder = fast !== undefined && isOurs(fast) ? fast : slow
    const path = `${folder}/${++count}`
    return { path, drop: () => rm(path, { force: true }).catch(() => undefined) }
  }

  return {
    reserve: () => ({ ...reserve(), bytes: 0 }),
    take: async (bytes, maxBytes) => {
      const file = reserve()
      try {
        return { ...file, bytes: await writeAll(file.path, bytes, maxBytes) }
      } catch (cause) {
        await file.drop()
        throw cause
      }
    },
    close: () => {
      if (fast !== undefined) rmSync(fast, { force: true, recursive: true })
    },
    clear: () => {
      for (const place of fast === undefined || !isOurs(fast) ? [own] : [own, fast]) {
        for (const name of readdirSync(place)) rmSync(join(place, name), { force: true, recursive: true })
      }
    },
  }
}

/** `undefined` unless there is a roomy memory disk with a folder that is ours alone. */
function fastFolder(storeDirectory: string, memoryDisk: string): string | undefined {
  const name = createHash('sha256').update(realpathSync(storeDirectory)).digest('hex').slice(0, 16)
  const folder = `${memoryDisk}/eastwest-store-${name}`
  try {
    if (!/^[A-Za-z0-9_./-]+$/.test(memoryDisk)) return undefined
    const { bavail, bsize } = statfsSync(memoryDisk)
    if (bavail * bsize < roomyBytes) return undefined
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return isOurs(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

/** Anyone may write to the memory disk: a folder somebody else put there is not used. */
function isOurs(folder: string): boolean {
  const facts = lstatSync(folder, { throwIfNoEntry: false })
  return facts?.isDirectory() === true && facts.uid === process.getuid?.() && (facts.mode & 0o077) === 0
}

async function writeAll(path: string, bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  let total = 0
  let held: Uint8Array[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    const parts = held
    held = []
    heldBytes = 0
    if (parts.length > 0) await file.appendFile(parts.length === 1 ? (parts[0] ?? '') : Buffer.concat(parts))
  }
  try {
    for await (const chunk of bytes) {
      total += chunk.length
      if (total > maxBytes) {
        throw refusal('QUERY_IS_TOO_LARGE', `the body is larger than ${maxBytes} bytes: send smaller inserts`)
      }
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes >= writeBytes) await flush()
    }
    await flush()
  } finally {
    await file.close()
  }
  return total
}
