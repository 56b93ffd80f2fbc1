// Notes what the ingest topic lost in the ingest topic itself: before the rows around it are stored, unless the log takes nothing.

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
  /** A bug. */
  readonly onFailure: (cause: unknown) => void
}

export interface LossNoting {
  /**
   * Resolves once notes of the stretches are durable, or once the log refused them: it is then tried on beside, since rows
   * that wait for a note would keep a full log from being trimmed.
   */
  note(ranges: readonly DamagedRange[]): Promise<void>
  /** Gives up what the log refuses, after one try. */
  stop(): void
}

/** Each as its check in `/readyz` is called. */
export const lossNotingPart = 'lost records'
/** Noted one by one; of more an alert says "at least", and quarantine has all. */
const mostNotes = 256

export function openLossNoting({ log, tenant, outages, now, onFailure }: LossNotingOptions): LossNoting {
  let isStopped = false
  return {
    note: (ranges) =>
      new Promise((resolve) => {
        let isTried = false
        const attempt = async (): Promise<void> => {
          isTried = true
          // A note says when it is appended.
          const notes = joined(ranges)
            .slice(0, mostNotes)
            .map((range) => lossNote(range, tenant, now()))
          await log.append('ingest', notes)
          outages.set(lossNotingPart, undefined)
        }
        const onOutage = (cause: unknown): void => {
          outages.set(lossNotingPart, cause)
          resolve()
        }
        untilDone(attempt, { isStopped: () => isTried && isStopped, onOutage, wait: (ms) => pause(ms) })
          .catch(onFailure)
          .finally(resolve)
      }),
    stop: () => {
      isStopped = true
    },
  }
}

/** Stretches that follow on each other are one. */
function joined(ranges: readonly DamagedRange[]): readonly DamagedRange[] {
  const stretches: DamagedRange[] = []
  for (const range of ranges) {
    const last = stretches.at(-1)
    if (last !== undefined && last.toOffset + 1 === range.fromOffset)
      stretches[stretches.length - 1] = { ...last, toOffset: range.toOffset }
    else stretches.push(range)
  }
  return stretches
}
