// What people decide where roles share the work: records of the log as ever; what becomes of an alert is heard of its owner.

import type { Alert } from '../../../schemas/alerts.ts'
import { BadQuery } from '../../api/answer.ts'
import type { DecisionsPort, QueryPort, StreamPort } from '../../api/ports.ts'
import { partitionOfAlert } from '../keyed/findings-frame.ts'
import { appendDecision, type DecisionsOptions, edgeDecider, isSaid, longestWaitMs } from '../run/decisions.ts'

export interface FleetDecisionsOptions extends Pick<DecisionsOptions, 'log' | 'scrubber' | 'tenant' | 'now' | 'wait'> {
  readonly store: Pick<QueryPort, 'alert' | 'edges'>
  /** Alerts as they change. */
  readonly stream: StreamPort
  /** Closed for longer than this, an alert is no longer held for revision. Unit: ms. */
  readonly forgetAfterMs: number
  readonly ingestPartitions: number
}

export function openFleetDecisions(options: FleetDecisionsOptions): DecisionsPort {
  const { store, stream, now, wait, forgetAfterMs, ingestPartitions } = options
  /** As it was told last, or else as it is stored. */
  const found = async (tenant: string, realm: string, id: string): Promise<Alert | undefined> => {
    const newest = stream.recent().findLast((alert) => alert.id === id && alert.realm === realm)
    const alert = newest?.tenant === tenant ? newest : await store.alert(tenant, realm, id)
    const isForgotten =
      alert !== undefined && alert.status !== 'open' && Date.parse(alert.updatedAt) <= now() - forgetAfterMs
    return isForgotten ? undefined : alert
  }
  /** Undefined: none such was told in time. */
  const told = async (is: (alert: Alert) => boolean): Promise<Alert | undefined> => {
    const before = stream.recent().findLast(is)
    if (before !== undefined) return before
    const over = new AbortController()
    let stop: () => void = () => undefined
    const next = new Promise<Alert>((resolve) => {
      stop = stream.onAlert((alert) => {
        if (is(alert)) resolve(alert)
      })
    })
    const late = wait(longestWaitMs, over.signal).then(() => undefined)
    return Promise.race([next, late]).finally(() => {
      over.abort()
      stop()
    })
  }
  return {
    async closeAlert({ tenant = options.tenant, realm }, id, { as, by, note }) {
      const before = await found(tenant, realm, id)
      if (before === undefined) return undefined
      if (before.status !== 'open' && isSaid(before, as, by, note)) return { alert: before, applied: true }
      const { at } = await appendDecision(
        options,
        { tenant, realm },
        { decision: 'alert.close', alert: id, as, by, note },
        // What is decided on one alert is read in the order in which it was decided.
        partitionOfAlert(id, ingestPartitions),
      )
      const after = await told((alert) => {
        const isIt = alert.id === id && alert.realm === realm && alert.status !== 'open'
        if (!isIt || alert.revision <= before.revision) return false
        // Or somebody said just the same in the same moment.
        return alert.feedback?.at === at || isSaid(alert, as, by, note)
      })
      return { alert: after ?? before, applied: after !== undefined }
    },
    decideEdge: edgeDecider({ ...options, edges: store.edges }),
    reload: async () => {
      throw new BadQuery(
        409,
        'one-process-only',
        'settings are read again by one process, and here several share the work',
        'start the processes anew, one after the other: others go on meanwhile',
      )
    },
    exceptions: () => {
      throw new BadQuery(
        409,
        'one-process-only',
        'what exceptions have eaten is counted by those who deliver, each for itself',
        'they stand in the settings; their counts in eastwest_alert_excepted_findings_total of those who deliver',
      )
    },
  }
}
