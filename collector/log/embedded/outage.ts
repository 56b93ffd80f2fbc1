// Tells a full disk from other trouble, before a write where it can and after it where it must.

import { statfsSync } from 'node:fs'
import { LogError } from '../log.ts'

/** Kept free beside what a write needs, so that tree pages, names and the next small commit still fit. */
const reserveBytes = 2 * 1024 * 1024

const fullDiskCodes: ReadonlySet<string | number> = new Set(['ENOSPC', 'EDQUOT', 28, 122])

/** Trouble that no second try gets over. */
const lastingCodes: ReadonlySet<string | number> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  1,
  13,
  20,
  30,
])

/** Free beyond what a write needs, it cannot run out before that write is done. */
const ampleBytes = 1024 * 1024 * 1024

/** Throws the retryable ERR_LOG_DISK_FULL unless `neededBytes` and the reserve are free where `directory` lies. */
export function ensureRoom(directory: string, neededBytes: number): 'ample' | 'scarce' {
  const freeBytes = freeBytesAt(directory)
  if (freeBytes === undefined) return 'scarce'
  if (freeBytes < neededBytes + reserveBytes) throw diskFull(directory, freeBytes)
  return freeBytes < neededBytes + ampleBytes ? 'scarce' : 'ample'
}

/**
 * The LogError for what a file operation or an LMDB commit rejected with; throws what is neither, since that is a bug.
 * LMDB reports a write cut short by a full disk as EIO, so the free space decides.
 */
export function outageOf(error: unknown, directory: string, neededBytes: number): LogError {
  if (error instanceof LogError) return error
  const code = errorCode(error)
  if (code === undefined) throw error
  const freeBytes = freeBytesAt(directory)
  if (fullDiskCodes.has(code) || (freeBytes !== undefined && freeBytes < neededBytes + reserveBytes)) {
    return diskFull(directory, freeBytes ?? 0, error)
  }
  const cause = error instanceof Error ? error.message : String(error)
  return new LogError(
    'ERR_LOG_IO',
    `the log in "${directory}" cannot be used: ${cause}; look at the disk, its mount and the permissions`,
    !lastingCodes.has(code),
    { cause: error },
  )
}

function diskFull(directory: string, freeBytes: number, cause?: unknown): LogError {
  const freeKilobytes = Math.floor(freeBytes / 1024)
  return new LogError(
    'ERR_LOG_DISK_FULL',
    `the disk that holds "${directory}" is full (${freeKilobytes} kB free); make room there or shorten the retention, appends then go on by themselves`,
    true,
    cause === undefined ? undefined : { cause },
  )
}

function freeBytesAt(directory: string): number | undefined {
  try {
    const stats = statfsSync(directory)
    return stats.bavail * stats.bsize
  } catch {
    return undefined
  }
}

function errorCode(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined
}
