// The API's questions, answered by the store's reader.

import type { QueryPort } from '../../api/ports.ts'
import { queryAlert, queryAlerts, queryAlertsCiting, queryStoredAlertIds } from '../../store/queries/alerts.ts'
import { queryEdges } from '../../store/queries/edges.ts'
import { queryEvents, queryEventsById } from '../../store/queries/events.ts'
import { queryQuarantine } from '../../store/queries/quarantine.ts'
import { querySightings } from '../../store/queries/sightings.ts'
import { querySources } from '../../store/queries/sources.ts'
import { StoreError } from '../../store/store-error.ts'
import { pause } from './pause.ts'
import type { StoreLink } from './store-link.ts'

const notYet = { retryable: true, ambiguous: false }

/** Longest a question waits for tables that are still being made. */
const tablesMs = 10_000

/** What the API asks, and what is asked on its behalf. */
export interface Queries extends QueryPort {
  /** Those of these ids that an alert has. */
  storedAlertIds(tenant: string, realm: string, ids: readonly string[]): Promise<ReadonlySet<string>>
}

export function openQueries({ reader, ready, isReady }: StoreLink): Queries {
  const prepared = async (): Promise<void> => {
    if (isReady()) return
    const waiting = new AbortController()
    const late = pause(tablesMs, waiting.signal).then(() => {
      if (!isReady()) throw new StoreError('ERR_STORE_UNREACHABLE', 'the tables are not made yet', notYet)
    })
    await Promise.race([ready, late]).finally(() => waiting.abort())
  }
  const asked =
    <Question extends readonly unknown[], Reply>(ask: (...question: Question) => Promise<Reply>) =>
    async (...question: Question): Promise<Reply> => {
      await prepared()
      return ask(...question)
    }
  return {
    alerts: asked((query) => queryAlerts(reader, query)),
    alert: asked((tenant, realm, id) => queryAlert(reader, tenant, realm, id)),
    events: asked((query) => queryEvents(reader, query)),
    eventsById: asked((tenant, realm, ids) => queryEventsById(reader, tenant, realm, ids)),
    quarantine: asked((query) => queryQuarantine(reader, query)),
    edges: asked((query) => queryEdges(reader, query)),
    sources: asked((query) => querySources(reader, query)),
    alertsCiting: asked((cited, limit) => queryAlertsCiting(reader, cited, limit)),
    sightings: asked((names, limit) => querySightings(reader, names, limit)),
    storedAlertIds: asked((tenant, realm, ids) => queryStoredAlertIds(reader, tenant, realm, ids)),
  }
}
