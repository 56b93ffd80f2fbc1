// CRC-32 (ISO 3309), which the embedded log checks its records with: zlib's, and three times as fast for long values.

import { crc32 as crc32OfZlib } from 'node:zlib'
import { checksumBy } from './checksum-kernel.ts'

/** Shorter ones are done before they are copied to the kernel. */
const longBytes = 4096

/** @param before checksum of the bytes that came before, 0 of none. Unsigned, 32 bits. */
export function crc32(bytes: Uint8Array, before = 0): number {
  // zlib forgets the sum so far when it is given an empty buffer without memory behind it.
  if (bytes.length === 0) return before
  return bytes.length < longBytes ? crc32OfZlib(bytes, before) : checksumBy('crc32', bytes, before)
}
