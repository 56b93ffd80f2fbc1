// A faulty build without claims: all owners have one epoch, so that nobody is superseded and what a sleeper writes counts.

import { forwarded } from '../../collector/log/forwarded.ts'
import type { Log } from '../../collector/log/log.ts'

/** Above every offset; an epoch is one more. */
const oneOffset = Number.MAX_SAFE_INTEGER - 1

export function fencingNobody(log: Log): Log {
  return {
    ...forwarded(log),
    append: async (topic, records, partition) => {
      const receipts = await log.append(topic, records, partition)
      const isClaim = topic === 'control' && records.some(({ key }) => key?.startsWith('owner/'))
      if (!isClaim) return receipts
      return receipts.map((receipt) => ({ ...receipt, coordinate: { ...receipt.coordinate, offset: oneOffset } }))
    },
  }
}
