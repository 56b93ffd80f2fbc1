// The names and files of a topic's segments: one folder each, named by its first offset and the time it begins at.

import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What a folder's name says. The newest append time of a segment is the `beganAt` of the next one. */
export interface SegmentName {
  readonly folder: string
  readonly firstOffset: number
  /** The newest append time before this segment, epoch ms. */
  readonly beganAt: number
}

const offsetDigits = 16
const timeDigits = 16
const namePattern = /^(\d{16})-(\d{16})$/

export function segmentName(directory: string, firstOffset: number, beganAt: number): SegmentName {
  const name = `${String(firstOffset).padStart(offsetDigits, '0')}-${String(beganAt).padStart(timeDigits, '0')}`
  return { folder: join(directory, name), firstOffset, beganAt }
}

/** The file of a segment that holds at least one durable group. */
export function dataPath(name: SegmentName): string {
  return join(name.folder, 'data.mdb')
}

/** The file of a segment until its first group is durable; what it holds then is nobody's yet. */
export function unbornPath(name: SegmentName): string {
  return join(name.folder, 'new.mdb')
}

export function isBorn(name: SegmentName): boolean {
  return existsSync(dataPath(name))
}

/**
 * The segments of a topic in order of offset, cleaned of what a crash left: files of segments never born, folders of
 * segments half dropped. Only the last folder may be empty; it keeps the next offset and append time.
 */
export function listSegments(directory: string): readonly SegmentName[] {
  const names: SegmentName[] = []
  for (const entry of readdirSync(directory).sort()) {
    const match = namePattern.exec(entry)
    if (match !== null) {
      names.push({ folder: join(directory, entry), firstOffset: Number(match[1]), beganAt: Number(match[2]) })
    }
  }
  return names.filter((name, index) => {
    rmSync(unbornPath(name), { force: true })
    rmSync(`${unbornPath(name)}-lock`, { force: true })
    const stays = isBorn(name) || index === names.length - 1
    if (!stays) rmSync(name.folder, { recursive: true, force: true })
    return stays
  })
}

export async function makeSegmentFolder(name: SegmentName): Promise<void> {
  await mkdir(name.folder, { recursive: true, mode: 0o700 })
}

/** Makes names that were created, renamed or removed in `directory` survive a power loss. */
export async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function flushDirectoryNow(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the segment's folder and what it holds survive a power loss. */
export async function flushSegmentNames(name: SegmentName): Promise<void> {
  await Promise.all([flushDirectory(name.folder), flushDirectory(dirname(name.folder))])
}

export function segmentBytes(name: SegmentName): number {
  return statSync(dataPath(name), { throwIfNoEntry: false })?.size ?? 0
}

/** Unlinks the segment's files; the caller has closed them, so the space returns to the filesystem. */
export async function dropSegment(name: SegmentName): Promise<void> {
  await rm(name.folder, { recursive: true, force: true })
}
