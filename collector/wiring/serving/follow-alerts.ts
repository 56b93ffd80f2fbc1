// Tells of alerts as those who own them write them down.

import { LRUCache } from 'lru-cache'
import type { Alert } from '../../../schemas/alerts.ts'
import { alertKey, shownAlert } from '../../alerts/alert-record.ts'
import { ClaimedTail } from '../../log/claimed-tail.ts'
import type { Log, LogRecord } from '../../log/log.ts'
import { readAlong } from '../roles/read-along.ts'

export interface FollowAlertsOptions {
  /** Shows `alerts`, all partitions of it, from its end on. */
  readonly log: Pick<Log, 'read' | 'onAppended' | 'bounds'>
  readonly partitions: number
  readonly tell: (alert: Alert) => void
  /** A record that another version wrote; nobody is told of that alert. */
  readonly onUnreadable: (record: LogRecord) => void
  /** A bug. */
  readonly onFailure: (cause: unknown) => void
}

/** Alerts of which it is remembered what was told: an append whose answer was lost may stand there twice. */
const mostRemembered = 1_000

/** Returns the way to stop. */
export function followAlerts({ log, partitions, tell, onUnreadable, onFailure }: FollowAlertsOptions) {
  const told = new LRUCache<string, string>({ max: mostRemembered })
  const take = (record: LogRecord): void => {
    const alert = shownAlert(record)
    if (alert === undefined) {
      onUnreadable(record)
      return
    }
    const key = alertKey(alert)
    const revision = `${alert.revision} ${alert.updatedAt}`
    if (told.get(key) === revision) return
    told.set(key, revision)
    tell(alert)
  }
  const following = Array.from({ length: partitions }, (_, partition) => {
    const tail = new ClaimedTail()
    return readAlong({
      log: {
        // What is damaged is its owner's to tell.
        read: (_topic, offset, options) => ({ ...log.read('alerts', offset, options, partition), damaged: [] }),
        onAppended: (_topic, listener) => log.onAppended('alerts', listener),
      },
      from: log.bounds('alerts', partition).nextOffset,
      take: async (records) => {
        for (const record of records) {
          const news = tail.news(record)
          if (news !== undefined) take(news)
        }
      },
      onFailure,
    })
  })
  return async (): Promise<void> => {
    await Promise.all(following.map((each) => each.close()))
  }
}
