// Waits until a fleet has stored, judged and told all that it took.

import type { ClickHouseClient } from '@clickhouse/client'
import { behindOf, metricsOf, ownedBy } from '../support/fleet-metrics.ts'
import type { FleetProcess } from '../support/fleet-process.ts'
import { until } from '../support/until.ts'

const settleMs = 600_000
/** Ticks are under way always. */
const fewRecords = 100

interface Rest {
  /** How many are owned when each has an owner. */
  readonly partitions: number
  /** Nothing new is said for so long. */
  readonly quietMs: number
}

export async function fleetComesToRest(
  processes: () => readonly FleetProcess[],
  client: ClickHouseClient,
  { partitions, quietMs }: Rest,
): Promise<void> {
  let before = ''
  let since = performance.now()
  const isAtRest = async (): Promise<boolean> => {
    const metrics = await Promise.all(processes().map(metricsOf))
    const owned = metrics.reduce((sum, text) => sum + ownedBy(text), 0)
    const behind = metrics.reduce((sum, text) => sum + behindOf(text), 0)
    const now = `${owned} ${await toldBy(client)}`
    if (now !== before || owned !== partitions || behind > fewRecords) since = performance.now()
    before = now
    return performance.now() > since + quietMs
  }
  await until(isAtRest, 'the fleet comes to rest', settleMs).catch((cause: unknown) => {
    throw new Error(`partitions owned, rows, alerts, notifications: ${before}`, { cause })
  })
}

async function toldBy(client: ClickHouseClient): Promise<string> {
  const query = `SELECT toString((SELECT count() FROM event_rows)), toString((SELECT sum(cityHash64(body)) FROM alerts)),
    toString((SELECT sum(cityHash64(webhook_id, state)) FROM deliveries FINAL))`
  const result = await client.query({ query, format: 'TabSeparated' })
  return result.text()
}
