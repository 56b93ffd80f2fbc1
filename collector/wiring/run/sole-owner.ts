// Over a cluster nothing keeps a second collector from starting: the one that started last owns the topics, the others end.

import { randomUUID } from 'node:crypto'
import { type Log, LogError } from '../../log/log.ts'

const key = 'claim/collector'

/** Resolves once the claim is durable. `onLost`: another collector has claimed the topics since. */
export async function ownAlone(log: Log, onLost: (cause: unknown) => void): Promise<void> {
  const claim = randomUUID()
  const [receipt] = await log.append('control', [{ key, value: Buffer.from(claim, 'utf8') }])
  let position = (receipt?.coordinate.offset ?? 0) + 1
  const stop = log.onAppended('control', () => {
    const { records, nextOffset } = log.read('control', position, { maxBytes: 1024 * 1024 })
    position = nextOffset
    const later = records.findLast((record) => record.key === key)
    if (later === undefined) return
    stop()
    const at = new Date(later.appendedAt).toISOString()
    const message = `another collector took over these topics at ${at}: run one at a time, or give each a topicPrefix of its own`
    onLost(new LogError('ERR_LOG_LOCKED', message, false))
  })
}
