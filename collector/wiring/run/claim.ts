// The claim of this process: a record it appended to the log, whose offset is its epoch and fences older owners.

import type { Log } from '../../log/log.ts'

/** Past this many the number is nothing that starts of a collector could have made. */
const mostBehind = 1_000_000
const recordsPerAppend = 10_000

export class ClaimTooFarBehind extends Error {
  readonly code = 'ERR_CLAIM_TOO_FAR_BEHIND'
  readonly retryable = false
}

/**
 * Resolves with the epoch once the claim is durable.
 * @param above the store's highest epoch so far. The log alone gives a higher one, unless it was replaced: whoever holds
 *   the data folder's log is its owner, so that the new log catches up.
 */
export async function claimStore(log: Log, above = 0): Promise<number> {
  // Epochs begin at 1, so that 0 can mean that nobody ever claimed.
  for (let epoch = log.bounds('control').nextOffset; ; ) {
    const behind = above - epoch
    if (behind > mostBehind) {
      throw new ClaimTooFarBehind(
        `the store belongs to claim ${above}, far beyond this log: remove "store/claim" from the data folder if no other collector uses it`,
      )
    }
    const claims = Array.from({ length: Math.min(Math.max(behind + 1, 1), recordsPerAppend) }, () => ({
      key: 'claim/store',
      value: Buffer.from('store', 'utf8'),
    }))
    const receipts = await log.append('control', claims)
    const last = receipts.at(-1)
    if (last === undefined) throw new RangeError('an append of records gave no receipt')
    epoch = last.coordinate.offset + 1
    if (epoch > above) return epoch
  }
}
