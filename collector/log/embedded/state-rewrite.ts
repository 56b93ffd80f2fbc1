// Writes a state file anew: to give back free pages, or to carry what is intact out of a damaged one.

import { closeSync, fsyncSync, linkSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FileRoom } from './file-room.ts'
import { commitDurably, openBytesFile } from './lmdb-file.ts'
import { findRoots } from './page-audit.ts'
import { PageFile } from './page-file.ts'
import { TreeWalk } from './page-tree.ts'
import { flushDirectory } from './segment-directory.ts'
import { salvage } from './state-salvage.ts'

/** What an operator is told about a repaired file. */
export interface Repair {
  readonly path: string
  /** Where the damaged original is. */
  readonly keptAs: string
  readonly problems: readonly string[]
}

export interface StateEntry {
  readonly key: Buffer
  readonly value: Uint8Array
}

const batchBytes = 8 * 1024 * 1024
const mostKept = 3

/** Makes an empty state file at `path`. */
export async function createState(path: string, mapBytes: number): Promise<void> {
  await writeEntries(path, mapBytes, [])
  await adoptRewritten(path)
}

/** Replaces the sound file at `path` by one that holds the same and no free pages. */
export async function rewriteState(path: string, mapBytes: number): Promise<void> {
  const pages = new PageFile(path)
  try {
    await writeEntries(path, mapBytes, soundEntries(pages))
  } finally {
    pages.close()
  }
  await adoptRewritten(path)
}

/** Replaces the damaged file at `path` by what is intact in it. Returns the name under which the original is kept. */
export async function repairState(path: string, mapBytes: number): Promise<string> {
  const pages = new PageFile(path)
  try {
    await writeEntries(path, mapBytes, salvage(pages))
  } finally {
    pages.close()
  }
  const keptAs = keptPath(path)
  linkSync(path, keptAs)
  await adoptRewritten(path)
  return keptAs
}

/** Removes a new file that a crash left unfinished. */
export function removeUnfinished(path: string): void {
  rmSync(rewrittenPath(path), { force: true })
  rmSync(`${rewrittenPath(path)}-lock`, { force: true })
}

async function adoptRewritten(path: string): Promise<void> {
  flushFile(rewrittenPath(path))
  renameSync(rewrittenPath(path), path)
  await flushDirectory(dirname(path))
}

function rewrittenPath(path: string): string {
  return join(dirname(path), 'state-new.mdb')
}

/** A free name for a damaged file; the oldest of several is given up. */
function keptPath(path: string): string {
  const directory = dirname(path)
  const pattern = /^state-damaged-(\d+)\.mdb$/
  const numbers = readdirSync(directory)
    .map((name) => Number(pattern.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => Number.isSafeInteger(number))
    .sort((left, right) => left - right)
  const nameOf = (number: number) => join(directory, `state-damaged-${number}.mdb`)
  for (const number of numbers.slice(0, Math.max(0, numbers.length - mostKept + 1))) rmSync(nameOf(number))
  return nameOf((numbers.at(-1) ?? 0) + 1)
}

async function writeEntries(path: string, mapBytes: number, entries: Iterable<StateEntry>): Promise<void> {
  removeUnfinished(path)
  try {
    await writeBatches(rewrittenPath(path), mapBytes, entries)
  } catch (error) {
    // Its space may be what is missing.
    removeUnfinished(path)
    throw error
  }
}

async function writeBatches(path: string, mapBytes: number, entries: Iterable<StateEntry>): Promise<void> {
  const file = openBytesFile(path, mapBytes)
  const room = await FileRoom.open(path)
  let batch: StateEntry[] = []
  let bytes = 0
  const flush = async () => {
    await room.reserve(batch.map(({ key, value }) => key.length + value.length))
    await commitDurably(file, () => {
      for (const { key, value } of batch) void file.put(key, value)
    })
    batch = []
    bytes = 0
  }
  try {
    for (const entry of entries) {
      batch.push(entry)
      bytes += entry.key.length + entry.value.length
      if (bytes >= batchBytes) await flush()
    }
    if (batch.length > 0) await flush()
  } finally {
    await file.close()
    await room.close()
    rmSync(`${path}-lock`, { force: true })
  }
}

function* soundEntries(pages: PageFile): Iterable<StateEntry> {
  const roots = findRoots(pages)
  const newest = roots === 'newer' ? undefined : roots.newest
  if (newest?.main.root === undefined) return
  const found: { readonly key: Buffer; readonly position: number; readonly bytes: number }[] = []
  const walk = new TreeWalk(pages, newest.pageBytes, newest.transaction, {
    entry: (key, position, bytes) => found.push({ key: Buffer.from(key), position, bytes }),
    pages: () => undefined,
    problem: (problem) => {
      throw new Error(`"${basename(pages.path)}" changed under the rewrite: ${problem.detail}`)
    },
  })
  walk.walk(newest.main.root)
  for (const { key, position, bytes } of found) {
    const value = pages.bytes(position, bytes)
    if (value === undefined) throw new Error(`"${basename(pages.path)}" ends before its last value`)
    yield { key, value }
  }
}

function flushFile(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
