// The epoch of a collector over lives of its log.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import type { Log } from '../../log/log.ts'
import { claimStore } from './claim.ts'

let directory: TemporaryLog
let log: Log

beforeEach(async () => {
  directory = temporaryLog()
  log = await directory.open()
})
afterEach(async () => {
  await log.close()
  directory.remove()
})

describe('the claim of a process', () => {
  it('is above that of every process before it', async () => {
    const first = await claimStore(log)
    expect(first).toBe(1)
    expect(await claimStore(log, first)).toBe(2)
    await log.close()
    log = await directory.open()
    expect(await claimStore(log, 2)).toBe(3)
  })

  it.each([0, 1, 2, 12, 10_001])('is above %i, which a log that was replaced had reached', async (above) => {
    const epoch = await claimStore(log, above)
    expect(epoch).toBe(above + 1)
    expect(await claimStore(log, epoch)).toBe(above + 2)
  })

  it('does not follow a number that no collector reached', async () => {
    await expect(claimStore(log, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'ERR_CLAIM_TOO_FAR_BEHIND' })
    expect(log.bounds('control').nextOffset).toBe(0)
  })
})
