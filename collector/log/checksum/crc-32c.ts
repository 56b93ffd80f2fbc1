// CRC-32C (RFC 3720), which Kafka checks record batches with.

import { checksumBy } from './checksum-kernel.ts'

/** Unsigned, 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  return checksumBy('crc32c', bytes, 0)
}
