// The id of a topic's life, kept in a small file of its own with a checksum.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { flushDirectoryNow } from './segment-directory.ts'

const pattern = /^([\x21-\x7e]{1,64}) ([0-9a-f]{8})\n$/

/** The stored incarnation, or undefined when there is none that can be trusted. */
export function readIncarnation(directory: string): string | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, 'incarnation'), 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const match = pattern.exec(text)
  return match !== null && match[1] !== undefined && match[2] === checksum(match[1]) ? match[1] : undefined
}

/** Durable when it returns. */
export function writeIncarnation(directory: string, incarnation: string): void {
  const path = join(directory, 'incarnation')
  writeFileSync(`${path}.new`, `${incarnation} ${checksum(incarnation)}\n`, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
  flushDirectoryNow(directory)
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
