// Reads a partition on for as long as it is owned, a few milliseconds at a time.

import { setImmediate as othersTurn } from 'node:timers/promises'
import { type DamagedRange, type Log, LogError, type LogRecord } from '../../log/log.ts'

export interface ReadAlongOptions {
  /** Shows the partition as `ingest`. */
  readonly log: Pick<Log, 'read' | 'onAppended'>
  readonly from: number
  /** In order; called without records now and then. */
  readonly take: (records: readonly LogRecord[]) => Promise<void>
  /** A bug, or what no retry mends. */
  readonly onFailure: (cause: unknown) => void
}

export interface ReadAlong {
  /** Everything below has been taken. */
  position(): number
  /** Resolves once nothing is taken any more. */
  close(): Promise<void>
}

const readBytes = 1024 * 1024
/** Records taken at once: some milliseconds' work. */
const recordsAtOnce = 16
const longestRestMs = 250

export function readAlong({ log, from, take, onFailure }: ReadAlongOptions): ReadAlong {
  let position = from
  let isClosed = false
  let wake: () => void = () => undefined
  const stopListening = log.onAppended('ingest', () => wake())
  const rest = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestRestMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (isClosed) wake()
    })
  }
  const run = async (): Promise<void> => {
    while (!isClosed) {
      const { records, damaged, nextOffset } = log.read('ingest', position, {
        maxBytes: readBytes,
        maxRecords: recordsAtOnce,
      })
      const [lost] = damaged
      if (lost !== undefined) throw lostRecords(lost)
      await take(records)
      const isIdle = nextOffset === position
      position = nextOffset
      if (isIdle) await rest()
      else await othersTurn()
    }
  }
  const running = run().catch((cause: unknown) => {
    if (!isClosed) onFailure(cause)
  })
  return {
    position: () => position,
    close: async () => {
      isClosed = true
      wake()
      await running
      stopListening()
    },
  }
}

/** Of topics between roles nothing may be missing: nobody could say what it was. */
function lostRecords({ topic, partition, fromOffset, toOffset, detail }: DamagedRange): LogError {
  const message = `${topic} partition ${partition}: offsets ${fromOffset} to ${toOffset} cannot be read: ${detail}`
  return new LogError('ERR_LOG_IO', message, false)
}
