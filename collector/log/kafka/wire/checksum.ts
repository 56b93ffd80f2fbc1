// CRC-32C, which Kafka checks record batches with.

import { createRequire } from 'node:module'

// The library computes it for what it sends, and does not check what it reads.
export const checksumOf = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C') as (
  bytes: Buffer,
) => number
