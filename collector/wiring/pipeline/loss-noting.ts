// Notes what the ingest topic lost in the ingest topic itself, before anything stored says that it was passed.

import type { DamagedRange, Log } from '../../log/log.ts'
import type { Outages } from '../run/outages.ts'
import { pause } from '../run/pause.ts'
import { untilDone } from '../run/until-done.ts'
import { lossNote } from './loss-note.ts'

export interface LossNotingOptions {
  readonly log: Pick<Log, 'append'>
  /** Of the settings. */
  readonly tenant: string
  readonly outages: Pick<Outages, 'set'>
  /** Epoch ms. */
  readonly now: () => number
}

/** True once the note is durable. False: it was stopped before, after one try at least. */
export type NoteLost = (ranges: readonly DamagedRange[], isStopped: () => boolean) => Promise<boolean>

const part = 'notes of lost records'

export function openLossNoting({ log, tenant, outages, now }: LossNotingOptions): NoteLost {
  return async (ranges, isStopped) => {
    const note = lossNote(ranges, tenant, now())
    let isTried = false
    const isNoted = await untilDone(
      async () => {
        isTried = true
        await log.append('ingest', [note])
      },
      {
        isStopped: () => isTried && isStopped(),
        onOutage: (cause) => outages.set(part, cause),
        wait: (ms) => pause(ms),
      },
    )
    if (isNoted) outages.set(part, undefined)
    return isNoted
  }
}
