// Over a cluster nothing keeps a second collector from starting: the one that started last owns the topics, the others end.

import { randomUUID } from 'node:crypto'
import { type Log, LogError } from '../../log/log.ts'

const key = 'claim/collector'

/** Resolves once the claim is durable. `onLost`: another collector has claimed the topics since. */
export async function ownAlone(log: Log, onLost: (cause: unknown) => void): Promise<void> {
  const claim = randomUUID()
  const [receipt] = await log.append('control', [{ key, value: Buffer.from(claim, 'utf8') }])
  const claimedAt = receipt?.coordinate.offset ?? 0
  const stop = log.onAppended('control', () => {
    const later = newestClaim(log)
    if (later === undefined || later.coordinate.offset <= claimedAt) return
    stop()
    const at = new Date(later.appendedAt).toISOString()
    const message = `another collector took over these topics at ${at}: run one at a time, or give each a topicPrefix of its own`
    onLost(new LogError('ERR_LOG_LOCKED', message, false))
  })
}

function newestClaim(log: Log) {
  return [...log.readCompacted('control')].findLast((record) => record.key === key)
}
