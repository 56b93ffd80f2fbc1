// What a run says in the end, and in what order it heard of it.

import { createHash } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { alertSchema } from '../../schemas/alerts.ts'

export interface Told {
  /** Final revisions of the standing alerts in canonical form, sorted by id. */
  readonly alerts: readonly string[]
  readonly detectors: readonly string[]
  readonly events: number
  readonly quarantined: number
  /** SHA-256 over the alerts. */
  readonly digest: string
  /** Ids of the events in order of append. */
  readonly arrival: readonly string[]
}

export async function toldBy(client: ClickHouseClient): Promise<Told> {
  const rows = async <Row>(query: string): Promise<readonly Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>()
  const stored = await rows<{ body: string }>("SELECT body FROM alerts WHERE status != 'withdrawn' ORDER BY id")
  const parsed = stored.map(({ body }) => alertSchema.parse(JSON.parse(body)))
  const alerts = parsed.map(canonicalAlertJson)
  const arrival = await rows<{ id: string }>(
    "SELECT toString(event_id) AS id FROM event_rows WHERE kind != 'span' ORDER BY appended_at, partition, offset, index",
  )
  const [quarantine] = await rows<{ n: string }>('SELECT toString(count()) AS n FROM quarantine')
  return {
    alerts,
    detectors: [...new Set(parsed.map(({ detector }) => detector))].sort(),
    events: arrival.length,
    quarantined: Number(quarantine?.n),
    digest: createHash('sha256').update(alerts.join('\n')).digest('hex'),
    arrival: arrival.map(({ id }) => id),
  }
}

/** How many neighbours in one order stand the other way round in the other. */
export function turnedRound(one: readonly string[], other: readonly string[]): number {
  const place = new Map(other.map((id, at) => [id, at]))
  return one.filter((id, at) => at > 0 && (place.get(one[at - 1] ?? '') ?? 0) > (place.get(id) ?? 0)).length
}
